#include "app/ingest/ingest.h"

#include <algorithm>
#include <chrono>
#include <set>

namespace lectern::app {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kBatchPages = 64;
constexpr std::chrono::milliseconds kBatchTime{1000};
constexpr size_t kMaximumSinglePages = 10;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// "3, 5–9 and 12" of ascending numbers.
std::string numberList(const std::vector<int32_t>& numbers) {
    std::vector<std::string> parts;
    for (size_t i = 0; i < numbers.size();) {
        size_t end = i + 1;
        while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) {
            ++end;
        }
        end = end - i == 2 ? i + 1 : end;  // two neighbours are named one by one
        const std::string first = std::to_string(numbers[i]);
        parts.push_back(end - i == 1 ? first : first + "–" + std::to_string(numbers[end - 1]));
        i = end;
    }
    std::string list;
    for (size_t i = 0; i < parts.size(); ++i) {
        list += (i == 0 ? "" : i + 1 == parts.size() ? " and " : ", ") + parts[i];
    }
    return list;
}

/// Reads what is missing and stores it batch by batch.
Result<void> readPages(Library& library, Ingestor& ingestor, const DocumentRecord& record, int32_t pageCount,
                       const IngestOptions& options, const IngestCallback& progress) {
    // Scans are read again when their text is asked for.
    LECTERN_ASSIGN(const std::vector<int32_t> stored,
                   library.storedPages(record.id, options.recognitionLanguage.empty()));
    const std::set<int32_t> done(stored.begin(), stored.end());
    const Clock::time_point start = Clock::now();
    Clock::time_point batchStart = start;
    std::vector<DocumentPage> batch;
    for (int32_t index = 0; index < pageCount; ++index) {
        if (!done.contains(index)) {
            if (options.stop.stop_requested()) {
                return Error{ErrorCode::Cancelled,
                             "Reading " + quotedName(record.header.sourcePath) + " was cancelled."};
            }
            LECTERN_ASSIGN(DocumentPage page, ingestor.page(index));
            batch.push_back(std::move(page));
        }
        const bool last = index + 1 == pageCount;
        if (batch.size() >= kBatchPages || Clock::now() - batchStart > kBatchTime || last) {
            LECTERN_TRY(library.storePages(record.id, batch));
            batch.clear();
            batchStart = Clock::now();
        }
        if (progress) {
            progress({index + 1, pageCount, secondsSince(start)});
        }
    }
    return {};
}

}  // namespace

std::vector<std::string> coverageWarnings(const DocumentHeader& header, std::span<const DocumentPage> pages) {
    const std::string name = quotedName(header.sourcePath);
    std::vector<std::string> warnings;
    std::vector<int32_t> withoutText;
    std::set<std::string> notes;
    size_t unreadable = 0;
    for (const DocumentPage& page : pages) {
        if (page.state == PageState::NoText) {
            withoutText.push_back(page.index + 1);
        }
        if (page.state == PageState::Unreadable) {
            ++unreadable;
            if (unreadable <= kMaximumSinglePages) {
                warnings.push_back(page.note);
            }
        } else if (!page.note.empty()) {
            notes.insert(page.note);
        }
    }
    if (unreadable > kMaximumSinglePages) {
        warnings.push_back(std::to_string(unreadable - kMaximumSinglePages) + " more pages of " + name +
                           " could not be read.");
    }
    for (const std::string& note : notes) {
        warnings.push_back(name + ": " + note);
    }
    if (header.kind == DocumentKind::Pdf && !withoutText.empty()) {
        const bool all = withoutText.size() == pages.size();
        const std::string which = withoutText.size() == 1
                                      ? "Page " + std::to_string(withoutText[0]) + " of " + name + " has"
                                      : "Pages " + numberList(withoutText) + " of " + name + " have";
        warnings.push_back(
            which + " no text" + (all ? " (that is the whole document)" : "") +
            ": scans or drawings, which Lectern cannot answer from. Text recognition (OCR) can read scans.");
    }
    return warnings;
}

Result<IngestOutcome> ingestPath(Library& library, const std::filesystem::path& path, const IngestOptions& options,
                                 const IngestCallback& progress) {
    LECTERN_ASSIGN(const std::unique_ptr<Ingestor> ingestor, createIngestor(path, options));
    LECTERN_ASSIGN(const DocumentHeader header, ingestor->open());
    LECTERN_ASSIGN(const DocumentRecord record, library.beginDocument(header));
    const bool scansLeft = !options.recognitionLanguage.empty() && record.pagesWithoutText > 0;
    if (record.state == IngestState::Ready && !scansLeft) {
        return IngestOutcome{record, true};
    }
    LECTERN_TRY(readPages(library, *ingestor, record, header.pageCount, options, progress));
    LECTERN_ASSIGN(const std::vector<DocumentPage> pages, library.pageStates(record.id));
    std::vector<std::string> warnings = ingestor->warnings();
    const std::vector<std::string> coverage = coverageWarnings(header, pages);
    warnings.insert(warnings.end(), coverage.begin(), coverage.end());
    LECTERN_TRY(library.finishDocument(record.id, warnings));
    LECTERN_ASSIGN(DocumentRecord finished, library.document(record.id));
    return IngestOutcome{std::move(finished), false};
}

}  // namespace lectern::app
