#include "ui/ask/answer_coverage.h"

#include <QCoreApplication>

#include "app/ask/projector.h"
#include "ui/reader/place_text.h"

namespace lectern::ui {

AnswerCoverage describeCoverage(const app::Coverage& coverage, const DocumentSession& session,
                                const std::function<QString(int page)>& labelOf) {
    const auto name = [&labelOf](int page) { return pageName(labelOf(page), page); };
    const TextPages& texts = session.textPages();
    AnswerCoverage result{coverage.lookedShare, {}};
    for (const app::UnseenPart& part : coverage.unseen) {
        UnseenPlace unseen{{}, part.tokens, part.document, {.page = part.firstPage}};
        const bool hasText = texts != nullptr && part.firstPage < static_cast<int32_t>(texts->size());
        if (part.bytes.size() > 0 && hasText) {
            const app::LineRange lines =
                app::projectToLines((*texts)[static_cast<size_t>(part.firstPage)].text, part.bytes);
            unseen.place.lines = lines;
            unseen.label = linesText(lines);
        } else if (session.isPdf()) {
            unseen.label = pagesText(name(part.firstPage), name(part.lastPage));
        } else if (part.firstPage == part.lastPage) {
            unseen.label = name(part.firstPage);
        } else {
            unseen.label = QCoreApplication::translate("AnswerCoverage", "%1 to %2")
                               .arg(name(part.firstPage), name(part.lastPage));
        }
        result.unseen.push_back(std::move(unseen));
    }
    return result;
}

}  // namespace lectern::ui
