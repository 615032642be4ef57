// lectern-cli ingest --dry-run: what documents would cost.

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/models/preflight_model.h"
#include "engine/core/resources.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

using nlohmann::json;

const char* name(TreeEntryState state) {
    switch (state) {
        case TreeEntryState::Included:
            return "included";
        case TreeEntryState::Ignored:
            return "ignored";
        case TreeEntryState::LockFile:
            return "lock_file";
        case TreeEntryState::Vendored:
            return "vendored";
        case TreeEntryState::Binary:
            return "binary";
        case TreeEntryState::TooLarge:
            return "too_large";
        case TreeEntryState::Unreadable:
            return "unreadable";
        case TreeEntryState::LeftOut:
            return "left_out";
    }
    return "";
}

const char* name(DuplicateOf duplicate) {
    return duplicate == DuplicateOf::Library ? "library" : "earlier_path";
}

const char* name(PageState state) {
    switch (state) {
        case PageState::Text:
            return "text";
        case PageState::Blank:
            return "blank";
        case PageState::NoText:
            return "no_text";
        case PageState::Unreadable:
            return "unreadable";
    }
    return "";
}

json documentJson(const PreflightDocument& document) {
    if (!document.problem.empty()) {
        return {{"path", document.path.string()}, {"problem", document.problem}};
    }
    json coverage = json::array();
    for (size_t i = 0; i < document.coverage.size(); ++i) {
        if (document.coverage[i] != PageState::Text) {
            coverage.push_back({{"page", document.coveragePages[i] + 1}, {"state", name(document.coverage[i])}});
        }
    }
    json files = json::array();
    for (const PreflightFile& file : document.files) {
        files.push_back({{"path", file.path},
                         {"folder", file.isFolder},
                         {"state", name(file.state)},
                         {"size_bytes", file.sizeBytes},
                         {"tokens", file.tokens}});
    }
    json out = {{"path", document.path.string()},
                {"problem", nullptr},
                {"kind", documentKindName(document.header.kind)},
                {"title", document.header.title},
                {"sha256", document.header.contentHash},
                {"duplicate_of", nullptr},
                {"pages", document.header.pageCount},
                {"pages_without_text", document.pagesWithoutText},
                {"pages_unreadable", document.pagesUnreadable},
                {"coverage", coverage},
                {"text_bytes", document.textBytes},
                {"tokens", document.tokens},
                {"estimated", document.estimated},
                {"read_seconds", document.readSeconds},
                {"library_bytes", document.libraryBytes},
                {"files", files}};
    if (document.duplicate != DuplicateOf::Nothing) {
        out["duplicate_of"] = name(document.duplicate);
    }
    return out;
}

json sheetJson(const Preflight& sheet, const PreflightModel& model) {
    json documents = json::array();
    for (const PreflightDocument& document : sheet.documents) {
        documents.push_back(documentJson(document));
    }
    return {{"documents", documents},
            {"model", model.name},
            {"trained_context", model.trainedContext},
            {"extended_context", model.largestContext},
            {"tokens", sheet.tokens},
            {"fit", contextFitName(sheet.fit)},
            {"cache_bytes", sheet.cacheBytes},
            {"memory_suffices", sheet.memorySuffices},
            {"read_seconds", sheet.readSeconds},
            {"prefill_seconds", sheet.prefillSeconds ? json(*sheet.prefillSeconds) : json()},
            {"library_bytes", sheet.libraryBytes},
            {"context_bytes", sheet.contextBytes}};
}

void printTree(const PreflightDocument& document) {
    for (const PreflightFile& file : document.files) {
        const auto depth = static_cast<int>(2 * std::count(file.path.begin(), file.path.end(), '/'));
        const std::string leaf = file.path.substr(file.path.rfind('/') + 1) + (file.isFolder ? "/" : "");
        const std::string state =
            file.state == TreeEntryState::Included ? thousands(file.tokens) + " tokens" : name(file.state);
        std::printf("  %*s%-*s %20s\n", depth, "", std::max(1, 56 - depth), leaf.c_str(), state.c_str());
    }
}

