#include "app/ingest/text_ingestor.h"

#include <algorithm>

#include "app/ingest/text_decoder.h"

namespace lectern::app {
namespace {

constexpr int64_t kMaximumTextBytes = int64_t{256} << 20;
constexpr size_t kMaximumHeadings = 20000;

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The heading's text and level, level 0 where the line is none.
std::pair<std::string_view, int> heading(std::string_view line) {
    const size_t level = std::min(line.find_first_not_of('#'), line.size());
    const bool isHeading =
        level >= 1 && level <= 6 && level < line.size() && (line[level] == ' ' || line[level] == '\t');
    if (!isHeading) {
        return {{}, 0};
    }
    std::string_view title = trimmed(line.substr(level));
    const size_t closing = title.find_last_not_of('#');
    if (closing != std::string_view::npos && closing + 1 < title.size() && title[closing] == ' ') {
        title = trimmed(title.substr(0, closing));
    }
    return {title, static_cast<int>(level)};
}

}  // namespace

std::vector<OutlineEntry> markdownOutline(std::string_view text) {
    std::vector<OutlineEntry> outline;
    int32_t number = 0;
    char fence = 0;
    for (size_t begin = 0; begin <= text.size() && outline.size() < kMaximumHeadings;) {
        const size_t end = std::min(text.find('\n', begin), text.size());
        const std::string_view line = text.substr(begin, end - begin);
        begin = end + 1;
        ++number;
        const std::string_view start = trimmed(line).substr(0, 3);
        if (start == "```" || start == "~~~") {
            fence = fence == 0 ? start[0] : (fence == start[0] ? 0 : fence);
            continue;
        }
        const auto [title, level] = fence == 0 ? heading(line) : std::pair<std::string_view, int>{{}, 0};
        if (level > 0 && !title.empty()) {
            outline.push_back({std::string(title), 0, 0, level - 1, number});
        }
    }
    return outline;
}

TextIngestor::TextIngestor(std::filesystem::path path, DocumentKind kind, IngestOptions options)
    : m_path(std::move(path)), m_kind(kind), m_options(std::move(options)) {}

Result<DocumentHeader> TextIngestor::open() {
    LECTERN_ASSIGN(const std::string bytes, readWholeFile(m_path, kMaximumTextBytes));
    Result<DecodedText> decoded = decodeText(bytes);
    if (!decoded) {
        return Error{decoded.error().code, quotedName(m_path) + " cannot be read as text: " + decoded.error().message};
    }
    m_text = std::move(decoded->text);
    if (decoded->encoding != "UTF-8") {
        m_warnings.push_back(quotedName(m_path) + " was read as " + decoded->encoding + ".");
    }
    DocumentHeader header;
    header.kind = m_kind;
    header.title = m_path.filename().string();
    header.sourcePath = m_path.string();
    header.sizeBytes = static_cast<int64_t>(bytes.size());
    header.pageCount = 1;
    LECTERN_ASSIGN(header.contentHash, hashFile(m_path, m_options.stop));
    if (m_kind == DocumentKind::Markdown) {
        header.outline = markdownOutline(m_text);
    }
    return header;
}

Result<DocumentPage> TextIngestor::page(int32_t) {
    DocumentPage page;
    page.text = m_text;
    const bool blank = page.text.find_first_not_of(" \t\n\f") == std::string::npos;
    page.state = blank ? PageState::Blank : PageState::Text;
    return page;
}

}  // namespace lectern::app
