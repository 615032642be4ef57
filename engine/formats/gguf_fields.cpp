#include <cmath>

#include "engine/formats/byte_cursor.h"
#include "engine/formats/format_errors.h"
#include "engine/formats/gguf_file.h"

namespace lectern {

namespace {

std::string rangeText(int64_t minimum, int64_t maximum) {
    return "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum);
}

template <typename T>
void appendIntegers(ByteCursor cursor, int64_t count, std::vector<int64_t>& out) {
    for (int64_t i = 0; i < count; ++i) {
        T value{};
        cursor.read(value);
        out.push_back(static_cast<int64_t>(value));
    }
}

}  // namespace

const GgufValue* GgufFields::find(const std::string& key) const {
    const auto found = m_file.metadata.find(key);
    return found == m_file.metadata.end() ? nullptr : &found->second;
}

void GgufFields::fail(const std::string& key, std::string_view expected) {
    if (!m_error) {
        m_error = damagedFile(m_path, inQuotes(key) + " must be " + std::string(expected));
    }
}

int64_t GgufFields::integer(const std::string& key, int64_t fallback, int64_t minimum, int64_t maximum) {
    const GgufValue* value = find(key);
    if (!value) {
        return fallback;
    }
    if (!value->integer || *value->integer < minimum || *value->integer > maximum) {
        fail(key, rangeText(minimum, maximum));
        return fallback;
    }
    return *value->integer;
}

int64_t GgufFields::requiredInteger(const std::string& key, int64_t minimum, int64_t maximum) {
    if (!has(key)) {
        fail(key, "given");
        return minimum;
    }
    return integer(key, minimum, minimum, maximum);
}

int64_t GgufFields::uniformInteger(const std::string& key, int64_t fallback, int64_t minimum, int64_t maximum) {
    const GgufValue* value = find(key);
    if (!value || value->type != GgufType::Array) {
        return integer(key, fallback, minimum, maximum);
    }
    const auto values = integers(key);
    for (const int64_t entry : values) {
        if (entry != values.front() || entry < minimum || entry > maximum) {
            fail(key, "the same for every layer, " + rangeText(minimum, maximum));
            return fallback;
        }
    }
    return values.empty() ? fallback : values.front();
}

double GgufFields::number(const std::string& key, double fallback, double minimum, double maximum) {
    const GgufValue* value = find(key);
    if (!value) {
        return fallback;
    }
    const bool numeric =
        value->type != GgufType::String && value->type != GgufType::Array && value->type != GgufType::Bool;
    if (!numeric || !(value->real >= minimum && value->real <= maximum)) {
        fail(key, "a number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
        return fallback;
    }
    return value->real;
}

bool GgufFields::boolean(const std::string& key, bool fallback) {
    const GgufValue* value = find(key);
    if (!value) {
        return fallback;
    }
    if (value->type != GgufType::Bool) {
        fail(key, "true or false");
        return fallback;
    }
    return *value->integer != 0;
}

std::string GgufFields::text(const std::string& key, std::string fallback) {
    const GgufValue* value = find(key);
    if (!value) {
        return fallback;
    }
    if (value->type != GgufType::String) {
        fail(key, "a text");
        return fallback;
    }
    return std::string(value->text);
}

const GgufValue* GgufFields::findArray(const std::string& key, std::string_view expected) {
    const GgufValue* value = find(key);
    if (value && value->type != GgufType::Array) {
        fail(key, expected);
        return nullptr;
    }
    return value;
}

std::vector<std::string_view> GgufFields::strings(const std::string& key) {
    std::vector<std::string_view> out;
    const GgufValue* value = findArray(key, "a list of texts");
    if (!value) {
        return out;
    }
    if (value->elementType != GgufType::String) {
        fail(key, "a list of texts");
        return out;
    }
    // The parser has walked these strings once, so the reads cannot fail.
    ByteCursor cursor(value->elements);
    out.reserve(static_cast<size_t>(value->elementCount));
    std::string_view text;
    while (cursor.readString(text, UINT64_MAX)) {
        out.push_back(text);
    }
    return out;
}

std::vector<float> GgufFields::floats(const std::string& key) {
    std::vector<float> out;
    const GgufValue* value = findArray(key, "a list of numbers");
    if (!value) {
        return out;
    }
    if (value->elementType != GgufType::F32) {
        fail(key, "a list of numbers");
        return out;
    }
    out.resize(static_cast<size_t>(value->elementCount));
    if (!out.empty()) {
        std::memcpy(out.data(), value->elements.data(), out.size() * sizeof(float));
    }
    return out;
}

std::vector<int64_t> GgufFields::integers(const std::string& key) {
    std::vector<int64_t> out;
    const GgufValue* value = findArray(key, "a list of whole numbers");
    if (!value) {
        return out;
    }
    out.reserve(static_cast<size_t>(value->elementCount));
    const ByteCursor cursor(value->elements);
    switch (value->elementType) {
        case GgufType::U8:
            appendIntegers<uint8_t>(cursor, value->elementCount, out);
            break;
        case GgufType::I8:
            appendIntegers<int8_t>(cursor, value->elementCount, out);
            break;
        case GgufType::U16:
            appendIntegers<uint16_t>(cursor, value->elementCount, out);
            break;
        case GgufType::I16:
            appendIntegers<int16_t>(cursor, value->elementCount, out);
            break;
        case GgufType::U32:
            appendIntegers<uint32_t>(cursor, value->elementCount, out);
            break;
        case GgufType::I32:
            appendIntegers<int32_t>(cursor, value->elementCount, out);
            break;
        case GgufType::I64:
            appendIntegers<int64_t>(cursor, value->elementCount, out);
            break;
        default:
            fail(key, "a list of whole numbers");
    }
    return out;
}

}  // namespace lectern
