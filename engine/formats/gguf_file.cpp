#include "engine/formats/gguf_file.h"

#include <set>

#include "engine/formats/byte_cursor.h"
#include "engine/formats/format_errors.h"
#include "engine/formats/tensor_checks.h"

namespace lectern {

namespace {

constexpr uint64_t kMaxEntries = 1 << 16;
constexpr uint64_t kMaxKeyBytes = 65535;
constexpr uint64_t kMaxTextBytes = 64u << 20;
constexpr uint32_t kMaxDimensions = 4;
constexpr uint64_t kMaxAlignment = 1 << 20;
constexpr uint64_t kDefaultAlignment = 32;

/// Encoded size of a fixed-size type, 0 for strings, arrays and unknown types.
size_t fixedSize(GgufType type) {
    switch (type) {
        case GgufType::U8:
        case GgufType::I8:
        case GgufType::Bool:
            return 1;
        case GgufType::U16:
        case GgufType::I16:
            return 2;
        case GgufType::U32:
        case GgufType::I32:
        case GgufType::F32:
            return 4;
        case GgufType::U64:
        case GgufType::I64:
        case GgufType::F64:
            return 8;
        default:
            return 0;
    }
}

template <typename T>
bool readNumber(ByteCursor& cursor, GgufValue& value) {
    T number{};
    if (!cursor.read(number)) {
        return false;
    }
    value.real = static_cast<double>(number);
    if constexpr (std::is_integral_v<T>) {
        if (!std::is_same_v<T, uint64_t> || number <= static_cast<T>(INT64_MAX)) {
            value.integer = static_cast<int64_t>(number);
        }
    }
    return true;
}

bool readScalar(ByteCursor& cursor, GgufValue& value) {
    switch (value.type) {
        case GgufType::U8:
            return readNumber<uint8_t>(cursor, value);
        case GgufType::I8:
            return readNumber<int8_t>(cursor, value);
        case GgufType::U16:
            return readNumber<uint16_t>(cursor, value);
        case GgufType::I16:
            return readNumber<int16_t>(cursor, value);
        case GgufType::U32:
            return readNumber<uint32_t>(cursor, value);
        case GgufType::I32:
            return readNumber<int32_t>(cursor, value);
        case GgufType::U64:
            return readNumber<uint64_t>(cursor, value);
        case GgufType::I64:
            return readNumber<int64_t>(cursor, value);
        case GgufType::F32:
            return readNumber<float>(cursor, value);
        case GgufType::F64:
            return readNumber<double>(cursor, value);
        case GgufType::Bool:
            return readNumber<uint8_t>(cursor, value) && *value.integer <= 1;
        case GgufType::String:
            return cursor.readString(value.text, kMaxTextBytes);
        default:
            return false;
    }
}

/// Arrays of numbers and of strings; no Llama-family file nests arrays.
bool readArray(ByteCursor& cursor, std::span<const std::byte> bytes, GgufValue& value) {
    uint64_t count = 0;
    if (!cursor.read(value.elementType) || !cursor.read(count) || count > cursor.remaining()) {
        return false;
    }
    value.elementCount = static_cast<int64_t>(count);
    if (const size_t size = fixedSize(value.elementType); size != 0) {
        return count <= cursor.remaining() / size && cursor.take(count * size, value.elements);
    }
    if (value.elementType != GgufType::String) {
        return false;
    }
    const size_t start = cursor.position();
    for (uint64_t i = 0; i < count; ++i) {
        std::string_view ignored;
        if (!cursor.readString(ignored, kMaxTextBytes)) {
            return false;
        }
    }
    value.elements = bytes.subspan(start, cursor.position() - start);
    return true;
}

Result<void> readMetadata(ByteCursor& cursor, std::span<const std::byte> bytes, uint64_t count, GgufFile& file,
                          const std::filesystem::path& path) {
    for (uint64_t i = 0; i < count; ++i) {
        std::string_view key;
        GgufValue value;
        if (!cursor.readString(key, kMaxKeyBytes) || !cursor.read(value.type)) {
            return damagedFile(path, "its metadata is cut off");
        }
        const bool good = value.type == GgufType::Array ? readArray(cursor, bytes, value) : readScalar(cursor, value);
        if (!good) {
            return damagedFile(path, "the value of " + inQuotes(key) + " cannot be read");
        }
        if (!file.metadata.emplace(key, value).second) {
            return damagedFile(path, "its metadata names " + inQuotes(key) + " twice");
        }
    }
    return {};
}

Result<void> readTensors(ByteCursor& cursor, uint64_t count, GgufFile& file, const std::filesystem::path& path) {
    std::set<std::string> names;
    for (uint64_t i = 0; i < count; ++i) {
        GgufTensor tensor;
        std::string_view name;
        uint32_t dimensionCount = 0;
        if (!cursor.readString(name, kMaxKeyBytes) || !cursor.read(dimensionCount)) {
            return damagedFile(path, "its list of tensors is cut off");
        }
        tensor.name = name;
        if (dimensionCount == 0 || dimensionCount > kMaxDimensions) {
            return damagedFile(
                path, "the tensor " + inQuotes(name) + " has " + std::to_string(dimensionCount) + " dimensions");
        }
        tensor.shape.resize(dimensionCount);
        for (uint32_t d = 0; d < dimensionCount; ++d) {
            uint64_t size = 0;
            if (!cursor.read(size)) {
                return damagedFile(path, "its list of tensors is cut off");
            }
            if (size == 0 || size > static_cast<uint64_t>(INT64_MAX)) {
                return damagedFile(path, "the tensor " + inQuotes(name) + " has an impossible shape");
            }
            tensor.shape[dimensionCount - 1 - d] = static_cast<int64_t>(size);
        }
        if (!cursor.read(tensor.type) || !cursor.read(tensor.offset)) {
            return damagedFile(path, "its list of tensors is cut off");
        }
        if (!names.insert(tensor.name).second) {
            return damagedFile(path, "it names the tensor " + inQuotes(name) + " twice");
        }
        file.tensors.push_back(std::move(tensor));
    }
    return {};
}

Result<uint64_t> readAlignment(const GgufFile& file, const std::filesystem::path& path) {
    const auto found = file.metadata.find("general.alignment");
    if (found == file.metadata.end()) {
        return kDefaultAlignment;
    }
    const int64_t alignment = found->second.integer.value_or(0);
    if (alignment < 8 || alignment > static_cast<int64_t>(kMaxAlignment) || (alignment & (alignment - 1)) != 0) {
        return damagedFile(path, "its alignment is not a power of two from 8 to " + std::to_string(kMaxAlignment));
    }
    return static_cast<uint64_t>(alignment);
}

}  // namespace

Result<GgufFile> parseGguf(std::span<const std::byte> bytes, const std::filesystem::path& path) {
    constexpr std::string_view kMagic = "GGUF";
    ByteCursor cursor(bytes);
    uint32_t magic = 0;
    uint64_t tensorCount = 0, metadataCount = 0;
    GgufFile file;
    if (!cursor.read(magic) || std::memcmp(&magic, kMagic.data(), kMagic.size()) != 0) {
        return damagedFile(path, "it is not a GGUF file");
    }
    if (!cursor.read(file.version)) {
        return damagedFile(path, "it is cut off");
    }
    if ((file.version & 0xffff) == 0 && file.version != 0) {
        return unusableFile(path, "it is a big-endian GGUF file");
    }
    if (file.version != 2 && file.version != 3) {
        return unusableFile(path,
                            "it is GGUF version " + std::to_string(file.version) + "; Lectern reads versions 2 and 3");
    }
    if (!cursor.read(tensorCount) || !cursor.read(metadataCount)) {
        return damagedFile(path, "it is cut off");
    }
    if (tensorCount > kMaxEntries || metadataCount > kMaxEntries) {
        return damagedFile(path, "it claims an impossible number of tensors or settings");
    }
    LECTERN_TRY(readMetadata(cursor, bytes, metadataCount, file, path));
    LECTERN_TRY(readTensors(cursor, tensorCount, file, path));
    LECTERN_ASSIGN(const uint64_t alignment, readAlignment(file, path));

    const uint64_t dataBegin = (cursor.position() + alignment - 1) / alignment * alignment;
    if (!file.tensors.empty() && dataBegin > bytes.size()) {
        return damagedFile(path, "it is cut off before its tensors");
    }
    file.data = bytes.subspan(std::min<size_t>(dataBegin, bytes.size()));
    for (const auto& tensor : file.tensors) {
        if (tensor.offset % alignment != 0) {
            return damagedFile(path, "the tensor " + inQuotes(tensor.name) + " starts at an unaligned place");
        }
    }
    return file;
}

}  // namespace lectern
