#pragma once
// Writes .safetensors: 8 bytes of little-endian header length, a JSON header padded to 8 bytes, the tensors without
// gaps.

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "kernels/common/types.h"

namespace lectern {

/// One tensor to write. `bytes` is called once, in order, when its turn comes, so that a device's tensors need not all
/// lie in host memory; what it returns stays valid until the next call.
struct SafetensorsTensor {
    std::string name;
    DType type = DType::F32;  ///< F32, F16 or BF16
    std::vector<int64_t> shape;
    std::function<Result<std::span<const std::byte>>()> bytes;
};

struct WrittenFile {
    int64_t sizeBytes = 0;
    uint64_t checksum = 0;  ///< XXH3-64 of the whole file
};

/// Writes a temporary file, fsyncs and renames it to `target`. Errors: DiskFull, Io, InvalidInput (a block format), and
/// what `bytes` returns.
Result<WrittenFile> writeSafetensors(const std::filesystem::path& target, std::vector<SafetensorsTensor> tensors,
                                     const std::map<std::string, std::string>& metadata = {});

}  // namespace lectern
