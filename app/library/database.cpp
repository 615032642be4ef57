#include "app/library/database.h"

#include <sqlite3.h>

#include <chrono>
#include <thread>

namespace lectern::app {
namespace {

constexpr int kBusyTimeoutMs = 10000;
constexpr std::chrono::milliseconds kBusyPause{5};

ErrorCode codeOf(int sqliteCode) {
    switch (sqliteCode & 0xff) {
        case SQLITE_FULL:
            return ErrorCode::DiskFull;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return ErrorCode::Corrupt;
        case SQLITE_NOMEM:
            return ErrorCode::OutOfMemory;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
            return ErrorCode::InvalidInput;
        case SQLITE_MISUSE:
        case SQLITE_ERROR:
            return ErrorCode::Internal;
        default:
            return ErrorCode::Io;
    }
}

std::string sentenceOf(int sqliteCode, const std::string& name, const char* detail) {
    const std::string file = "The library file “" + name + "” ";
    switch (sqliteCode & 0xff) {
        case SQLITE_FULL:
            return "The disk is full: the library file “" + name + "” could not be written.";
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return file + "is damaged; it is repaired when Lectern opens it the next time.";
        case SQLITE_READONLY:
            return file + "cannot be written: it or its folder is read-only.";
        case SQLITE_CANTOPEN:
            return file + "cannot be opened.";
        case SQLITE_BUSY:
            return file + "is in use by another program for too long.";
        case SQLITE_IOERR:
            return file + "could not be read or written: the disk reported an error.";
        default:
            return file + "refused a change (" + detail + ").";
    }
}

}  // namespace

int64_t Row::integer(int column) const {
    return sqlite3_column_int64(m_statement, column);
}

double Row::real(int column) const {
    return sqlite3_column_double(m_statement, column);
}

std::string Row::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return text == nullptr ? std::string()
                           : std::string(text, static_cast<size_t>(sqlite3_column_bytes(m_statement, column)));
}

std::string_view Row::bytes(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(m_statement, column));
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<size_t>(sqlite3_column_bytes(m_statement, column)));
}

bool Row::isNull(int column) const {
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

Value Row::value(int column) const {
    switch (sqlite3_column_type(m_statement, column)) {
        case SQLITE_INTEGER:
            return integer(column);
        case SQLITE_FLOAT:
            return real(column);
        case SQLITE_TEXT:
            return text(column);
        case SQLITE_BLOB:
            return OwnedBlob{std::string(bytes(column))};
        default:
            return nullptr;
    }
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path, Mode mode) {
    std::unique_ptr<Database> database(new Database);
    database->m_name = path.string();
    const int flags = mode == Mode::ReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    const bool shared = mode == Mode::SharedMemory;
    const std::string name = mode == Mode::Memory ? ":memory:" : path.string();
    const int code =
        sqlite3_open_v2(name.c_str(), &database->m_handle, flags | SQLITE_OPEN_NOMUTEX, shared ? "memdb" : nullptr);
    if (code != SQLITE_OK) {
        return Error{codeOf(code), sentenceOf(code, database->m_name, sqlite3_errstr(code))};
    }
    sqlite3_extended_result_codes(database->m_handle, 1);
    sqlite3_busy_timeout(database->m_handle, kBusyTimeoutMs);
    return database;
}

Database::~Database() {
    for (const auto& [sql, statement] : m_statements) {
        sqlite3_finalize(statement);
    }
    sqlite3_close(m_handle);
}

Error Database::lastError() {
    const int code = sqlite3_extended_errcode(m_handle);
    m_damaged = m_damaged || codeOf(code) == ErrorCode::Corrupt;
    return {codeOf(code), sentenceOf(code, m_name, sqlite3_errmsg(m_handle))};
}

Result<sqlite3_stmt*> Database::prepared(const char* sql) {
    const auto found = m_statements.find(std::string_view(sql));
    if (found != m_statements.end()) {
        return found->second;
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(m_handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
        return lastError();
    }
    m_statements.emplace(sql, statement);
    return statement;
}

Result<void> Database::stepThrough(sqlite3_stmt* statement, const std::function<void(const Row&)>& each) {
    int code = sqlite3_step(statement);
    while (code == SQLITE_ROW) {
        each(Row(statement));
        code = sqlite3_step(statement);
    }
    Result<void> result = code == SQLITE_DONE ? Result<void>() : lastError();
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return result;
}

Result<void> Database::runValues(const char* sql, const std::vector<Value>& values) {
    LECTERN_ASSIGN(sqlite3_stmt * statement, prepared(sql));
    int index = 0;
    for (const Value& each : values) {
        std::visit([&](const auto& value) { bind(statement, ++index, value); }, each);
    }
    return stepThrough(statement, [](const Row&) {});
}

Result<void> Database::script(const std::string& sql) {
    return sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK ? Result<void>() : lastError();
}

Result<void> Database::patiently(const std::string& sql) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point end = Clock::now() + std::chrono::milliseconds(kBusyTimeoutMs);
    while (true) {
        Result<void> done = script(sql);
        const bool busy = !done && (sqlite3_errcode(m_handle) & 0xff) == SQLITE_BUSY;
        if (!busy || Clock::now() > end) {
            return done;
        }
        std::this_thread::sleep_for(kBusyPause);
    }
}

int64_t Database::lastInsertId() const {
    return sqlite3_last_insert_rowid(m_handle);
}

int64_t Database::changes() const {
    return sqlite3_changes64(m_handle);
}

void Database::bind(sqlite3_stmt* statement, int index, int64_t value) {
    sqlite3_bind_int64(statement, index, value);
}
void Database::bind(sqlite3_stmt* statement, int index, int32_t value) {
    sqlite3_bind_int64(statement, index, value);
}
void Database::bind(sqlite3_stmt* statement, int index, bool value) {
    sqlite3_bind_int(statement, index, value ? 1 : 0);
}
void Database::bind(sqlite3_stmt* statement, int index, double value) {
    sqlite3_bind_double(statement, index, value);
}
void Database::bind(sqlite3_stmt* statement, int index, std::string_view value) {
    sqlite3_bind_text64(statement, index, value.data() == nullptr ? "" : value.data(), value.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}
void Database::bind(sqlite3_stmt* statement, int index, const std::string& value) {
    bind(statement, index, std::string_view(value));
}
void Database::bind(sqlite3_stmt* statement, int index, const Blob& value) {
    sqlite3_bind_blob64(statement, index, value.bytes.data() == nullptr ? "" : value.bytes.data(), value.bytes.size(),
                        SQLITE_TRANSIENT);
}
void Database::bind(sqlite3_stmt* statement, int index, const OwnedBlob& value) {
    bind(statement, index, Blob{value.bytes});
}
void Database::bind(sqlite3_stmt* statement, int index, std::nullptr_t) {
    sqlite3_bind_null(statement, index);
}

Transaction::~Transaction() {
    if (m_open) {
        static_cast<void>(m_database.script("ROLLBACK").ok());
    }
}

Result<void> Transaction::begin() {
    // Immediate: a reader that becomes a writer in the middle could be refused with no way to retry.
    LECTERN_TRY(m_database.script("BEGIN IMMEDIATE"));
    m_open = true;
    return {};
}

Result<void> Transaction::commit() {
    LECTERN_TRY(m_database.script("COMMIT"));
    m_open = false;
    return {};
}

}  // namespace lectern::app
