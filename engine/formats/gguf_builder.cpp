#include "engine/formats/gguf_builder.h"

namespace lectern {

namespace {

template <typename T>
void append(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void appendText(std::string& out, std::string_view text) {
    append(out, static_cast<uint64_t>(text.size()));
    out += text;
}

}  // namespace

void GgufBuilder::addKey(std::string_view key, GgufType type) {
    appendText(m_metadata, key);
    append(m_metadata, type);
    ++m_metadataCount;
}

void GgufBuilder::addArray(std::string_view key, GgufType type, uint64_t count) {
    addKey(key, GgufType::Array);
    append(m_metadata, type);
    append(m_metadata, count);
}

void GgufBuilder::addText(std::string_view key, std::string_view value) {
    addKey(key, GgufType::String);
    appendText(m_metadata, value);
}

void GgufBuilder::addUint(std::string_view key, uint32_t value) {
    addKey(key, GgufType::U32);
    append(m_metadata, value);
}

void GgufBuilder::addFloat(std::string_view key, float value) {
    addKey(key, GgufType::F32);
    append(m_metadata, value);
}

void GgufBuilder::addDouble(std::string_view key, double value) {
    addKey(key, GgufType::F64);
    append(m_metadata, value);
}

void GgufBuilder::addBool(std::string_view key, bool value) {
    addKey(key, GgufType::Bool);
    append(m_metadata, static_cast<uint8_t>(value));
}

void GgufBuilder::addTexts(std::string_view key, std::span<const std::string> values) {
    addArray(key, GgufType::String, values.size());
    for (const auto& value : values) {
        appendText(m_metadata, value);
    }
}

void GgufBuilder::addFloats(std::string_view key, std::span<const float> values) {
    addArray(key, GgufType::F32, values.size());
    for (const float value : values) {
        append(m_metadata, value);
    }
}

void GgufBuilder::addInts(std::string_view key, std::span<const int32_t> values) {
    addArray(key, GgufType::I32, values.size());
    for (const int32_t value : values) {
        append(m_metadata, value);
    }
}

void GgufBuilder::addTensor(std::string_view name, std::span<const int64_t> shape, DType type, uint64_t sizeBytes) {
    appendText(m_tensors, name);
    append(m_tensors, static_cast<uint32_t>(shape.size()));
    for (size_t d = shape.size(); d-- > 0;) {
        append(m_tensors, static_cast<uint64_t>(shape[d]));
    }
    append(m_tensors, ggmlType(type));
    append(m_tensors, m_dataBytes);
    m_dataBytes += padded(sizeBytes);
    ++m_tensorCount;
}

std::string GgufBuilder::head() const {
    constexpr uint32_t kVersion = 3;
    std::string out = "GGUF";
    append(out, kVersion);
    append(out, m_tensorCount);
    append(out, m_metadataCount);
    out += m_metadata;
    out += m_tensors;
    out.resize(padded(out.size()));
    return out;
}

}  // namespace lectern
