#include "engine/formats/json_reader.h"

#include <cmath>
#include <set>

#include "engine/formats/format_errors.h"

namespace lectern {

namespace {

using nlohmann::json;

constexpr int kMaxDepth = 32;

/// Nesting is bounded before the parser sees the text.
bool nestingWithinBounds(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (inString) {
            if (c == '\\') {
                ++i;
            } else if (c == '"') {
                inString = false;
            }
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            if (++depth > kMaxDepth) {
                return false;
            }
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return true;
}

}  // namespace

Result<json> parseJsonObject(std::string_view text, const std::filesystem::path& path) {
    if (!nestingWithinBounds(text)) {
        return damagedFile(path, "its JSON is nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    std::vector<std::set<std::string>> keys;
    std::string duplicate;
    bool hasDuplicate = false;
    const json::parser_callback_t watch = [&](int, json::parse_event_t event, json& parsed) {
        switch (event) {
            case json::parse_event_t::object_start:
                keys.emplace_back();
                break;
            case json::parse_event_t::object_end:
                keys.pop_back();
                break;
            case json::parse_event_t::key: {
                auto key = parsed.get<std::string>();
                if (!hasDuplicate && !keys.back().insert(key).second) {
                    hasDuplicate = true;
                    duplicate = std::move(key);
                }
                break;
            }
            default:
                break;
        }
        return true;
    };
    json object = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
    if (hasDuplicate) {
        return damagedFile(path, "its JSON names " + inQuotes(duplicate) + " twice");
    }
    if (object.is_discarded()) {
        return damagedFile(path, "it is not valid JSON");
    }
    if (!object.is_object()) {
        return damagedFile(path, "its JSON is not an object");
    }
    return object;
}

const json* JsonFields::find(const char* key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::has(const char* key) const {
    return find(key) != nullptr;
}

void JsonFields::fail(const char* key, std::string_view expected) {
    if (!m_error) {
        m_error = damagedFile(m_path, inQuotes(key) + " must be " + std::string(expected));
    }
}

std::optional<int64_t> JsonFields::asInteger(const json& value, int64_t minimum, int64_t maximum) const {
    std::optional<int64_t> integer;
    if (value.is_number_unsigned()) {
        const auto wide = value.get<uint64_t>();
        if (wide <= static_cast<uint64_t>(INT64_MAX)) {
            integer = static_cast<int64_t>(wide);
        }
    } else if (value.is_number_integer()) {
        integer = value.get<int64_t>();
    } else if (value.is_number_float()) {
        // Some exporters write 4096.0.
        const auto real = value.get<double>();
        if (std::abs(real) < 9e15 && real == std::floor(real)) {
            integer = static_cast<int64_t>(real);
        }
    }
    if (integer && (*integer < minimum || *integer > maximum)) {
        integer.reset();
    }
    return integer;
}

int64_t JsonFields::integer(const char* key, int64_t fallback, int64_t minimum, int64_t maximum) {
    const json* value = find(key);
    if (!value) {
        return fallback;
    }
    const auto integer = asInteger(*value, minimum, maximum);
    if (!integer) {
        fail(key, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
    }
    return integer.value_or(fallback);
}

int64_t JsonFields::requiredInteger(const char* key, int64_t minimum, int64_t maximum) {
    if (!has(key)) {
        fail(key, "given");
        return minimum;
    }
    return integer(key, minimum, minimum, maximum);
}

double JsonFields::number(const char* key, double fallback, double minimum, double maximum) {
    const json* value = find(key);
    if (!value) {
        return fallback;
    }
    const double real = value->is_number() ? value->get<double>() : NAN;
    if (!(real >= minimum && real <= maximum)) {
        fail(key, "a number from " + json(minimum).dump() + " to " + json(maximum).dump());
        return fallback;
    }
    return real;
}

bool JsonFields::boolean(const char* key, bool fallback) {
    const json* value = find(key);
    if (!value) {
        return fallback;
    }
    if (!value->is_boolean()) {
        fail(key, "true or false");
        return fallback;
    }
    return value->get<bool>();
}

std::string JsonFields::text(const char* key, std::string fallback) {
    const json* value = find(key);
    if (!value) {
        return fallback;
    }
    if (!value->is_string()) {
        fail(key, "a text");
        return fallback;
    }
    return value->get<std::string>();
}

std::vector<int64_t> JsonFields::integers(const char* key, int64_t minimum, int64_t maximum) {
    constexpr size_t kMaxEntries = 64;
    const json* value = find(key);
    std::vector<int64_t> integers;
    if (!value) {
        return integers;
    }
    const auto expected = "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum) +
                          ", or a short list of them";
    if (value->is_array() && value->size() > kMaxEntries) {
        fail(key, expected);
        return integers;
    }
    const auto add = [&](const json& entry) {
        const auto integer = asInteger(entry, minimum, maximum);
        if (integer) {
            integers.push_back(*integer);
        } else {
            fail(key, expected);
        }
    };
    if (value->is_array()) {
        for (const auto& entry : *value) {
            add(entry);
        }
    } else {
        add(*value);
    }
    return integers;
}

}  // namespace lectern
