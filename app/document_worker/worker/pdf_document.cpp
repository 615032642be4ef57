#include "app/document_worker/worker/pdf_document.h"

#include <poppler-link.h>

#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "app/ask/projector.h"
#include "app/document_worker/worker/page_text.h"
#include "app/ingest/text_search.h"

namespace lectern::app::worker {
namespace {

constexpr int kMaximumOutlineDepth = 32;
constexpr int kSnippetCharacters = 60;
constexpr double kProbePixels = 120.0;  // side of the picture that tells a blank page from a scan

/// Set by Poppler's messages while a page is parsed: the character collection whose maps are not installed.
QString missingCharacterMap;

void readPopplerMessage(const QString& message, const QVariant&) {
    static const QString kMissing = QStringLiteral("Missing language pack for '");
    const qsizetype begin = message.indexOf(kMissing);
    if (begin >= 0) {
        const qsizetype name = begin + kMissing.size();
        missingCharacterMap = message.mid(name, message.indexOf(u'\'', name) - name).left(40);
    }
}

std::string named(const QString& path, const char* what) {
    return "“" + QFileInfo(path).fileName().toStdString() + "” " + what;
}

void addOutline(const QVector<Poppler::OutlineItem>& items, int depth, QVector<OutlineEntry>& out) {
    for (const Poppler::OutlineItem& item : items) {
        if (out.size() >= protocol::kMaximumOutlineEntries || depth > kMaximumOutlineDepth) {
            return;
        }
        OutlineEntry entry;
        entry.title = item.name().left(protocol::kMaximumTitleCharacters).simplified().toStdString();
        entry.depth = depth;
        if (const auto target = item.destination(); target != nullptr && item.externalFileName().isEmpty()) {
            entry.page = target->pageNumber() - 1;
            entry.top = target->isChangeTop() ? static_cast<float>(std::clamp(target->top(), 0.0, 1.0)) : 0.0f;
        }
        out.append(std::move(entry));
        if (item.hasChildren()) {
            addOutline(item.children(), depth + 1, out);
        }
    }
}

PageSize sizeOf(const Poppler::Page& page) {
    const QSizeF size = page.pageSizeF();
    const auto sane = [](double side) { return side > 0 && side < 1e6 ? side : 0.0; };
    return {sane(size.width()), sane(size.height())};
}

/// Whether anything is drawn on the page, from a small picture of it.
bool hasInk(const Poppler::Page& page) {
    const QSizeF size = page.pageSizeF();
    const double longer = std::max(size.width(), size.height());
    if (!(longer > 0)) {
        return false;
    }
    const double resolution = 72.0 * kProbePixels / longer;
    const QImage image = page.renderToImage(resolution, resolution).convertToFormat(QImage::Format_RGB32);
    if (image.isNull()) {
        return false;
    }
    const QRgb paper = image.pixel(0, 0) & 0xffffff;
    for (int y = 0; y < image.height(); ++y) {
        const auto* row = reinterpret_cast<const QRgb*>(image.constScanLine(y));
        if (std::any_of(row, row + image.width(), [&](QRgb pixel) { return (pixel & 0xffffff) != paper; })) {
            return true;
        }
    }
    return paper != 0xffffff;
}

QRectF turned(const QRectF& r, int quarterTurns) {
    switch (quarterTurns) {
        case 1:
            return {1 - r.bottom(), r.left(), r.height(), r.width()};
        case 2:
            return {1 - r.right(), 1 - r.bottom(), r.width(), r.height()};
        case 3:
            return {r.top(), 1 - r.right(), r.height(), r.width()};
        default:
            return r;
    }
}

}  // namespace

Result<std::unique_ptr<PdfDocument>> PdfDocument::open(const QString& path, const QString& password) {
    const QFileInfo file(path);
    if (!file.exists()) {
        return Error{ErrorCode::NotFound, named(path, "does not exist.")};
    }
    if (!file.isReadable()) {
        return Error{ErrorCode::Io, named(path, "cannot be read: permission denied.")};
    }
    if (file.size() == 0) {
        return Error{ErrorCode::Corrupt, named(path, "is empty.")};
    }
    Poppler::setDebugErrorFunction(readPopplerMessage, {});
    const QByteArray secret = password.toUtf8();
    std::unique_ptr<Poppler::Document> document = Poppler::Document::load(path, secret, secret);
    if (document == nullptr) {
        return Error{ErrorCode::Corrupt, named(path, "is not a PDF file or is damaged beyond reading.")};
    }
    if (document->isLocked()) {
        return Error{ErrorCode::PasswordNeeded, password.isEmpty()
                                                    ? named(path, "is encrypted and needs a password.")
                                                    : named(path, "is encrypted and the password is wrong.")};
    }
    if (document->numPages() <= 0) {
        return Error{ErrorCode::Corrupt, named(path, "is a PDF without pages.")};
    }
    if (document->numPages() > protocol::kMaximumPages) {
        return Error{ErrorCode::LimitExceeded, named(path, "claims to have more pages than Lectern opens.")};
    }
    document->setRenderHint(Poppler::Document::Antialiasing);
    document->setRenderHint(Poppler::Document::TextAntialiasing);
    document->setRenderHint(Poppler::Document::TextSlightHinting);
    return std::unique_ptr<PdfDocument>(new PdfDocument(std::move(document)));
}

DocumentInfo PdfDocument::info() const {
    DocumentInfo info;
    info.pageCount = m_document->numPages();
    info.title = m_document->title().simplified().left(protocol::kMaximumTitleCharacters);
    info.author = m_document->author().simplified().left(protocol::kMaximumTitleCharacters);
    info.encrypted = m_document->isEncrypted();
    if (const auto first = m_document->page(0); first != nullptr) {
        info.firstPageSize = sizeOf(*first);
    }
    addOutline(m_document->outline(), 0, info.outline);
    return info;
}

Result<std::unique_ptr<Poppler::Page>> PdfDocument::load(int index) const {
    if (index < 0 || index >= m_document->numPages()) {
        return Error{ErrorCode::InvalidInput, "The document has no page " + std::to_string(index + 1) + "."};
    }
    std::unique_ptr<Poppler::Page> page = m_document->page(index);
    if (page == nullptr) {
        return Error{ErrorCode::Corrupt, "Page " + std::to_string(index + 1) + " is damaged and cannot be read."};
    }
    return page;
}

Result<PageLayouts> PdfDocument::layouts(int firstPage, int count) const {
    PageLayouts layouts;
    layouts.firstPage = firstPage;
    const int end = std::min(m_document->numPages(), firstPage + std::min(count, protocol::kMaximumLayouts));
    for (int i = firstPage; i < end; ++i) {
        const std::unique_ptr<Poppler::Page> page = m_document->page(i);
        layouts.pages.append(page == nullptr ? PageLayout{} : PageLayout{sizeOf(*page), page->label()});
    }
    return layouts;
}

Result<DocumentPage> PdfDocument::page(int index) const {
    LECTERN_ASSIGN(const std::unique_ptr<Poppler::Page> page, load(index));
    DocumentPage out;
    out.index = index;
    out.label = page->label().simplified().left(protocol::kMaximumTitleCharacters).toStdString();
    missingCharacterMap.clear();
    extractPageText(*page, out);
    out.size = sizeOf(*page);
    if (!missingCharacterMap.isEmpty()) {
        out.note = "Some text needs the character maps " + missingCharacterMap.toStdString() +
                   ", which are not installed on this computer (package poppler-data); it could not be read.";
    }
    if (out.text.empty()) {
        // What cannot be mapped is not drawn either.
        out.state = !out.note.empty() || hasInk(*page) ? PageState::NoText : PageState::Blank;
    }
    return out;
}

Result<PageLinks> PdfDocument::links(int index) const {
    LECTERN_ASSIGN(const std::unique_ptr<Poppler::Page> page, load(index));
    PageLinks out;
    out.page = index;
    for (const std::unique_ptr<Poppler::Link>& link : page->links()) {
        if (out.links.size() >= protocol::kMaximumLinksPerPage) {
            break;
        }
        const QRectF area = link->linkArea().normalized();
        const auto unit = [](double value) { return static_cast<float>(std::clamp(value, 0.0, 1.0)); };
        PageLink found;
        found.area = {unit(area.left()), unit(area.top()), unit(area.right()), unit(area.bottom())};
        if (const auto* go = dynamic_cast<const Poppler::LinkGoto*>(link.get())) {
            const Poppler::LinkDestination target = go->destination();
            const int pageIndex = target.pageNumber() - 1;
            if (go->isExternal() || pageIndex < 0 || pageIndex >= m_document->numPages()) {
                continue;
            }
            found.page = pageIndex;
            found.top = target.isChangeTop() ? unit(target.top()) : 0.0f;
        } else if (const auto* browse = dynamic_cast<const Poppler::LinkBrowse*>(link.get())) {
            found.address = browse->url().left(protocol::kMaximumTitleCharacters);
        }
        if (found.page >= 0 || !found.address.isEmpty()) {
            out.links.append(std::move(found));
        }
    }
    return out;
}

Result<protocol::Frame> PdfDocument::render(const RenderRequest& request, int64_t frameBytes, QImage& image) const {
    LECTERN_ASSIGN(const std::unique_ptr<Poppler::Page> page, load(request.page));
    const PageSize size = sizeOf(*page);
    double width = size.widthPoints * request.pixelsPerPoint;
    double height = size.heightPoints * request.pixelsPerPoint;
    if (request.quarterTurns % 2 == 1) {
        std::swap(width, height);
    }
    if (!(width >= 1 && height >= 1 && width < 1e6 && height < 1e6)) {
        return Error{ErrorCode::InvalidInput,
                     "Page " + std::to_string(request.page + 1) + " has no size that can be drawn."};
    }
    const QRectF region = turned(request.region, request.quarterTurns);
    protocol::Frame frame;
    frame.pagePixels = QSize(static_cast<int>(std::ceil(width)), static_cast<int>(std::ceil(height)));
    const int left = static_cast<int>(std::floor(region.left() * width + 1e-6));
    const int top = static_cast<int>(std::floor(region.top() * height + 1e-6));
    frame.width = std::max(1, static_cast<int>(std::ceil(region.right() * width - 1e-6)) - left);
    frame.height = std::max(1, static_cast<int>(std::ceil(region.bottom() * height - 1e-6)) - top);
    frame.pixels = QRect(left, top, frame.width, frame.height);
    if (int64_t{frame.width} * frame.height * 4 > frameBytes) {
        return Error{ErrorCode::LimitExceeded, "Page " + std::to_string(request.page + 1) +
                                                   " is too large to be drawn in one piece at this zoom."};
    }
    const double resolution = 72.0 * request.pixelsPerPoint;
    image = page->renderToImage(resolution, resolution, left, top, frame.width, frame.height,
                                static_cast<Poppler::Page::Rotation>(request.quarterTurns));
    image = image.convertToFormat(QImage::Format_RGB32);
    if (image.width() != frame.width || image.height() != frame.height) {
        return Error{ErrorCode::Corrupt, "Page " + std::to_string(request.page + 1) + " could not be drawn."};
    }
    return frame;
}

Result<protocol::SearchHits> PdfDocument::search(const SearchRequest& request) const {
    protocol::SearchHits found;
    const std::string needle = request.needle.toStdString();
    const int end = std::min(m_document->numPages(), request.firstPage + request.pageCount);
    for (int i = request.firstPage; i < end; ++i) {
        const std::unique_ptr<Poppler::Page> page = m_document->page(i);
        const int64_t room = protocol::kMaximumHitsPerRequest - found.hits.size();
        if (page == nullptr || room <= 0) {
            continue;
        }
        DocumentPage content;
        extractPageText(*page, content);
        for (const ByteRange& bytes :
             findInText(content.text, needle, {request.caseSensitive, request.wholeWords, room})) {
            SearchHit hit{i, bytes, {}, {}};
            const std::vector<PageRect> rects = projectToPage(content.boxes, content.text, bytes);
            hit.rects = QVector<PageRect>(rects.begin(), rects.end());
            hit.snippet = QString::fromStdString(snippetAround(content.text, bytes, kSnippetCharacters));
            found.hits.append(std::move(hit));
        }
    }
    return found;
}

}  // namespace lectern::app::worker
