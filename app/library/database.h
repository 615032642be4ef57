#pragma once
// SQLite's C interface with owners, bound values and Results. Used by the library alone.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace lectern::app {

/// Bytes to bind; text is bound as std::string_view.
struct Blob {
    std::string_view bytes;
};

struct OwnedBlob {
    std::string bytes;
};

/// A value of any type, for copying rows whose columns are not known when compiling.
using Value = std::variant<std::nullptr_t, int64_t, double, std::string, OwnedBlob>;

/// The current row of a query; valid inside its callback.
class Row {
  public:
    explicit Row(sqlite3_stmt* statement) : m_statement(statement) {}
    int64_t integer(int column) const;
    int32_t small(int column) const { return static_cast<int32_t>(integer(column)); }
    double real(int column) const;
    std::string text(int column) const;
    std::string_view bytes(int column) const;  ///< until the callback returns
    bool isNull(int column) const;
    Value value(int column) const;

  private:
    sqlite3_stmt* m_statement;
};

/// One connection, for one thread at a time. Statements are prepared once and kept.
class Database {
  public:
    /// SharedMemory: `path` names a database in memory that all connections of this process with that name share.
    enum class Mode { ReadWrite, ReadOnly, Memory, SharedMemory };
    static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path, Mode mode);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Runs statements that return nothing; values are bound to ?1, ?2, ...
    template <typename... Values>
    Result<void> run(const char* sql, const Values&... values) {
        return query(
            sql, [](const Row&) {}, values...);
    }
    /// Calls `each` per row.
    template <typename Each, typename... Values>
    Result<void> query(const char* sql, Each&& each, const Values&... values) {
        LECTERN_ASSIGN(sqlite3_stmt * statement, prepared(sql));
        int index = 0;
        (bind(statement, ++index, values), ...);
        return stepThrough(statement, std::function<void(const Row&)>(std::forward<Each>(each)));
    }
    Result<void> runValues(const char* sql, const std::vector<Value>& values);
    /// Several statements at once, without values.
    Result<void> script(const std::string& sql);
    /// The same for what SQLite refuses without waiting while others use the file, as it does a change of the journal's
    /// mode: tried again until the time that other statements wait is over.
    Result<void> patiently(const std::string& sql);

    int64_t lastInsertId() const;
    int64_t changes() const;
    /// True once any call has met damage in the file.
    bool damaged() const { return m_damaged; }

  private:
    Database() = default;
    Result<sqlite3_stmt*> prepared(const char* sql);
    Result<void> stepThrough(sqlite3_stmt* statement, const std::function<void(const Row&)>& each);
    Error lastError();

    static void bind(sqlite3_stmt* statement, int index, int64_t value);
    static void bind(sqlite3_stmt* statement, int index, int32_t value);
    static void bind(sqlite3_stmt* statement, int index, bool value);
    static void bind(sqlite3_stmt* statement, int index, double value);
    static void bind(sqlite3_stmt* statement, int index, std::string_view value);
    static void bind(sqlite3_stmt* statement, int index, const std::string& value);
    static void bind(sqlite3_stmt* statement, int index, const Blob& value);
    static void bind(sqlite3_stmt* statement, int index, const OwnedBlob& value);
    static void bind(sqlite3_stmt* statement, int index, std::nullptr_t);

    sqlite3* m_handle = nullptr;
    std::string m_name;
    std::map<std::string, sqlite3_stmt*, std::less<>> m_statements;
    bool m_damaged = false;
};

/// Rolls back unless commit() was reached.
class Transaction {
  public:
    explicit Transaction(Database& database) : m_database(database) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    Result<void> begin();
    Result<void> commit();

  private:
    Database& m_database;
    bool m_open = false;
};

}  // namespace lectern::app
