#pragma once
// What every container's tensors must satisfy before the engine sees them.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/formats/model_source.h"

namespace lectern {

struct ExpectedTensor {
    std::string name;  ///< Hugging Face name
    std::vector<int64_t> shape;
};

/// The tensors a Llama model of this config consists of, layer by layer. `config` is checked.
std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

/// Product of `shape`, or nothing where a dimension is negative or the product exceeds 2^48.
std::optional<int64_t> elementCount(std::span<const int64_t> shape);

/// Bytes of a dense tensor, or nothing where the count overflows or rows do not divide into blocks of the type.
std::optional<int64_t> tensorBytes(DType type, std::span<const int64_t> shape);

/// True when no weight (or block scale of a quantised type) is NaN or infinite. One pass over the bytes.
bool allFinite(const TensorData& tensor);

/// Name of the storage type as GGUF writes it: "F32", "Q8_0", "Q4_K".
std::string_view name(DType type);

/// Checks `source.tensors` against its config: all there, right shapes, norms in a plain type, all finite, nothing a
/// Llama model does not have. Removes tensors that carry nothing (stored rotary frequencies, a tied output head).
/// `container` names the file in messages. Errors: Corrupt, Unsupported.
Result<void> checkTensors(ModelSource& source, const std::filesystem::path& container);

/// A byte range of a file and whose it is.
struct FileRange {
    int64_t begin = 0;
    int64_t end = 0;
    std::string_view owner;
};

/// Sorts `ranges` and returns the first two that overlap.
std::optional<std::pair<std::string_view, std::string_view>> findOverlap(std::vector<FileRange>& ranges);

}  // namespace lectern
