#include "ui/documents/place_finder.h"

#include <algorithm>

#include "app/ask/projector.h"

namespace lectern::ui {
namespace {

constexpr size_t kMaxPages = 8;

Result<std::vector<DocumentPlace>> placesIn(app::Library& library, const app::Context& context, TokenRange tokens) {
    std::vector<DocumentPlace> places;
    for (const app::PagePart& part : context.project(tokens)) {
        if (places.size() == kMaxPages) {
            break;
        }
        LECTERN_ASSIGN(const app::DocumentPage page, library.page(part.document, part.page));
        DocumentPlace found{part.document, {.page = part.page}};
        if (context.kindOf(part.document) == app::DocumentKind::Pdf) {
            const std::vector<app::PageRect> rects = app::projectToPage(page.boxes, page.text, part.bytes);
            found.place.rects = QVector<app::PageRect>(rects.begin(), rects.end());
            found.place.top = rects.empty() ? 0 : rects.front().y0;
        } else {
            found.place.lines = app::projectToLines(page.text, part.bytes);
        }
        places.push_back(std::move(found));
    }
    return places;
}

}  // namespace

void findPlaces(LibraryWorker& library, std::shared_ptr<const app::Context> context, TokenRange tokens,
                QObject* receiver, std::function<void(const std::vector<DocumentPlace>&)> then) {
    library.run(
        receiver,
        [context = std::move(context), tokens](app::Library& opened) { return placesIn(opened, *context, tokens); },
        [then = std::move(then)](const Result<std::vector<DocumentPlace>>& places) {
            if (places) {
                then(*places);
            }
        });
}

TokenRange tokensOfPages(const app::Context& context, app::DocumentId document, PageSpan span) {
    TokenRange range{0, 0};
    for (const app::ContextSpan& each : context.spans()) {
        if (each.document != document || !span.contains(each.page)) {
            continue;
        }
        range.begin = range.end == 0 ? each.tokens.begin : std::min(range.begin, each.tokens.begin);
        range.end = std::max(range.end, each.tokens.end);
    }
    return range;
}

ReaderPlace placeOf(const app::Citation& citation) {
    ReaderPlace place;
    place.page = citation.page;
    place.rects = QVector<app::PageRect>(citation.rects.begin(), citation.rects.end());
    place.top = citation.rects.empty() ? 0 : citation.rects.front().y0;
    place.lines = citation.lines;
    return place;
}

}  // namespace lectern::ui
