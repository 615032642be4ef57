#include "app/ingest/preflight.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "app/ingest/page_boxes_codec.h"
#include "app/ingest/source_tree_ingestor.h"
#include "app/library/compression.h"
#include "engine/cache/cpu_kv_storage.h"

namespace lectern::app {
namespace {

using Clock = std::chrono::steady_clock;

// English prose on a vocabulary of 16k to 32k; only used before anything was counted.
constexpr double kGuessedBytesPerToken = 3.7;
// Measured on the 1,293-page manual: rows, indices and full-text index beside text, boxes and tokens.
constexpr double kLibraryBytesPerTextByte = 1.6;
constexpr double kStoredBytesPerToken = 2.4;

/// Counts tokens, and guesses by the ratio so far once enough has been counted.
class TokenCounter {
  public:
    TokenCounter(const Tokenizer* tokenizer, int64_t maximumBytes) : m_tokenizer(tokenizer), m_left(maximumBytes) {}

    int64_t count(std::string_view text, bool& estimated) {
        if (m_tokenizer == nullptr || m_left <= 0) {
            estimated = estimated || !text.empty();
            return static_cast<int64_t>(static_cast<double>(text.size()) / bytesPerToken());
        }
        const auto tokens =
            static_cast<int64_t>(m_tokenizer->encode(text, {.bos = false, .dummyPrefix = false}).size());
        m_left -= static_cast<int64_t>(text.size());
        m_bytes += static_cast<int64_t>(text.size());
        m_tokens += tokens;
        return tokens;
    }

    double bytesPerToken() const {
        return m_tokens > 0 ? static_cast<double>(m_bytes) / static_cast<double>(m_tokens) : kGuessedBytesPerToken;
    }

  private:
    const Tokenizer* m_tokenizer;
    int64_t m_left;
    int64_t m_bytes = 0;
    int64_t m_tokens = 0;
};

/// Up to `maximum` of `count` indices, spread evenly, the first and the last among them.
std::vector<int32_t> sampledPages(int32_t count, int32_t maximum) {
    std::vector<int32_t> pages;
    const int32_t taken = std::min(count, std::max(maximum, 2));
    for (int64_t i = 0; i < taken; ++i) {
        pages.push_back(taken == count ? static_cast<int32_t>(i)
                                       : static_cast<int32_t>(i * (count - 1) / std::max(taken - 1, 1)));
    }
    return pages;
}

/// The tree's entries with their tokens, and a line for every folder on the way.
std::vector<PreflightFile> tokenTree(const std::vector<TreeEntry>& entries,
                                     const std::map<std::string, int64_t>& tokens, double guessedBytesPerToken) {
    std::map<std::string, PreflightFile> files;
    for (const TreeEntry& entry : entries) {
        PreflightFile file{entry.path, entry.isFolder, entry.state, entry.sizeBytes, 0};
        if (const auto counted = tokens.find(entry.path); counted != tokens.end()) {
            file.tokens = counted->second;
        } else if (!entry.isFolder && guessedBytesPerToken > 0) {
            file.tokens = static_cast<int64_t>(static_cast<double>(entry.sizeBytes) / guessedBytesPerToken);
        }
        for (size_t slash = entry.path.find('/'); slash != std::string::npos; slash = entry.path.find('/', slash + 1)) {
            PreflightFile& folder = files[entry.path.substr(0, slash)];
            folder.path = entry.path.substr(0, slash);
            folder.isFolder = true;
            if (entry.state == TreeEntryState::Included) {
                folder.sizeBytes += entry.sizeBytes;
                folder.tokens += file.tokens;
            }
        }
        files[entry.path] = std::move(file);
    }
    std::vector<PreflightFile> out;
    out.reserve(files.size());
    for (auto& [path, file] : files) {
        out.push_back(std::move(file));
    }
    // '/' before every other character, so that a folder's content follows it directly.
    const auto key = [](const std::string& path) {
        std::string sorted = path;
        std::replace(sorted.begin(), sorted.end(), '/', '\x01');
        return sorted;
    };
    std::sort(out.begin(), out.end(),
              [&](const PreflightFile& a, const PreflightFile& b) { return key(a.path) < key(b.path); });
    return out;
}

class Inspector {
  public:
    Inspector(const PreflightModel& model, Library* library, const PreflightOptions& options,
              const PreflightCallback& progress)
        : m_library(library),
          m_options(options),
          m_progress(progress),
          m_counter(model.tokenizer, options.maximumCountedBytes) {}

    Result<PreflightDocument> look(const std::filesystem::path& path) {
        PreflightDocument document;
        document.path = path;
        const Result<void> done = read(document);
        if (!done && done.error().code == ErrorCode::Cancelled) {
            return done.error();
        }
        if (!done) {
            document = PreflightDocument{};
            document.path = path;
            document.problem = done.error().message;
        }
        return document;
    }

  private:
    Result<void> read(PreflightDocument& document) {
        const Clock::time_point start = Clock::now();
        LECTERN_ASSIGN(const std::unique_ptr<Ingestor> ingestor, createIngestor(document.path, m_options.ingest));
        LECTERN_ASSIGN(document.header, ingestor->open());
        LECTERN_TRY(findDuplicate(document));
        const double openSeconds = std::chrono::duration<double>(Clock::now() - start).count();
        std::map<std::string, int64_t> tokensByLabel;
        LECTERN_TRY(readPages(document, *ingestor, tokensByLabel));
        document.readSeconds += openSeconds;
        if (const auto* tree = dynamic_cast<const SourceTreeIngestor*>(ingestor.get())) {
            document.files = tokenTree(tree->entries(), tokensByLabel,
                                       m_options.ingest.sourceTree.listLeftOut ? m_counter.bytesPerToken() : 0);
        }
        return {};
    }

