#include "app/library/recovery.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr uintmax_t kQuickCheckBytes = uintmax_t{128} << 20;

// Parents before children.
constexpr const char* kTables[] = {
    "documents",   "sources",   "pages",  "page_tokens", "conversations", "conversation_documents",
    "messages",    "citations", "traces", "jobs",        "bookmarks",     "annotations",
    "measurements"};

fs::path damageMark(const fs::path& file) {
    return fs::path(file) += ".damaged";
}

Result<std::vector<std::string>> columnsOf(Database& database, const std::string& table) {
    std::vector<std::string> columns;
    LECTERN_TRY(database.query(
        "SELECT name FROM pragma_table_info(?1)", [&](const Row& row) { columns.push_back(row.text(0)); }, table));
    return columns;
}

std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += (out.empty() ? "" : ", ") + name;
    }
    return out;
}

int64_t count(Database& database, const char* sql) {
    int64_t value = 0;
    static_cast<void>(database.query(sql, [&](const Row& row) { value = row.integer(0); }).ok());
    return value;
}

/// `INSERT OR IGNORE INTO table (columns) VALUES (?1, ?2, ...)`
std::string insertSql(const std::string& table, const std::vector<std::string>& columns) {
    std::string places;
    for (size_t i = 1; i <= columns.size(); ++i) {
        places += (i == 1 ? "?" : ", ?") + std::to_string(i);
    }
    return "INSERT OR IGNORE INTO " + table + " (" + joined(columns) + ") VALUES (" + places + ")";
}

/// Row by row from both ends: a damaged page in the middle costs only the rows on it.
bool copyTable(Database& damaged, Database& fresh, const std::string& table) {
    const auto oldColumns = columnsOf(damaged, table);
    const auto newColumns = columnsOf(fresh, table);
    if (!oldColumns || !newColumns || oldColumns->empty()) {
        return false;
    }
    std::vector<std::string> shared;
    for (const std::string& column : *newColumns) {
        if (std::find(oldColumns->begin(), oldColumns->end(), column) != oldColumns->end()) {
            shared.push_back(column);
        }
    }
    const std::string insert = insertSql(table, shared);
    const std::string select = "SELECT " + joined(shared) + " FROM " + table + " WHERE rowid = ?1";
    for (const char* order : {"ASC", "DESC"}) {
        std::vector<int64_t> rows;
        const std::string list = "SELECT rowid FROM " + table + " ORDER BY rowid " + order;
        bool complete = damaged.query(list.c_str(), [&](const Row& row) { rows.push_back(row.integer(0)); }).ok();
        for (const int64_t rowId : rows) {
            std::vector<Value> values;
            const auto take = [&](const Row& row) {
                values.clear();
                for (int i = 0; i < static_cast<int>(shared.size()); ++i) {
                    values.push_back(row.value(i));
                }
            };
            const bool copied = damaged.query(select.c_str(), take, rowId).ok() && !values.empty() &&
                                fresh.runValues(insert.c_str(), values).ok();
            complete = complete && copied;
        }
        if (complete) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<void> checkHealth(Database& database, const fs::path& file) {
    std::error_code ignored;
    const bool thorough = fs::file_size(file, ignored) <= kQuickCheckBytes || fs::exists(damageMark(file), ignored);
    std::string answer = "ok";
    LECTERN_TRY(database.query("SELECT count(*) FROM sqlite_master", [](const Row&) {}));
    if (thorough) {
        LECTERN_TRY(database.query("PRAGMA quick_check(1)", [&](const Row& row) { answer = row.text(0); }));
    }
    if (answer != "ok") {
        return Error{ErrorCode::Corrupt, "The library file “" + file.string() + "” is damaged."};
    }
    return {};
}

void leaveDamageMark(const fs::path& file) {
    std::ofstream mark(damageMark(file));
}

void removeDamageMark(const fs::path& file) {
    std::error_code ignored;
    fs::remove(damageMark(file), ignored);
}

Result<fs::path> moveAside(const fs::path& file) {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    char stamp[32];
    std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", &parts);
    fs::path target;
    for (int attempt = 0; attempt < 100; ++attempt) {
        target = file.parent_path() / (file.stem().string() + "-damaged-" + stamp +
                                       (attempt == 0 ? "" : "-" + std::to_string(attempt)) + file.extension().string());
        if (!fs::exists(target)) {
            break;
        }
    }
    std::error_code error;
    fs::rename(file, target, error);
    if (error) {
        return Error{ErrorCode::Io, "The damaged library file “" + file.string() +
                                        "” could not be moved aside: " + error.message() + "."};
    }
    fs::rename(fs::path(file) += "-wal", fs::path(target) += "-wal", error);
    fs::remove(fs::path(file) += "-shm", error);
    removeDamageMark(file);
    return target;
}

Result<SalvageReport> salvage(const fs::path& damaged, Database& fresh) {
    SalvageReport report;
    Result<std::unique_ptr<Database>> old = Database::open(damaged, Database::Mode::ReadWrite);
    LECTERN_TRY(fresh.script("PRAGMA foreign_keys = OFF"));
    for (const char* table : kTables) {
        Transaction transaction(fresh);
        LECTERN_TRY(transaction.begin());
        report.complete = old.ok() && copyTable(**old, fresh, table) && report.complete;
        LECTERN_TRY(transaction.commit());
    }
    // Orphans may own others: until nothing changes.
    for (int round = 0; round < 10; ++round) {
        std::vector<std::pair<std::string, int64_t>> orphans;
        LECTERN_TRY(fresh.query("SELECT \"table\", rowid FROM pragma_foreign_key_check",
                                [&](const Row& row) { orphans.emplace_back(row.text(0), row.integer(1)); }));
        for (const auto& [table, row] : orphans) {
            LECTERN_TRY(fresh.run(("DELETE FROM " + table + " WHERE rowid = ?1").c_str(), row));
        }
        if (orphans.empty()) {
            break;
        }
    }
    // A document that lost pages is ingested again from its file.
    LECTERN_TRY(
        fresh.run("UPDATE documents SET state = 0 WHERE page_count > (SELECT count(*) FROM pages WHERE "
                  "pages.document = documents.id)"));
    LECTERN_TRY(fresh.script("PRAGMA foreign_keys = ON"));
    report.documents = count(fresh, "SELECT count(*) FROM documents");
    report.conversations = count(fresh, "SELECT count(*) FROM conversations");
    return report;
}

}  // namespace lectern::app
