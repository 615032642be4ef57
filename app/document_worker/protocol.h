#pragma once
// The document worker's protocol: one JSON object per line, version 1, in both directions. Either side takes any bytes.

#include <QByteArray>
#include <QJsonObject>
#include <variant>

#include "app/document_worker/document_types.h"
#include "engine/core/result.h"

namespace lectern::app::protocol {

/// With which the worker ends when it reaches its memory limit.
inline constexpr int kOutOfMemoryExit = 12;
inline constexpr int kVersion = 1;
inline constexpr qsizetype kMaximumRequestBytes = 32 * 1024;
inline constexpr qsizetype kMaximumReplyBytes = 48 * 1024 * 1024;
inline constexpr int kMaximumPages = 2'000'000;
inline constexpr int kMaximumLayouts = 4096;
inline constexpr int kMaximumSearchPages = 64;
inline constexpr int kMaximumHitsPerRequest = 2000;
inline constexpr int kMaximumNeedleCharacters = 1000;
inline constexpr int kMaximumOutlineEntries = 50'000;
inline constexpr int kMaximumLinksPerPage = 5000;
inline constexpr int kMaximumTitleCharacters = 1000;
inline constexpr int64_t kMaximumPageTextBytes = int64_t{8} << 20;
inline constexpr int64_t kMaximumWordsPerPage = 400'000;
inline constexpr double kMaximumPixelsPerPoint = 64.0;

struct OpenRequest {
    QString path;
    QString password;
};
struct LayoutsRequest {
    int firstPage = 0;
    int count = 0;
};
struct PageRequest {
    int page = 0;
};
struct LinksRequest {
    int page = 0;
};
/// Text of the page's picture, answered by a DocumentPage. `language` as Tesseract names it: "eng", "eng+deu".
struct RecogniseRequest {
    int page = 0;
    QString language = QStringLiteral("eng");
};
using RequestBody = std::variant<OpenRequest, LayoutsRequest, PageRequest, RenderRequest, SearchRequest,
                                 RecogniseRequest, LinksRequest>;

struct Request {
    qint64 id = 0;
    RequestBody body;
};

/// Where a render reply's pixels are: rows of width * 4 bytes at the start of the shared frame.
struct Frame {
    int width = 0;
    int height = 0;
    QRect pixels;      ///< of the whole page's picture at this scale
    QSize pagePixels;  ///< size of the whole page's picture
};
struct SearchHits {
    QVector<SearchHit> hits;
};
using ReplyBody = std::variant<Error, DocumentInfo, PageLayouts, DocumentPage, Frame, SearchHits, PageLinks>;

struct Reply {
    qint64 id = 0;
    ReplyBody body;
};

/// One line with its newline; empty when the request does not fit kMaximumRequestBytes.
QByteArray encodeRequest(const Request& request);
/// Bounds and types are checked, page numbers only against kMaximumPages. Errors: InvalidInput, Unsupported (version,
/// operation).
Result<Request> decodeRequest(const QByteArray& line);
/// The id of a line that decodeRequest refuses, 0 where it has none: the error reply needs it.
qint64 requestId(const QByteArray& line);
qint64 idOf(const QJsonObject& object);

QByteArray encodeReply(const Reply& reply);
/// A reply is trusted no more than a request: rectangles outside the page, byte ranges outside the text, numbers out of
/// bounds are Corrupt.
Result<Reply> decodeReply(const QByteArray& line);

}  // namespace lectern::app::protocol