void printDocument(const PreflightDocument& document) {
    if (!document.problem.empty()) {
        std::printf("%s: %s\n", document.path.c_str(), document.problem.c_str());
        return;
    }
    const char* unit = document.header.kind == DocumentKind::SourceTree ? "file" : "page";
    std::string notes;
    if (document.pagesWithoutText > 0) {
        notes += ", " + thousands(document.pagesWithoutText) + " without text (--ocr reads scans)";
    }
    if (document.pagesUnreadable > 0) {
        notes += ", " + thousands(document.pagesUnreadable) + " unreadable";
    }
    if (document.duplicate != DuplicateOf::Nothing) {
        notes += document.duplicate == DuplicateOf::Library ? ", already in the library" : ", same as an earlier path";
    }
    std::printf("%s: %s, %s %s%s, %s%s tokens%s\n", document.path.c_str(),
                documentKindName(document.header.kind).c_str(), thousands(document.header.pageCount).c_str(), unit,
                document.header.pageCount == 1 ? "" : "s", document.estimated ? "about " : "",
                thousands(document.tokens).c_str(), notes.c_str());
    printTree(document);
}

void printSheet(const Preflight& sheet, const PreflightModel& model) {
    for (const PreflightDocument& document : sheet.documents) {
        printDocument(document);
    }
    const char* fit = sheet.fit == ContextFit::Fits            ? "fits the trained context"
                      : sheet.fit == ContextFit::NeedsExtended ? "needs the extended context"
                                                               : "is too big for this model";
    std::printf("Together %s tokens: %s (%s trained, %s extended).\n", thousands(sheet.tokens).c_str(), fit,
                thousands(model.trainedContext).c_str(), thousands(model.largestContext).c_str());
    std::printf("Memory %s%s, disk %s for the library and %s for the saved context.\n",
                byteSize(sheet.cacheBytes).c_str(), sheet.memorySuffices ? "" : " (more than is free)",
                byteSize(sheet.libraryBytes).c_str(), byteSize(sheet.contextBytes).c_str());
    const std::string prefill = sheet.prefillSeconds
                                    ? duration(*sheet.prefillSeconds) + " for the model to read them"
                                    : "the model's time is not known before it has read something on this computer";
    std::printf("Time %s to read the files, %s.\n", duration(sheet.readSeconds).c_str(), prefill.c_str());
}

}  // namespace

Result<void> dryRun(const ReadFlags& flags, const DryRunFlags& dry, bool asJson, std::stop_token stop) {
    std::vector<std::string> warnings;
    LECTERN_ASSIGN(const std::unique_ptr<Library> library, openLibrary(flags.temporary, warnings));
    std::filesystem::path modelPath = dry.model;
    if (modelPath.empty()) {
        LECTERN_ASSIGN(modelPath, defaultModelPath());
    }
    LECTERN_ASSIGN(const OpenedPreflightModel opened, openPreflightModel(modelPath, library.get(), dry.device));
    const PreflightModel& model = opened.model;
    PreflightOptions options;
    options.ingest = flags.ingestOptions(std::move(stop));
    const std::vector<std::filesystem::path> paths(flags.paths.begin(), flags.paths.end());
    ProgressLine line(flags.quiet);
    LECTERN_ASSIGN(
        const Preflight sheet,
        preflight(
            paths, model, library.get(), options, [&](const std::filesystem::path& path, int64_t done, int64_t count) {
                line.show("Looking at " + path.string() + ": page " + thousands(done) + " of " + thousands(count));
            }));
    line.clear();
    if (asJson) {
        tools::printJson(sheetJson(sheet, model));
    } else {
        printSheet(sheet, model);
    }
    return {};
}

}  // namespace lectern::app::cli
