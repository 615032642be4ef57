#include "engine/train/config_fields.h"

#include <algorithm>
#include <cmath>

namespace lectern {

ConfigFields::ConfigFields(const nlohmann::json& object, std::string where) : m_where(std::move(where)) {
    if (object.is_object()) {
        m_object = object;
    } else {
        m_error = Error{ErrorCode::InvalidInput, "Training configuration: " + m_where + " must be an object."};
    }
}

void ConfigFields::fail(std::string_view key, const std::string& expected) {
    if (!m_error) {
        m_error = Error{ErrorCode::InvalidInput, "Training configuration: " + (m_where.empty() ? "" : m_where + ".") +
                                                     std::string(key) + " must be " + expected + "."};
    }
}

const nlohmann::json* ConfigFields::value(std::string_view key) {
    m_asked.emplace_back(key);
    const auto found = m_object.find(std::string(key));
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

bool ConfigFields::has(std::string_view key) {
    return value(key) != nullptr;
}

int64_t ConfigFields::integer(std::string_view key, int64_t fallback, int64_t minimum, int64_t maximum) {
    const nlohmann::json* found = value(key);
    if (!found) {
        return fallback;
    }
    const bool fits = found->is_number_integer() &&
                      (!found->is_number_unsigned() || found->get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX));
    if (!fits || found->get<int64_t>() < minimum || found->get<int64_t>() > maximum) {
        fail(key, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
        return fallback;
    }
    return found->get<int64_t>();
}

double ConfigFields::number(std::string_view key, double fallback, double minimum, double maximum) {
    const nlohmann::json* found = value(key);
    if (!found) {
        return fallback;
    }
    const double number = found->is_number() ? found->get<double>() : std::nan("");
    if (!(number >= minimum && number <= maximum)) {
        const auto plain = [](double bound) { return nlohmann::json(bound).dump(); };
        fail(key, "a number from " + plain(minimum) + " to " + plain(maximum));
        return fallback;
    }
    return number;
}

bool ConfigFields::boolean(std::string_view key, bool fallback) {
    const nlohmann::json* found = value(key);
    if (found && !found->is_boolean()) {
        fail(key, "true or false");
        return fallback;
    }
    return found ? found->get<bool>() : fallback;
}

std::string ConfigFields::text(std::string_view key, std::string fallback) {
    const nlohmann::json* found = value(key);
    if (found && !found->is_string()) {
        fail(key, "a text");
        return fallback;
    }
    return found ? found->get<std::string>() : fallback;
}

std::vector<std::string> ConfigFields::texts(std::string_view key, std::vector<std::string> fallback) {
    const nlohmann::json* found = value(key);
    if (!found) {
        return fallback;
    }
    std::vector<std::string> list;
    for (const auto& entry : *found) {
        if (!found->is_array() || !entry.is_string() || list.size() >= 1024) {
            fail(key, "a list of texts");
            return fallback;
        }
        list.push_back(entry.get<std::string>());
    }
    return list;
}

Result<void> ConfigFields::finish() {
    if (m_error) {
        return *m_error;
    }
    for (const auto& item : m_object.items()) {
        if (std::find(m_asked.begin(), m_asked.end(), item.key()) == m_asked.end()) {
            return Error{ErrorCode::InvalidInput,
                         "Training configuration: unknown setting \"" + item.key().substr(0, 40) + "\" in " +
                             (m_where.empty() ? std::string("the configuration") : m_where) + "."};
        }
    }
    return {};
}

}  // namespace lectern
