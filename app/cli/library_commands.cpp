// lectern-cli library list | show | remove.

#include <cstdio>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

struct Flags {
    std::vector<DocumentId> ids;
    int32_t page = 0;
    bool json = false;
};

Result<std::unique_ptr<Library>> openUsersLibrary() {
    std::vector<std::string> warnings;
    return openLibrary(false, warnings);
}

Result<void> list(const Flags& flags) {
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openUsersLibrary());
    LECTERN_ASSIGN(const std::vector<DocumentRecord> records, library->documents());
    nlohmann::json array = nlohmann::json::array();
    for (const DocumentRecord& record : records) {
        array.push_back(recordJson(record));
        if (!flags.json) {
            std::printf("%6lld  %-11s %7s  %9s  %-9s  %s\n", static_cast<long long>(record.id),
                        documentKindName(record.header.kind).c_str(), thousands(record.header.pageCount).c_str(),
                        byteSize(record.textBytes).c_str(), record.state == IngestState::Ready ? "ready" : "ingesting",
                        record.header.sourcePath.c_str());
        }
    }
    if (flags.json) {
        tools::printJson(array);
    } else if (records.empty()) {
        note("The library is empty.");
    }
    return {};
}

nlohmann::json outlineJson(const DocumentHeader& header) {
    nlohmann::json outline = nlohmann::json::array();
    for (const OutlineEntry& entry : header.outline) {
        outline.push_back({{"title", entry.title},
                           {"depth", entry.depth},
                           {"page", entry.page < 0 ? nlohmann::json() : nlohmann::json(entry.page + 1)}});
    }
    return outline;
}

Result<void> show(const Flags& flags) {
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openUsersLibrary());
    LECTERN_ASSIGN(const DocumentRecord record, library->document(flags.ids.front()));
    if (flags.page > 0) {
        LECTERN_ASSIGN(const DocumentPage page, library->page(record.id, flags.page - 1));
        if (flags.json) {
            tools::printJson({{"page", flags.page},
                              {"label", page.label},
                              {"text", page.text},
                              {"words", page.boxes.words.size()},
                              {"note", page.note}});
        } else {
            std::printf("%s\n", page.text.c_str());
        }
        return {};
    }
    nlohmann::json object = recordJson(record);
    object["outline"] = outlineJson(record.header);
    LECTERN_ASSIGN(const std::vector<ConversationRecord> conversations, library->conversationsOf(record.id));
    object["conversations"] = conversations.size();
    if (flags.json) {
        tools::printJson(object);
        return {};
    }
    for (const auto& item : object.items()) {
        if (item.key() != "outline") {
            std::printf(
                "%-19s %s\n", item.key().c_str(),
                item.value().is_string() ? item.value().get<std::string>().c_str() : item.value().dump().c_str());
        }
    }
    for (const OutlineEntry& entry : record.header.outline) {
        std::printf("%*s%s%s\n", 2 * entry.depth, "", entry.title.c_str(),
                    entry.page < 0 ? "" : ("  " + std::to_string(entry.page + 1)).c_str());
    }
    return {};
}

Result<void> removeDocuments(const Flags& flags) {
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openUsersLibrary());
    for (const DocumentId id : flags.ids) {
        LECTERN_TRY(library->removeDocument(id));
        std::printf("Document %lld is removed from the library.\n", static_cast<long long>(id));
    }
    return {};
}

}  // namespace

Command addLibraryList(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("list", "The library's documents, last opened first");
    app->add_flag("--json", flags->json, "A JSON array on standard output");
    return [flags](const std::stop_token&) { return list(*flags); };
}

Command addLibraryShow(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("show", "One document: its record and table of contents, or a page's text");
    app->add_option("id", flags->ids, "Number of the document")->required()->expected(1);
    app->add_option("--page", flags->page, "Print the text of this page, counted from 1")->check(CLI::PositiveNumber);
    app->add_flag("--json", flags->json, "A JSON object on standard output");
    return [flags](const std::stop_token&) { return show(*flags); };
}

Command addLibraryRemove(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("remove", "Remove documents, with the conversations about nothing else");
    app->add_option("ids", flags->ids, "Numbers of the documents")->required();
    return [flags](const std::stop_token&) { return removeDocuments(*flags); };
}

}  // namespace lectern::app::cli
