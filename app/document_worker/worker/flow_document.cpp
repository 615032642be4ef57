#include "app/document_worker/worker/flow_document.h"

#include <QFile>
#include <QFileInfo>
#include <algorithm>

#include "app/document_worker/protocol.h"
#include "app/document_worker/worker/container.h"
#include "app/document_worker/worker/epub_text.h"
#include "app/document_worker/worker/flow_links.h"
#include "app/document_worker/worker/html_text.h"
#include "app/document_worker/worker/office_text.h"

namespace lectern::app::worker {
namespace {

constexpr int64_t kMaximumHtmlBytes = int64_t{256} << 20;
constexpr int64_t kMaximumTextBytes = int64_t{256} << 20;
/// Longer texts are cut into pages of this size, at a line end: replies are bounded.
constexpr size_t kPageBytes = size_t{4} << 20;
static_assert(kPageBytes * 2 <= static_cast<size_t>(protocol::kMaximumPageTextBytes));

bool endsWithAny(const std::string& path, std::initializer_list<std::string_view> endings) {
    std::string lower = path;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return lower.ends_with(ending); });
}

/// What any of the formats needs; pictures and fonts stay packed.
bool isText(const std::string& entry) {
    return entry == "mimetype" || endsWithAny(entry, {".xml", ".xhtml", ".html", ".htm", ".opf", ".ncx", ".rels"});
}

QString qt(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

}  // namespace

bool FlowDocument::looksLikePdf(const QString& path) {
    QFile file(path);
    return !file.open(QIODevice::ReadOnly) || path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive) ||
           file.read(1024).contains("%PDF-");
}

Result<std::unique_ptr<FlowDocument>> FlowDocument::open(const QString& path) {
    const std::string name = "“" + QFileInfo(path).fileName().toStdString() + "”";
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return Error{ErrorCode::Io, name + " cannot be read: " + file.errorString().toStdString() + "."};
    }
    std::unique_ptr<FlowDocument> document(new FlowDocument);
    const QByteArray magic = file.peek(8);
    if (magic.startsWith("PK\x03\x04")) {
        LECTERN_TRY(document->readContainerFile(path.toStdString(), name));
    } else if (magic.startsWith("\xd0\xcf\x11\xe0")) {
        return Error{ErrorCode::Unsupported,
                     name + " is an old or encrypted Office file; save it as DOCX without a password."};
    } else {
        const QByteArray bytes = file.read(kMaximumHtmlBytes + 1);
        if (bytes.size() > kMaximumHtmlBytes) {
            return Error{ErrorCode::LimitExceeded,
                         name + " is larger than the 256 MiB that Lectern reads as one text."};
        }
        LECTERN_TRY(document->readHtmlFile(bytes.toStdString(), name));
    }
    document->m_info.pageCount = static_cast<int>(document->m_pages.size());
    return document;
}

Result<void> FlowDocument::readHtmlFile(const std::string& bytes, const std::string& name) {
    FlowText flow(kMaximumTextBytes);
    m_info.kind = DocumentKind::Html;
    LECTERN_ASSIGN(const std::string html, htmlAsUtf8(bytes));
    LECTERN_ASSIGN(std::string title, readHtml(html, name, flow));
    takeFlow(flow, std::move(title));
    return {};
}

Result<void> FlowDocument::readContainerFile(const std::string& path, const std::string& name) {
    LECTERN_ASSIGN(const ContainerEntries entries, readContainer(path, name, isText));
    const auto textOf = [&](const char* entry) {
        const auto found = entries.find(entry);
        return found == entries.end() ? std::string() : found->second;
    };
    const std::string type = textOf("mimetype");
    FlowText flow(kMaximumTextBytes);
    if (entries.contains("word/document.xml")) {
        m_info.kind = DocumentKind::Docx;
        LECTERN_TRY(readDocx(entries, name, flow));
        takeFlow(flow, dublinCoreTitle(textOf("docProps/core.xml")));
        return {};
    }
    if (type.starts_with("application/vnd.oasis.opendocument.text") && entries.contains("content.xml")) {
        if (textOf("META-INF/manifest.xml").find("encryption-data") != std::string::npos) {
            return Error{ErrorCode::Unsupported, name + " is encrypted; save it without a password."};
        }
        m_info.kind = DocumentKind::Odt;
        LECTERN_TRY(readOdt(entries, name, flow));
        takeFlow(flow, dublinCoreTitle(textOf("meta.xml")));
        return {};
    }
    if (type.starts_with("application/epub+zip") || entries.contains("META-INF/container.xml")) {
        m_info.kind = DocumentKind::Epub;
        LECTERN_ASSIGN(Epub epub, readEpub(entries, name, static_cast<int64_t>(kPageBytes)));
        m_info.title = qt(epub.title);
        m_info.outline = QVector<OutlineEntry>(epub.outline.begin(), epub.outline.end());
        m_pages = std::move(epub.pages);
        m_links = std::move(epub.links);
        return {};
    }
    return Error{ErrorCode::Unsupported,
                 name + " is an archive that holds no document Lectern reads: no EPUB, DOCX or ODT."};
}

