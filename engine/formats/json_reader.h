#pragma once
// JSON from files of others: bounded nesting, no duplicate keys, typed and ranged fields.

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace lectern {

/// Parses one JSON object. Refuses nesting deeper than 32, duplicate keys and anything that is not an object.
/// `path` is only named in messages. Errors: Corrupt.
Result<nlohmann::json> parseJsonObject(std::string_view text, const std::filesystem::path& path);

/// Reads fields of one object. The first wrong field is kept as the error and later reads return their fallbacks, so a
/// reader asks for everything and checks once. A null counts as absent.
class JsonFields {
  public:
    JsonFields(const nlohmann::json& object, std::filesystem::path path) : m_object(object), m_path(std::move(path)) {}

    bool has(const char* key) const;
    int64_t integer(const char* key, int64_t fallback, int64_t minimum, int64_t maximum);
    int64_t requiredInteger(const char* key, int64_t minimum, int64_t maximum);
    double number(const char* key, double fallback, double minimum, double maximum);
    bool boolean(const char* key, bool fallback);
    std::string text(const char* key, std::string fallback);
    /// A number or a list of at most 64 numbers; empty when absent.
    std::vector<int64_t> integers(const char* key, int64_t minimum, int64_t maximum);

    void fail(const char* key, std::string_view expected);
    const std::optional<Error>& error() const { return m_error; }

  private:
    const nlohmann::json* find(const char* key) const;
    std::optional<int64_t> asInteger(const nlohmann::json& value, int64_t minimum, int64_t maximum) const;

    const nlohmann::json& m_object;
    std::filesystem::path m_path;
    std::optional<Error> m_error;
};

}  // namespace lectern
