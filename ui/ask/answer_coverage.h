#pragma once
// What an answer never looked at, as the Ask panel shows it. Plain values.

#include <QString>
#include <functional>
#include <vector>

#include "app/ask/coverage.h"
#include "ui/documents/document_session.h"
#include "ui/reader/document_view.h"

namespace lectern::ui {

struct UnseenPlace {
    QString label;  ///< "pages 12–20", "lines 3–40"
    int64_t tokens = 0;
    app::DocumentId document = 0;
    ReaderPlace place;
};

struct AnswerCoverage {
    double lookedShare = 1;           ///< of the document's tokens
    std::vector<UnseenPlace> unseen;  ///< in document order
};

/// `labelOf` names the pages of the session's document.
AnswerCoverage describeCoverage(const app::Coverage& coverage, const DocumentSession& session,
                                const std::function<QString(int page)>& labelOf);

}  // namespace lectern::ui
