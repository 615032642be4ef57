#pragma once
// The GGUF container: metadata and tensor descriptions, borrowed from the file's bytes.
// Source: docs/gguf.md of ggml-org/ggml.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/formats/model_source.h"

namespace lectern {

/// Metadata value types, numbered as in the file.
enum class GgufType : uint32_t {
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12
};

/// One metadata value; which members count follows from `type`. Array elements stay encoded in `elements`.
struct GgufValue {
    GgufType type = GgufType::U8;
    std::optional<int64_t> integer;  ///< any integer type that fits 64 bits signed, and Bool
    double real = 0;                 ///< any number
    std::string_view text;
    GgufType elementType = GgufType::U8;
    int64_t elementCount = 0;
    std::span<const std::byte> elements;
};

struct GgufTensor {
    std::string name;
    std::vector<int64_t> shape;  ///< row-major, outermost first (the file lists them innermost first)
    uint32_t type = 0;           ///< ggml_type
    uint64_t offset = 0;         ///< from the start of the data part
};

struct GgufFile {
    uint32_t version = 0;
    std::map<std::string, GgufValue, std::less<>> metadata;
    std::vector<GgufTensor> tensors;
    std::span<const std::byte> data;
};

/// Parses the head of a GGUF v2 or v3 file (little-endian). All views borrow from `bytes`; counts and lengths are
/// checked against the bytes that remain before anything is allocated. Errors: Corrupt, Unsupported (v1, big-endian).
Result<GgufFile> parseGguf(std::span<const std::byte> bytes, const std::filesystem::path& path);

/// The bytes of one tensor. Errors: Corrupt (outside the file), Unsupported (a type Lectern does not read, by name).
Result<TensorData> ggufTensorData(const GgufFile& file, const GgufTensor& tensor, const std::filesystem::path& path);

/// ggml_type of a storage type, as GGUF writes it.
uint32_t ggmlType(DType type);

/// Reads typed metadata. As JsonFields: the first wrong field is kept as the error.
class GgufFields {
  public:
    GgufFields(const GgufFile& file, std::filesystem::path path) : m_file(file), m_path(std::move(path)) {}

    bool has(std::string_view key) const { return m_file.metadata.find(key) != m_file.metadata.end(); }
    int64_t integer(const std::string& key, int64_t fallback, int64_t minimum, int64_t maximum);
    int64_t requiredInteger(const std::string& key, int64_t minimum, int64_t maximum);
    /// As `integer`, for values that some files give per layer: an array must repeat one value.
    int64_t uniformInteger(const std::string& key, int64_t fallback, int64_t minimum, int64_t maximum);
    double number(const std::string& key, double fallback, double minimum, double maximum);
    bool boolean(const std::string& key, bool fallback);
    std::string text(const std::string& key, std::string fallback);
    std::vector<std::string_view> strings(const std::string& key);
    std::vector<float> floats(const std::string& key);
    std::vector<int64_t> integers(const std::string& key);

    void fail(const std::string& key, std::string_view expected);
    const std::optional<Error>& error() const { return m_error; }

  private:
    const GgufValue* find(const std::string& key) const;
    const GgufValue* findArray(const std::string& key, std::string_view expected);

    const GgufFile& m_file;
    std::filesystem::path m_path;
    std::optional<Error> m_error;
};

}  // namespace lectern
