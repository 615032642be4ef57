// lectern-cli library conversations | export | search.

#include <cstdio>

#include "app/ask/export.h"
#include "app/ask/projector.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json.h"
#include "engine/core/resources.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

struct Flags {
    ConversationId id = 0;
    std::string format = "markdown";
    std::string output;
    std::string text;
    std::vector<DocumentId> documents;
    bool literal = false;
    bool json = false;
};

Result<std::unique_ptr<Library>> openUsersLibrary() {
    std::vector<std::string> warnings;
    return openLibrary(false, warnings);
}

Result<void> conversations(const Flags& flags) {
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openUsersLibrary());
    LECTERN_ASSIGN(const std::vector<ConversationRecord> records, library->conversations());
    nlohmann::json array = nlohmann::json::array();
    for (const ConversationRecord& record : records) {
        array.push_back({{"id", record.id},
                         {"title", record.title},
                         {"documents", record.documents},
                         {"updated_at_ms", record.updatedAtMs}});
        if (!flags.json) {
            std::printf("%6lld  %s\n", static_cast<long long>(record.id), record.title.c_str());
        }
    }
    if (flags.json) {
        tools::printJson(array);
    } else if (records.empty()) {
        note("There is no conversation yet.");
    }
    return {};
}

Result<void> exportOne(const Flags& flags) {
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openUsersLibrary());
    const ExportFormat format = flags.format == "html" ? ExportFormat::Html : ExportFormat::Markdown;
    LECTERN_ASSIGN(const std::string text, exportConversation(*library, flags.id, format));
    if (!flags.output.empty()) {
        return writeFileAtomically(flags.output, text);
    }
    std::fwrite(text.data(), 1, text.size(), stdout);
    return {};
}

Result<void> search(const Flags& flags, const std::stop_token& stop) {
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openUsersLibrary());
    TextQuery query;
    query.text = flags.text;
    query.mode = flags.literal ? TextQuery::Mode::Literal : TextQuery::Mode::Words;
    query.documents = flags.documents;
    // The boxes come from a handle of their own: this one is busy with the search.
    LECTERN_ASSIGN(const std::unique_ptr<Library> boxes, openUsersLibrary());
    const auto show = [&](std::span<const TextHit> hits) {
        const Result<DocumentPage> page =
            flags.json ? boxes->page(hits.front().document, hits.front().page) : Result<DocumentPage>(DocumentPage{});
        for (const TextHit& hit : hits) {
            if (flags.json) {
                tools::printJson({{"document", hit.document},
                                  {"page", hit.page + 1},
                                  {"page_label", hit.pageLabel},
                                  {"bytes", {hit.bytes.begin, hit.bytes.end}},
                                  {"rects", page ? rectsJson(projectToPage(page->boxes, page->text, hit.bytes))
                                                 : nlohmann::json::array()},
                                  {"snippet", hit.snippet}});
            } else {
                std::printf("%lld, %d (%s): %s\n", static_cast<long long>(hit.document), hit.page + 1,
                            hit.pageLabel.c_str(), hit.snippet.c_str());
            }
        }
        std::fflush(stdout);
        return true;
    };
    return library->searchText(query, show, stop);
}

}  // namespace

Command addLibraryConversations(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("conversations", "List the conversations, the last one first");
    app->add_flag("--json", flags->json, "A JSON array on standard output");
    return [flags](const std::stop_token&) { return conversations(*flags); };
}

Command addLibraryExport(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("export", "Write a conversation with its page references");
    app->add_option("id", flags->id, "Number of the conversation")->required();
    app->add_option("--format", flags->format, "markdown or html")->check(CLI::IsMember({"markdown", "html"}));
    app->add_option("--output", flags->output, "File to write (default: standard output)");
    return [flags](const std::stop_token&) { return exportOne(*flags); };
}

Command addLibrarySearch(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("search", "Find words in the text of all documents");
    app->add_option("text", flags->text, "Words; a phrase in quotes; a last * for any ending")->required();
    app->add_option("--document", flags->documents, "Only in this document (repeatable)")->take_all()->expected(1);
    app->add_flag("--literal", flags->literal, "The text as it stands; reads every page");
    app->add_flag("--json", flags->json, "One JSON object per hit on standard output");
    return [flags](const std::stop_token& stop) { return search(*flags, stop); };
}

}  // namespace lectern::app::cli