/// One page, or as many as the bound on a page's text asks for, each ending at a line end.
void FlowDocument::takeFlow(FlowText& flow, std::string title) {
    m_info.title = qt(title);
    const bool overflowed = flow.overflowed();
    const std::vector<FlowHeading> headings = flow.headings();
    const std::string text = flow.takeText();
    std::vector<size_t> firstBytes;
    std::vector<int32_t> firstLines;
    int32_t firstLine = 1;
    size_t next = 0;
    int minimum = 64;
    for (const FlowHeading& heading : headings) {
        minimum = std::min(minimum, heading.depth);
    }
    for (size_t begin = 0; begin < text.size() || m_pages.empty();) {
        size_t end = text.size();
        if (end - begin > kPageBytes) {
            const size_t lineEnd = text.find('\n', begin + kPageBytes / 2);
            end = lineEnd == std::string::npos || lineEnd > begin + kPageBytes ? begin + kPageBytes : lineEnd + 1;
            while (end > begin && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
                --end;  // not inside a character
            }
        }
        firstBytes.push_back(begin);
        firstLines.push_back(firstLine);
        DocumentPage page;
        page.index = static_cast<int32_t>(m_pages.size());
        page.text = text.substr(begin, end - begin);
        page.state = page.text.empty() ? PageState::Blank : PageState::Text;
        const int32_t lines = static_cast<int32_t>(std::count(page.text.begin(), page.text.end(), '\n'));
        const int32_t lastLine = firstLine + lines;
        for (; next < headings.size() && (headings[next].line < lastLine || end == text.size()); ++next) {
            m_info.outline.append({headings[next].title, page.index, 0, headings[next].depth - minimum,
                                   headings[next].line - firstLine + 1});
        }
        firstLine = lastLine;
        begin = end;
        m_pages.push_back(std::move(page));
    }
    for (DocumentPage& page : m_pages) {
        page.label = m_pages.size() > 1 ? "Part " + std::to_string(page.index + 1) : "";
    }
    m_pages.back().note = overflowed ? "Only the first 256 MiB of its text were read." : "";
    const FlowTargets targets = [&](const std::string& target) -> std::optional<FlowTarget> {
        const auto anchor = target.starts_with('#') ? flow.anchors().find(fragmentOf(target)) : flow.anchors().end();
        if (anchor == flow.anchors().end()) {
            return std::nullopt;
        }
        const auto page = std::upper_bound(firstLines.begin(), firstLines.end(), anchor->second) - 1;
        return FlowTarget{static_cast<int>(page - firstLines.begin()), anchor->second - *page + 1};
    };
    for (size_t i = 0; i < m_pages.size(); ++i) {
        m_links.push_back(linksOfPage(m_pages[i], firstBytes[i], flow.links(), targets, RelativeTargets::Outside));
    }
}

Result<PageLinks> FlowDocument::links(int index) const {
    if (index < 0 || index >= static_cast<int>(m_links.size())) {
        return Error{ErrorCode::InvalidInput, "The document has no page " + std::to_string(index + 1) + "."};
    }
    return m_links[static_cast<size_t>(index)];
}

Result<DocumentPage> FlowDocument::page(int index) const {
    if (index < 0 || index >= static_cast<int>(m_pages.size())) {
        return Error{ErrorCode::InvalidInput, "The document has no page " + std::to_string(index + 1) + "."};
    }
    return m_pages[static_cast<size_t>(index)];
}

}  // namespace lectern::app::worker
