#pragma once
// Between tokens of a context and places in documents.

#include <QObject>
#include <functional>

#include "app/ask/context.h"
#include "ui/reader/document_view.h"
#include "ui/services/library_worker.h"

namespace lectern::ui {

/// A place together with its document.
struct DocumentPlace {
    app::DocumentId document = 0;
    ReaderPlace place;
};

/// Looks up where `tokens` are printed and hands the places to `then` on the GUI thread, unless `receiver` has died.
/// Rectangles come from the library, at most of the first few pages that the range touches.
void findPlaces(LibraryWorker& library, std::shared_ptr<const app::Context> context, TokenRange tokens,
                QObject* receiver, std::function<void(const std::vector<DocumentPlace>&)> then);

/// Tokens of the pages `span` of a document; empty when it is not in the context.
TokenRange tokensOfPages(const app::Context& context, app::DocumentId document, PageSpan span);

/// Where a stored citation lies.
ReaderPlace placeOf(const app::Citation& citation);

}  // namespace lectern::ui
