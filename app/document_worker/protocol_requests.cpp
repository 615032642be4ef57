#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cmath>

#include "app/document_worker/protocol.h"

namespace lectern::app::protocol {
namespace {

Error invalid(const char* what) {
    return {ErrorCode::InvalidInput, std::string("The document worker was asked something malformed (") + what + ")."};
}

bool readInt(const QJsonObject& object, const char* key, int minimum, int maximum, int& value) {
    const QJsonValue found = object.value(QLatin1String(key));
    const double number = found.toDouble(std::nan(""));
    if (!(number >= minimum && number <= maximum) || number != std::floor(number)) {
        return false;
    }
    value = static_cast<int>(number);
    return true;
}

QJsonObject bodyOf(const OpenRequest& body) {
    return {{"op", "open"}, {"path", body.path}, {"password", body.password}};
}

QJsonObject bodyOf(const LayoutsRequest& body) {
    return {{"op", "layouts"}, {"page", body.firstPage}, {"count", body.count}};
}

QJsonObject bodyOf(const PageRequest& body) {
    return {{"op", "page"}, {"page", body.page}};
}

QJsonObject bodyOf(const RenderRequest& body) {
    const QRectF& r = body.region;
    return {{"op", "render"}, {"page", body.page}, {"scale", body.pixelsPerPoint}, {"turns", body.quarterTurns},
            {"x", r.x()},     {"y", r.y()},        {"width", r.width()},           {"height", r.height()}};
}

QJsonObject bodyOf(const SearchRequest& body) {
    return {{"op", "search"},          {"needle", body.needle},      {"page", body.firstPage},
            {"count", body.pageCount}, {"case", body.caseSensitive}, {"words", body.wholeWords}};
}

QJsonObject bodyOf(const RecogniseRequest& body) {
    return {{"op", "recognise"}, {"page", body.page}, {"language", body.language}};
}

QJsonObject bodyOf(const LinksRequest& body) {
    return {{"op", "links"}, {"page", body.page}};
}

/// Names of data files, so nothing that could be a path.
bool isLanguage(const QString& name) {
    return !name.isEmpty() && name.size() <= 60 && std::all_of(name.begin(), name.end(), [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_' || c == u'+';
    });
}

Result<RequestBody> decodeRender(const QJsonObject& object) {
    RenderRequest body;
    body.pixelsPerPoint = object.value(QLatin1String("scale")).toDouble(0);
    body.region =
        QRectF(object.value(QLatin1String("x")).toDouble(-1), object.value(QLatin1String("y")).toDouble(-1),
               object.value(QLatin1String("width")).toDouble(-1), object.value(QLatin1String("height")).toDouble(-1));
    const QRectF& r = body.region;
    const bool inside =
        r.x() >= 0 && r.y() >= 0 && r.width() > 0 && r.height() > 0 && r.right() <= 1.000001 && r.bottom() <= 1.000001;
    if (!readInt(object, "page", 0, kMaximumPages, body.page) || !readInt(object, "turns", 0, 3, body.quarterTurns) ||
        !inside || !(body.pixelsPerPoint > 0 && body.pixelsPerPoint <= kMaximumPixelsPerPoint)) {
        return invalid("render");
    }
    return RequestBody(body);
}

Result<RequestBody> decodeSearch(const QJsonObject& object) {
    SearchRequest body;
    body.needle = object.value(QLatin1String("needle")).toString();
    body.caseSensitive = object.value(QLatin1String("case")).toBool();
    body.wholeWords = object.value(QLatin1String("words")).toBool();
    if (!readInt(object, "page", 0, kMaximumPages, body.firstPage) ||
        !readInt(object, "count", 1, kMaximumSearchPages, body.pageCount) || body.needle.isEmpty() ||
        body.needle.size() > kMaximumNeedleCharacters) {
        return invalid("search");
    }
    return RequestBody(body);
}

Result<RequestBody> decodeBody(const QJsonObject& object) {
    const QString operation = object.value(QLatin1String("op")).toString();
    if (operation == QLatin1String("open")) {
        OpenRequest body{object.value(QLatin1String("path")).toString(),
                         object.value(QLatin1String("password")).toString()};
        return body.path.isEmpty() ? Result<RequestBody>(invalid("open")) : RequestBody(body);
    }
    if (operation == QLatin1String("layouts")) {
        LayoutsRequest body;
        const bool good = readInt(object, "page", 0, kMaximumPages, body.firstPage) &&
                          readInt(object, "count", 1, kMaximumLayouts, body.count);
        return good ? RequestBody(body) : Result<RequestBody>(invalid("layouts"));
    }
    if (operation == QLatin1String("page")) {
        PageRequest body;
        const bool good = readInt(object, "page", 0, kMaximumPages, body.page);
        return good ? RequestBody(body) : Result<RequestBody>(invalid("page"));
    }
    if (operation == QLatin1String("links")) {
        LinksRequest body;
        const bool good = readInt(object, "page", 0, kMaximumPages, body.page);
        return good ? RequestBody(body) : Result<RequestBody>(invalid("links"));
    }
    if (operation == QLatin1String("render")) {
        return decodeRender(object);
    }
    if (operation == QLatin1String("recognise")) {
        RecogniseRequest body;
        body.language = object.value(QLatin1String("language")).toString();
        const bool good = readInt(object, "page", 0, kMaximumPages, body.page) && isLanguage(body.language);
        return good ? RequestBody(body) : Result<RequestBody>(invalid("recognise"));
    }
    if (operation == QLatin1String("search")) {
        return decodeSearch(object);
    }
    return Error{ErrorCode::Unsupported, "The document worker does not know the operation it was asked for."};
}

}  // namespace

QByteArray encodeRequest(const Request& request) {
    QJsonObject object = std::visit([](const auto& body) { return bodyOf(body); }, request.body);
    object.insert(QLatin1String("v"), kVersion);
    object.insert(QLatin1String("id"), request.id);
    const QByteArray line = QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    return line.size() <= kMaximumRequestBytes ? line : QByteArray();
}

Result<Request> decodeRequest(const QByteArray& line) {
    if (line.size() > kMaximumRequestBytes) {
        return invalid("too long");
    }
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isObject()) {
        return invalid("not a JSON object");
    }
    const QJsonObject object = document.object();
    if (object.value(QLatin1String("v")).toInt() != kVersion) {
        return Error{ErrorCode::Unsupported, "The document worker speaks another version of its protocol."};
    }
    Request request;
    request.id = idOf(object);
    if (request.id <= 0) {
        return invalid("id");
    }
    LECTERN_ASSIGN(request.body, decodeBody(object));
    return request;
}

qint64 requestId(const QByteArray& line) {
    return idOf(QJsonDocument::fromJson(line).object());
}

qint64 idOf(const QJsonObject& object) {
    const double number = object.value(QLatin1String("id")).toDouble(0);
    return number >= 1 && number < 9e15 && number == std::floor(number) ? static_cast<qint64>(number) : 0;
}

}  // namespace lectern::app::protocol
