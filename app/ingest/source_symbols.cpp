#include "app/ingest/source_symbols.h"

#include <sys/resource.h>

#include <QDeadlineTimer>
#include <QProcess>
#include <QStandardPaths>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace lectern::app {
namespace {

constexpr int kPollMs = 50;
constexpr size_t kMaximumNameBytes = 300;

/// Too many and too small to find one's way by.
bool isDetail(const std::string& kind) {
    static constexpr std::array<std::string_view, 26> kKinds = {
        "variable", "member", "field",    "enumerator", "externvar", "local",   "parameter",  "label",   "property",
        "header",   "import", "constant", "macro",      "number",    "string",  "boolean",    "null",    "heredoc",
        "id",       "anchor", "hashtag",  "prototype",  "file",      "unknown", "macroparam", "footnote"};
    return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

struct Tag {
    SourceSymbol symbol;
    std::string scope;
    int32_t end = 0;  ///< last line; 0: not known
};

/// One line of ctags' answer; false for what is no symbol.
bool readTag(const QByteArray& line, Tag& tag) {
    const nlohmann::json object = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    const auto text = [&object](const char* key) {
        const auto found = object.find(key);
        return found != object.end() && found->is_string() ? found->get<std::string>().substr(0, kMaximumNameBytes)
                                                           : std::string();
    };
    const auto number = [&object](const char* key) {
        const auto found = object.find(key);
        return found != object.end() && found->is_number_integer() ? found->get<int32_t>() : 0;
    };
    if (!object.is_object() || text("_type") != "tag") {
        return false;
    }
    tag.symbol = {text("name"), text("kind"), number("line"), 0};
    tag.scope = text("scope");
    tag.end = number("end");
    if (tag.symbol.kind == "member" && !text("signature").empty()) {
        tag.symbol.kind = "method";  // Python's; C's members are fields
    }
    return tag.symbol.line > 0 && !tag.symbol.name.empty() && !tag.symbol.name.starts_with("__anon") &&
           !isDetail(tag.symbol.kind);
}

/// Puts symbols below the one that they are in: by its last line where that is known, else by its name.
std::vector<SourceSymbol> nested(std::vector<Tag> tags) {
    std::stable_sort(tags.begin(), tags.end(),
                     [](const Tag& a, const Tag& b) { return a.symbol.line < b.symbol.line; });
    std::vector<SourceSymbol> symbols;
    std::vector<const Tag*> open;
    for (const Tag& tag : tags) {
        const auto holds = [&tag](const Tag* outer) {
            return outer->end > 0 ? tag.symbol.line <= outer->end && !tag.scope.empty()
                                  : tag.scope.ends_with(outer->symbol.name);
        };
        while (!open.empty() && !holds(open.back())) {
            open.pop_back();
        }
        SourceSymbol symbol = tag.symbol;
        symbol.depth = static_cast<int32_t>(open.size());
        if (open.empty() && !tag.scope.empty()) {
            const bool colons = tag.scope.find("::") != std::string::npos || tag.scope.find('.') == std::string::npos;
            symbol.name = tag.scope + (colons ? "::" : ".") + symbol.name;
        }
        symbols.push_back(std::move(symbol));
        open.push_back(&tag);
    }
    return symbols;
}

void limitProcess(pid_t process, const SymbolLimits& limits) {
    const auto limit = [process](__rlimit_resource what, rlim_t value) {
        const rlimit both{value, value};
        prlimit(process, what, &both, nullptr);
    };
    limit(RLIMIT_AS, static_cast<rlim_t>(limits.addressSpaceBytes));
    limit(RLIMIT_CPU, static_cast<rlim_t>(limits.timeout.count() / 1000 + 1));
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CORE, 0);
}

}  // namespace

std::string symbolProgram() {
    const QString chosen = qEnvironmentVariable("LECTERN_CTAGS");
    const QString found = chosen.isEmpty() ? QStandardPaths::findExecutable(QStringLiteral("ctags-universal"))
                                           : QStandardPaths::findExecutable(chosen);
    return found.toStdString();
}

Result<std::vector<SourceSymbol>> sourceSymbols(const std::string& fileName, std::string_view text,
                                                const SymbolLimits& limits, const std::stop_token& stop) {
    const std::string program = symbolProgram();
    if (program.empty()) {
        return Error{ErrorCode::NotFound, "universal-ctags is not installed."};
    }
    if (static_cast<int64_t>(text.size()) > limits.textBytes) {
        return Error{ErrorCode::LimitExceeded, "“" + fileName + "” is too long for a list of its symbols."};
    }
    QProcess process;
    process.setProcessChannelMode(QProcess::SeparateChannels);
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(QString::fromStdString(program),
                  {QStringLiteral("--options=NONE"), QStringLiteral("--_interactive=sandbox"),
                   QStringLiteral("--sort=no"), QStringLiteral("--fields=+neKsS")});
    if (!process.waitForStarted(static_cast<int>(limits.timeout.count()))) {
        return Error{ErrorCode::Io, "universal-ctags could not be started."};
    }
    limitProcess(static_cast<pid_t>(process.processId()), limits);
    const nlohmann::json request = {{"command", "generate-tags"}, {"filename", fileName}, {"size", text.size()}};
    process.write(
        QByteArray::fromStdString(request.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"));
    process.write(text.data(), static_cast<qint64>(text.size()));
    const QDeadlineTimer deadline(limits.timeout);
    std::vector<Tag> tags;
    int64_t read = 0;
    bool completed = false;
    while (!completed && tags.size() < limits.symbols) {
        if (!process.canReadLine() && !process.waitForReadyRead(kPollMs) && process.state() != QProcess::Running) {
            break;
        }
        while (process.canReadLine() && !completed && tags.size() < limits.symbols) {
            const QByteArray line = process.readLine();
            read += line.size();
            Tag tag;
            if (readTag(line, tag)) {
                tags.push_back(std::move(tag));
            }
            completed = line.startsWith("{\"_type\": \"completed\"");
        }
        if (stop.stop_requested() || deadline.hasExpired() || read + process.bytesAvailable() > limits.outputBytes) {
            break;
        }
    }
    const bool enough = completed || tags.size() >= limits.symbols;
    process.kill();
    process.waitForFinished(static_cast<int>(limits.timeout.count()));
    if (stop.stop_requested()) {
        return Error{ErrorCode::Cancelled, "Listing the symbols was cancelled."};
    }
    if (!enough) {
        return Error{ErrorCode::Io, "universal-ctags did not list the symbols of “" + fileName + "” to the end."};
    }
    return nested(std::move(tags));
}

std::vector<OutlineEntry> symbolOutline(const std::vector<SourceSymbol>& symbols, int32_t page, int32_t depth) {
    std::vector<OutlineEntry> outline;
    outline.reserve(symbols.size());
    for (const SourceSymbol& symbol : symbols) {
        outline.push_back({symbol.name, page, 0, depth + symbol.depth, symbol.line});
    }
    return outline;
}

}  // namespace lectern::app