    Result<void> findDuplicate(PreflightDocument& document) {
        const std::string& hash = document.header.contentHash;
        if (!m_hashes.insert(hash).second) {
            document.duplicate = DuplicateOf::EarlierPath;
        } else if (m_library != nullptr) {
            LECTERN_ASSIGN(const std::optional<DocumentRecord> known, m_library->findByHash(hash));
            const bool there = known && known->state == IngestState::Ready;
            document.duplicate = there ? DuplicateOf::Library : DuplicateOf::Nothing;
        }
        return {};
    }

    Result<void> readPages(PreflightDocument& document, Ingestor& ingestor,
                           std::map<std::string, int64_t>& tokensByLabel) {
        const int32_t count = document.header.pageCount;
        // The token tree needs every file.
        const bool isTree = document.header.kind == DocumentKind::SourceTree;
        const std::vector<int32_t> pages = sampledPages(count, isTree ? count : m_options.maximumPages);
        document.estimated = static_cast<int32_t>(pages.size()) < count;
        int64_t boxesBytes = 0;
        double seconds = 0;
        for (const int32_t index : pages) {
            if (m_options.ingest.stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, "Looking at the documents was cancelled."};
            }
            const Clock::time_point start = Clock::now();
            LECTERN_ASSIGN(const DocumentPage page, ingestor.page(index));
            seconds += std::chrono::duration<double>(Clock::now() - start).count();
            const int64_t tokens = m_counter.count(page.text, document.estimated);
            document.tokens += tokens;
            document.textBytes += static_cast<int64_t>(page.text.size());
            document.coverage.push_back(page.state);
            document.coveragePages.push_back(index);
            document.pagesWithoutText += page.state == PageState::NoText ? 1 : 0;
            document.pagesUnreadable += page.state == PageState::Unreadable ? 1 : 0;
            boxesBytes +=
                page.boxes.words.empty() ? 0 : static_cast<int64_t>(compressBytes(encodePageBoxes(page.boxes)).size());
            if (isTree) {
                tokensByLabel[page.label] = tokens;
            }
            if (m_progress) {
                m_progress(document.path, static_cast<int64_t>(document.coverage.size()),
                           static_cast<int64_t>(pages.size()));
            }
        }
        const double scale = pages.empty() ? 1.0 : static_cast<double>(count) / static_cast<double>(pages.size());
        const auto scaled = [scale](auto& value) {
            value = static_cast<std::remove_reference_t<decltype(value)>>(static_cast<double>(value) * scale);
        };
        scaled(document.tokens);
        scaled(document.textBytes);
        scaled(document.pagesWithoutText);
        scaled(document.pagesUnreadable);
        scaled(boxesBytes);
        document.readSeconds = seconds * scale;
        document.libraryBytes =
            static_cast<int64_t>(kLibraryBytesPerTextByte * static_cast<double>(document.textBytes) +
                                 kStoredBytesPerToken * static_cast<double>(document.tokens)) +
            boxesBytes;
        return {};
    }

    Library* m_library;
    const PreflightOptions& m_options;
    const PreflightCallback& m_progress;
    TokenCounter m_counter;
    std::set<std::string> m_hashes;
};

}  // namespace

std::string contextFitName(ContextFit fit) {
    switch (fit) {
        case ContextFit::Fits:
            return "fits";
        case ContextFit::NeedsExtended:
            return "needs_extended_context";
        case ContextFit::TooBig:
            return "too_big";
    }
    return {};
}

std::string prefillSpeedName(const std::string& model, const std::string& device) {
    return "prefill_tokens_per_second/" + model + "/" + device;
}

void summarise(Preflight& sheet, const PreflightModel& model, const PreflightOptions& options,
               const std::vector<bool>& wanted) {
    sheet.tokens = 1;  // BOS
    sheet.readSeconds = 0;
    sheet.libraryBytes = 0;
    for (size_t i = 0; i < sheet.documents.size(); ++i) {
        const PreflightDocument& document = sheet.documents[i];
        const bool counts =
            (wanted.empty() || wanted[i]) && document.problem.empty() && document.duplicate != DuplicateOf::EarlierPath;
        if (!counts) {
            continue;
        }
        sheet.tokens += document.tokens;
        const bool stored = document.duplicate == DuplicateOf::Library;
        sheet.readSeconds += stored ? 0 : document.readSeconds;
        sheet.libraryBytes += stored ? 0 : document.libraryBytes;
    }
    const int64_t needed = sheet.tokens + options.conversationTokens;
    sheet.fit = needed <= model.trainedContext   ? ContextFit::Fits
                : needed <= model.largestContext ? ContextFit::NeedsExtended
                                                 : ContextFit::TooBig;
    sheet.cacheBytes = needed * model.cacheBytesPerToken;
    sheet.memorySuffices = sheet.cacheBytes < availableMemoryBytes();
    sheet.contextBytes = options.keepContext ? sheet.tokens * model.cacheBytesPerToken : 0;
    sheet.prefillSeconds = model.tokensPerSecond > 0
                               ? std::optional(static_cast<double>(sheet.tokens) / model.tokensPerSecond)
                               : std::nullopt;
}

Result<Preflight> preflight(std::span<const std::filesystem::path> paths, const PreflightModel& model, Library* library,
                            const PreflightOptions& options, const PreflightCallback& progress) {
    Preflight sheet;
    Inspector inspector(model, library, options, progress);
    for (const std::filesystem::path& path : paths) {
        LECTERN_ASSIGN(PreflightDocument document, inspector.look(path));
        sheet.documents.push_back(std::move(document));
    }
    summarise(sheet, model, options);
    return sheet;
}

}  // namespace lectern::app
