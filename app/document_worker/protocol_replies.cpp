#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cmath>

#include "app/document_worker/protocol.h"
#include "app/ingest/page_boxes_codec.h"

namespace lectern::app::protocol {
namespace {

constexpr double kMaximumPoints = 1e6;
constexpr int kMaximumSide = 1'000'000;

Error corrupt(const char* what) {
    return {ErrorCode::Corrupt, std::string("The document worker sent something malformed (") + what + ")."};
}

QString text(const std::string& utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

// Numbers out of bounds or of another type read as `fallback`, which callers choose outside the bounds they accept.
double number(const QJsonObject& object, const char* key, double minimum, double maximum, double fallback) {
    const double value = object.value(QLatin1String(key)).toDouble(std::nan(""));
    return value >= minimum && value <= maximum ? value : fallback;
}

int integer(const QJsonObject& object, const char* key, int minimum, int maximum, int fallback) {
    return static_cast<int>(number(object, key, minimum, maximum, fallback));
}

QJsonObject bodyOf(const Error& body) {
    return {{"kind", "error"}, {"code", static_cast<int>(body.code)}, {"message", text(body.message)}};
}

QJsonObject bodyOf(const DocumentInfo& body) {
    QJsonArray outline;
    for (const OutlineEntry& entry : body.outline) {
        outline.append(
            QJsonArray{text(entry.title), entry.page, static_cast<double>(entry.top), entry.depth, entry.line});
    }
    return {{"kind", "info"},
            {"format", static_cast<int>(body.kind)},
            {"pages", body.pageCount},
            {"title", body.title},
            {"author", body.author},
            {"encrypted", body.encrypted},
            {"width", body.firstPageSize.widthPoints},
            {"height", body.firstPageSize.heightPoints},
            {"outline", outline}};
}

QJsonObject bodyOf(const PageLayouts& body) {
    QJsonArray pages;
    for (const PageLayout& page : body.pages) {
        pages.append(QJsonArray{page.size.widthPoints, page.size.heightPoints, page.label});
    }
    return {{"kind", "layouts"}, {"page", body.firstPage}, {"layouts", pages}};
}

QJsonObject bodyOf(const DocumentPage& body) {
    const std::string boxes = encodePageBoxes(body.boxes);
    return {{"kind", "page"},
            {"page", body.index},
            {"label", text(body.label)},
            {"width", body.size.widthPoints},
            {"height", body.size.heightPoints},
            {"state", static_cast<int>(body.state)},
            {"note", text(body.note)},
            {"text", text(body.text)},
            {"boxes", QString::fromLatin1(QByteArray::fromStdString(boxes).toBase64())}};
}

QJsonObject bodyOf(const Frame& body) {
    return {{"kind", "frame"},
            {"width", body.width},
            {"height", body.height},
            {"x", body.pixels.x()},
            {"y", body.pixels.y()},
            {"pageWidth", body.pagePixels.width()},
            {"pageHeight", body.pagePixels.height()}};
}

QJsonObject bodyOf(const SearchHits& body) {
    QJsonArray hits;
    for (const SearchHit& hit : body.hits) {
        QJsonArray rects;
        for (const PageRect& r : hit.rects) {
            rects.append(QJsonArray{r.x0, r.y0, r.x1, r.y1});
        }
        hits.append(QJsonArray{hit.page, static_cast<double>(hit.bytes.begin), static_cast<double>(hit.bytes.end),
                               hit.snippet, rects});
    }
    return {{"kind", "hits"}, {"hits", hits}};
}

QJsonObject bodyOf(const PageLinks& body) {
    QJsonArray links;
    for (const PageLink& link : body.links) {
        const PageRect& r = link.area;
        links.append(QJsonArray{r.x0, r.y0, r.x1, r.y1, link.page, static_cast<double>(link.top), link.address,
                                link.line, qint64{link.bytes.begin}, qint64{link.bytes.end}, link.text});
    }
    return {{"kind", "links"}, {"page", body.page}, {"links", links}};
}

Result<ReplyBody> decodeInfo(const QJsonObject& object) {
    DocumentInfo body;
    body.kind = static_cast<DocumentKind>(integer(object, "format", 0, kDocumentKinds - 1, 0));
    body.pageCount = integer(object, "pages", 0, kMaximumPages, -1);
    body.title = object.value(QLatin1String("title")).toString().left(kMaximumTitleCharacters);
    body.author = object.value(QLatin1String("author")).toString().left(kMaximumTitleCharacters);
    body.encrypted = object.value(QLatin1String("encrypted")).toBool();
    body.firstPageSize = {number(object, "width", 0, kMaximumPoints, 0),
                          number(object, "height", 0, kMaximumPoints, 0)};
    const QJsonArray outline = object.value(QLatin1String("outline")).toArray();
    if (body.pageCount < 0 || outline.size() > kMaximumOutlineEntries) {
        return corrupt("info");
    }
    for (const QJsonValue& value : outline) {
        const QJsonArray row = value.toArray();
        OutlineEntry entry;
        entry.title = row.at(0).toString().left(kMaximumTitleCharacters).toStdString();
        const int page = row.at(1).toInt(-1);
        entry.page = page < body.pageCount ? std::max(page, -1) : -1;
        entry.top = static_cast<float>(std::clamp(row.at(2).toDouble(), 0.0, 1.0));
        entry.depth = std::clamp(row.at(3).toInt(), 0, 64);
        entry.line = std::max(row.at(4).toInt(), 0);
        body.outline.append(std::move(entry));
    }
    return ReplyBody(std::move(body));
}

Result<ReplyBody> decodeLayouts(const QJsonObject& object) {
    PageLayouts body;
    body.firstPage = integer(object, "page", 0, kMaximumPages, -1);
    const QJsonArray pages = object.value(QLatin1String("layouts")).toArray();
    if (body.firstPage < 0 || pages.size() > kMaximumLayouts) {
        return corrupt("layouts");
    }
    for (const QJsonValue& value : pages) {
        const QJsonArray row = value.toArray();
        const double width = row.at(0).toDouble();
        const double height = row.at(1).toDouble();
        if (!(width >= 0 && width <= kMaximumPoints && height >= 0 && height <= kMaximumPoints)) {
            return corrupt("layouts");
        }
        body.pages.append({{width, height}, row.at(2).toString().left(kMaximumTitleCharacters)});
    }
    return ReplyBody(std::move(body));
}

Result<ReplyBody> decodePage(const QJsonObject& object) {
    DocumentPage body;
    body.index = integer(object, "page", 0, kMaximumPages, -1);
    body.label = object.value(QLatin1String("label")).toString().left(kMaximumTitleCharacters).toStdString();
    body.size = {number(object, "width", 0, kMaximumPoints, 0), number(object, "height", 0, kMaximumPoints, 0)};
    const int state = integer(object, "state", 0, static_cast<int>(PageState::Unreadable), -1);
    body.note = object.value(QLatin1String("note")).toString().left(kMaximumTitleCharacters).toStdString();
    body.text = object.value(QLatin1String("text")).toString().toStdString();
    if (body.index < 0 || state < 0 || static_cast<int64_t>(body.text.size()) > kMaximumPageTextBytes) {
        return corrupt("page");
    }
    body.state = static_cast<PageState>(state);
    const QByteArray boxes = QByteArray::fromBase64(object.value(QLatin1String("boxes")).toString().toLatin1());
    LECTERN_ASSIGN(body.boxes, decodePageBoxes({boxes.constData(), static_cast<size_t>(boxes.size())},
                                               static_cast<int64_t>(body.text.size())));
    return ReplyBody(std::move(body));
}

Result<ReplyBody> decodeFrame(const QJsonObject& object) {
    Frame body;
    body.width = integer(object, "width", 1, kMaximumSide, 0);
    body.height = integer(object, "height", 1, kMaximumSide, 0);
    body.pixels = QRect(integer(object, "x", 0, kMaximumSide, 0), integer(object, "y", 0, kMaximumSide, 0), body.width,
                        body.height);
    body.pagePixels =
        QSize(integer(object, "pageWidth", 1, kMaximumSide, 0), integer(object, "pageHeight", 1, kMaximumSide, 0));
    if (body.width == 0 || body.height == 0 || body.pagePixels.isEmpty()) {
        return corrupt("frame");
    }
    return ReplyBody(body);
}

Result<ReplyBody> decodeHits(const QJsonObject& object) {
    SearchHits body;
    const QJsonArray hits = object.value(QLatin1String("hits")).toArray();
    if (hits.size() > kMaximumHitsPerRequest) {
        return corrupt("hits");
    }
    for (const QJsonValue& value : hits) {
        const QJsonArray row = value.toArray();
        SearchHit hit;
        hit.page = row.at(0).toInt(-1);
        hit.bytes = {static_cast<int64_t>(std::clamp(row.at(1).toDouble(), 0.0, 1e9)),
                     static_cast<int64_t>(std::clamp(row.at(2).toDouble(), 0.0, 1e9))};
        hit.snippet = row.at(3).toString().left(kMaximumTitleCharacters);
        for (const QJsonValue& corner : row.at(4).toArray()) {
            const QJsonArray r = corner.toArray();
            const auto unit = [&r](int i) { return static_cast<float>(std::clamp(r.at(i).toDouble(), 0.0, 1.0)); };
            hit.rects.append({unit(0), unit(1), std::max(unit(0), unit(2)), std::max(unit(1), unit(3))});
        }
        if (hit.page < 0 || hit.page > kMaximumPages || hit.bytes.end < hit.bytes.begin) {
            return corrupt("hits");
        }
        body.hits.append(std::move(hit));
    }
    return ReplyBody(std::move(body));
}

Result<ReplyBody> decodeLinks(const QJsonObject& object) {
    PageLinks body;
    body.page = integer(object, "page", 0, kMaximumPages, -1);
    const QJsonArray links = object.value(QLatin1String("links")).toArray();
    if (body.page < 0 || links.size() > kMaximumLinksPerPage) {
        return corrupt("links");
    }
    for (const QJsonValue& value : links) {
        const QJsonArray row = value.toArray();
        const auto unit = [&row](int i) { return static_cast<float>(std::clamp(row.at(i).toDouble(), 0.0, 1.0)); };
        PageLink link;
        link.area = {unit(0), unit(1), std::max(unit(0), unit(2)), std::max(unit(1), unit(3))};
        link.page = std::clamp(row.at(4).toInt(-1), -1, kMaximumPages);
        link.top = unit(5);
        link.address = row.at(6).toString().left(kMaximumTitleCharacters);
        link.line = std::max(row.at(7).toInt(), 0);
        link.bytes.begin = std::clamp<int64_t>(row.at(8).toInteger(), 0, kMaximumPageTextBytes);
        link.bytes.end = std::clamp<int64_t>(row.at(9).toInteger(), link.bytes.begin, kMaximumPageTextBytes);
        link.text = row.at(10).toString();
        body.links.append(std::move(link));
    }
    return ReplyBody(std::move(body));
}

Result<ReplyBody> decodeBody(const QJsonObject& object) {
    const QString kind = object.value(QLatin1String("kind")).toString();
    if (kind == QLatin1String("error")) {
        const int code =
            integer(object, "code", 0, static_cast<int>(ErrorCode::Internal), static_cast<int>(ErrorCode::Internal));
        const QString message = object.value(QLatin1String("message")).toString().left(kMaximumTitleCharacters);
        return ReplyBody(Error{static_cast<ErrorCode>(code), message.toStdString()});
    }
    if (kind == QLatin1String("info")) {
        return decodeInfo(object);
    }
    if (kind == QLatin1String("layouts")) {
        return decodeLayouts(object);
    }
    if (kind == QLatin1String("page")) {
        return decodePage(object);
    }
    if (kind == QLatin1String("frame")) {
        return decodeFrame(object);
    }
    if (kind == QLatin1String("hits")) {
        return decodeHits(object);
    }
    if (kind == QLatin1String("links")) {
        return decodeLinks(object);
    }
    return corrupt("kind");
}

}  // namespace

QByteArray encodeReply(const Reply& reply) {
    QJsonObject object = std::visit([](const auto& body) { return bodyOf(body); }, reply.body);
    object.insert(QLatin1String("v"), kVersion);
    object.insert(QLatin1String("id"), reply.id);
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

Result<Reply> decodeReply(const QByteArray& line) {
    if (line.size() > kMaximumReplyBytes) {
        return corrupt("too long");
    }
    const QJsonDocument document = QJsonDocument::fromJson(line);
    const QJsonObject object = document.object();
    if (!document.isObject() || object.value(QLatin1String("v")).toInt() != kVersion) {
        return corrupt("not this protocol");
    }
    Reply reply;
    reply.id = idOf(object);
    LECTERN_ASSIGN(reply.body, decodeBody(object));
    return reply;
}

}  // namespace lectern::app::protocol
