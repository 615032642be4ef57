#pragma once
// Typed reading of a training configuration: unknown keys are refused, and the first wrong field is kept as the error.

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace lectern {

/// Reads the members of one object; `where` names it in messages ("optimizer"). A reader asks for everything it knows,
/// then calls finish().
class ConfigFields {
  public:
    ConfigFields(const nlohmann::json& object, std::string where);

    bool has(std::string_view key);
    int64_t integer(std::string_view key, int64_t fallback, int64_t minimum, int64_t maximum);
    double number(std::string_view key, double fallback, double minimum, double maximum);
    bool boolean(std::string_view key, bool fallback);
    std::string text(std::string_view key, std::string fallback);
    std::vector<std::string> texts(std::string_view key, std::vector<std::string> fallback);
    /// An object or list as it is; null when absent.
    const nlohmann::json* value(std::string_view key);

    /// One of the table's names; the table maps names to values.
    template <typename Enum>
    Enum choice(std::string_view key, Enum fallback, std::initializer_list<std::pair<std::string_view, Enum>> table) {
        return choice(key, fallback, std::span<const std::pair<std::string_view, Enum>>(table.begin(), table.size()));
    }
    template <typename Enum>
    Enum choice(std::string_view key, Enum fallback, std::span<const std::pair<std::string_view, Enum>> table) {
        const nlohmann::json* found = value(key);
        if (!found) {
            return fallback;
        }
        std::string known;
        for (const auto& [label, entry] : table) {
            if (found->is_string() && found->get_ref<const std::string&>() == label) {
                return entry;
            }
            known += (known.empty() ? "" : ", ") + std::string(label);
        }
        fail(key, "one of " + known);
        return fallback;
    }

    /// Keeps "<where>: <key> must be <expected>" as the error.
    void fail(std::string_view key, const std::string& expected);
    /// The first error, or a key that nobody asked for. Errors: InvalidInput.
    Result<void> finish();

  private:
    nlohmann::json m_object;
    std::string m_where;
    std::vector<std::string> m_asked;
    std::optional<Error> m_error;
};

}  // namespace lectern
