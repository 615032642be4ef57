#include "engine/formats/safetensors.h"

#include <cstring>

#include "engine/formats/format_errors.h"
#include "engine/formats/json_reader.h"
#include "engine/formats/tensor_checks.h"

namespace lectern {

namespace {

using nlohmann::json;

constexpr uint64_t kMaxHeaderBytes = 32u << 20;

std::optional<DType> parseType(const std::string& text) {
    if (text == "F32") return DType::F32;
    if (text == "F16") return DType::F16;
    if (text == "BF16") return DType::BF16;
    return std::nullopt;
}

/// A list of at most `limit` non-negative integers.
std::optional<std::vector<int64_t>> parseIntegers(const json& object, const char* key, size_t limit) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array() || found->size() > limit) {
        return std::nullopt;
    }
    std::vector<int64_t> values;
    for (const auto& entry : *found) {
        if (!entry.is_number_unsigned() || entry.get<uint64_t>() > static_cast<uint64_t>(INT64_MAX)) {
            return std::nullopt;
        }
        values.push_back(static_cast<int64_t>(entry.get<uint64_t>()));
    }
    return values;
}

/// One tensor's header entry; `data` is the part of the file behind the header.
Result<TensorData> parseTensor(const std::string& tensorName, const json& entry, std::span<const std::byte> data,
                               const std::filesystem::path& path) {
    const auto damaged = [&](const std::string& what) {
        return damagedFile(path, "the tensor " + inQuotes(tensorName) + " " + what);
    };
    const auto typeName = entry.is_object() ? entry.find("dtype") : entry.end();
    if (typeName == entry.end() || !typeName->is_string()) {
        return damaged("has no type");
    }
    const auto type = parseType(typeName->get<std::string>());
    if (!type) {
        return unusableFile(path, "the tensor " + inQuotes(tensorName) + " is stored as " +
                                      inQuotes(typeName->get<std::string>()) + "; Lectern reads F32, F16 and BF16");
    }
    TensorData tensor;
    tensor.type = *type;
    auto shape = parseIntegers(entry, "shape", 8);
    const auto offsets = parseIntegers(entry, "data_offsets", 2);
    if (!shape || !offsets || offsets->size() != 2) {
        return damaged("has no usable shape or position");
    }
    tensor.shape = std::move(*shape);
    const int64_t begin = (*offsets)[0];
    const int64_t end = (*offsets)[1];
    if (begin > end || end > static_cast<int64_t>(data.size())) {
        return damaged("lies outside the file");
    }
    const auto bytes = tensorBytes(tensor.type, tensor.shape);
    if (!bytes || *bytes != end - begin) {
        return damaged("has a shape that does not match its size");
    }
    tensor.bytes = data.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
    return tensor;
}

Result<void> checkCoverage(const SafetensorsFile& file, std::span<const std::byte> data,
                           const std::filesystem::path& path) {
    std::vector<FileRange> ranges;
    int64_t covered = 0;
    for (const auto& [tensorName, tensor] : file.tensors) {
        const int64_t begin = tensor.bytes.data() - data.data();
        ranges.push_back({begin, begin + static_cast<int64_t>(tensor.bytes.size()), tensorName});
        covered += static_cast<int64_t>(tensor.bytes.size());
    }
    if (const auto overlap = findOverlap(ranges)) {
        return damagedFile(
            path, "the tensors " + inQuotes(overlap->first) + " and " + inQuotes(overlap->second) + " overlap");
    }
    if (covered != static_cast<int64_t>(data.size())) {
        return damagedFile(path, "it is " + std::to_string(static_cast<int64_t>(data.size()) - covered) +
                                     " bytes longer than its tensors");
    }
    return {};
}

}  // namespace

Result<SafetensorsFile> parseSafetensors(std::span<const std::byte> bytes, const std::filesystem::path& path) {
    uint64_t headerBytes = 0;
    if (bytes.size() < sizeof(headerBytes)) {
        return damagedFile(path, "it is too short for a safetensors file");
    }
    std::memcpy(&headerBytes, bytes.data(), sizeof(headerBytes));
    if (headerBytes > kMaxHeaderBytes || headerBytes > bytes.size() - sizeof(headerBytes)) {
        return damagedFile(path, "its header does not fit the file");
    }
    const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + sizeof(headerBytes), headerBytes);
    const auto data = bytes.subspan(sizeof(headerBytes) + headerBytes);

    LECTERN_ASSIGN(const json object, parseJsonObject(header, path));
    SafetensorsFile file;
    for (const auto& [key, entry] : object.items()) {
        if (key != "__metadata__") {
            LECTERN_ASSIGN(file.tensors[key], parseTensor(key, entry, data, path));
            continue;
        }
        if (!entry.is_object()) {
            return damagedFile(path, "its metadata is not an object");
        }
        for (const auto& [name, value] : entry.items()) {
            if (value.is_string()) {
                file.metadata[name] = value.get<std::string>();
            }
        }
    }
    LECTERN_TRY(checkCoverage(file, data, path));
    return file;
}

}  // namespace lectern
