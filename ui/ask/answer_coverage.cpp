#include "ui/ask/answer_coverage.h"

#include <QCoreApplication>

#include "app/ask/projector.h"

namespace lectern::ui {
namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("AnswerCoverage", text);
}

}  // namespace

AnswerCoverage describeCoverage(const app::Coverage& coverage, const DocumentSession& session,
                                const std::function<QString(int page)>& labelOf) {
    const auto label = [&labelOf](int page) {
        const QString text = labelOf(page);
        return text.isEmpty() ? QString::number(page + 1) : text;
    };
    const TextPages& texts = session.textPages();
    AnswerCoverage result{coverage.lookedShare, {}};
    for (const app::UnseenPart& part : coverage.unseen) {
        UnseenPlace unseen{{}, part.tokens, part.document, {.page = part.firstPage}};
        const bool hasText = texts != nullptr && part.firstPage < static_cast<int32_t>(texts->size());
        if (part.bytes.size() > 0 && hasText) {
            const app::LineRange lines =
                app::projectToLines((*texts)[static_cast<size_t>(part.firstPage)].text, part.bytes);
            unseen.place.lines = lines;
            unseen.label = lines.first == lines.last
                               ? translated(QT_TRANSLATE_NOOP("AnswerCoverage", "line %1")).arg(lines.first)
                               : translated(QT_TRANSLATE_NOOP("AnswerCoverage", "lines %1\xe2\x80\x93%2"))
                                     .arg(lines.first)
                                     .arg(lines.last);
        } else if (part.firstPage == part.lastPage) {
            unseen.label = session.isPdf()
                               ? translated(QT_TRANSLATE_NOOP("AnswerCoverage", "page %1")).arg(label(part.firstPage))
                               : label(part.firstPage);
        } else if (session.isPdf()) {
            unseen.label = translated(QT_TRANSLATE_NOOP("AnswerCoverage", "pages %1\xe2\x80\x93%2"))
                               .arg(label(part.firstPage), label(part.lastPage));
        } else {
            unseen.label = translated(QT_TRANSLATE_NOOP("AnswerCoverage", "%1 to %2"))
                               .arg(label(part.firstPage), label(part.lastPage));
        }
        result.unseen.push_back(std::move(unseen));
    }
    return result;
}

}  // namespace lectern::ui
