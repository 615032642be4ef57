#include "ui/ask/citation_navigator.h"

#include "ui/ask/answer_view.h"
#include "ui/ask/ask_panel.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"
#include "ui/documents/place_finder.h"

namespace lectern::ui {

CitationNavigator::CitationNavigator(LibraryWorker& library, OpenDocuments* documents, Navigator* navigator,
                                     AskController* asks, AskPanel* panel, QObject* parent)
    : QObject(parent),
      m_library(library),
      m_documents(documents),
      m_navigator(navigator),
      m_asks(asks),
      m_panel(panel) {
    connect(panel->transcript(), &TranscriptView::chipActivated, this, &CitationNavigator::activate);
    connect(panel->transcript(), &TranscriptView::chipHovered, this, &CitationNavigator::hover);
    connect(panel->transcript(), &TranscriptView::unseenActivated, this, &CitationNavigator::showUnseen);
    connect(asks, &AskController::currentChanged, this, [this] { m_turn = m_citation = -1; });
}

const AnswerItem* CitationNavigator::answerOf(int turn) const {
    const DocumentAsk* ask = m_asks->current();
    if (ask == nullptr || turn < 0 || turn >= static_cast<int>(ask->turns().size())) {
        return nullptr;
    }
    return ask->turns()[static_cast<size_t>(turn)].answer();
}

int CitationNavigator::newestWithCitations() const {
    const DocumentAsk* ask = m_asks->current();
    for (int turn = ask == nullptr ? -1 : static_cast<int>(ask->turns().size()) - 1; turn >= 0; --turn) {
        if (const AnswerItem* answer = answerOf(turn); answer != nullptr && !answer->citations.empty()) {
            return turn;
        }
    }
    return -1;
}

bool CitationNavigator::hasCitations() const {
    return newestWithCitations() >= 0;
}

void CitationNavigator::activate(int turn, int citation) {
    const AnswerItem* answer = answerOf(turn);
    if (answer == nullptr || citation < 0 || citation >= static_cast<int>(answer->citations.size())) {
        return;
    }
    m_turn = turn;
    m_citation = citation;
    const app::Citation& chosen = answer->citations[static_cast<size_t>(citation)];
    QVector<ReaderPlace> all;
    for (const app::Citation& each : answer->citations) {
        if (each.document == chosen.document) {
            all.push_back(placeOf(each));
        }
    }
    show(chosen, all);
    m_panel->transcript()->card(static_cast<size_t>(turn))->answerView()->focusChip(static_cast<size_t>(citation));
    emit shown(turn, chosen.tokenRanges, chosen.sentenceBytes);
}

void CitationNavigator::show(const app::Citation& citation, const QVector<ReaderPlace>& all) {
    const ReaderPlace place = placeOf(citation);
    if (ReaderTab* tab = m_documents->tabOf(citation.document)) {
        m_navigator->showCitation(tab, all, place);
        return;
    }
    m_library.run(
        this, [document = citation.document](app::Library& library) { return library.document(document); },
        [this, all, place](const Result<app::DocumentRecord>& record) {
            if (record) {
                m_navigator->showCitation(m_documents->open(QString::fromStdString(record->header.sourcePath)), all,
                                          place);
            }
        });
}

void CitationNavigator::showUnseen(int turn, int index) {
    const AnswerItem* answer = answerOf(turn);
    if (answer == nullptr || answer->coverage == nullptr || index < 0 ||
        index >= static_cast<int>(answer->coverage->unseen.size())) {
        return;
    }
    const UnseenPlace& unseen = answer->coverage->unseen[static_cast<size_t>(index)];
    if (ReaderTab* tab = m_documents->tabOf(unseen.document)) {
        m_navigator->goTo(tab, unseen.place);
    }
}

void CitationNavigator::step(int direction) {
    const AnswerItem* answer = answerOf(m_turn);
    if (answer == nullptr || answer->citations.empty()) {
        m_turn = newestWithCitations();
        m_citation = -1;
        answer = answerOf(m_turn);
    }
    if (answer == nullptr) {
        return;
    }
    const int count = static_cast<int>(answer->citations.size());
    const int from = m_citation < 0 ? (direction > 0 ? -1 : 0) : m_citation;
    activate(m_turn, (from + direction + count) % count);
}

void CitationNavigator::hover(int turn, int citation) {
    const AnswerItem* answer = answerOf(turn);
    ReaderTab* tab = m_documents->current();
    if (tab == nullptr || tab->view() == nullptr) {
        return;
    }
    QVector<ReaderPlace> places;
    if (answer != nullptr && citation >= 0 && citation < static_cast<int>(answer->citations.size())) {
        const app::Citation& hovered = answer->citations[static_cast<size_t>(citation)];
        if (hovered.document == tab->session().documentId()) {
            places.push_back(placeOf(hovered));
        }
    }
    tab->view()->setHighlights(HighlightKind::Hover, places);
}

void CitationNavigator::focusChipAt(TokenRange tokens) {
    const int turn = answerOf(m_turn) != nullptr ? m_turn : newestWithCitations();
    const AnswerItem* answer = answerOf(turn);
    if (answer == nullptr) {
        return;
    }
    for (size_t i = 0; i < answer->citations.size(); ++i) {
        for (const TokenRange& range : answer->citations[i].tokenRanges) {
            if (range.begin < tokens.end && tokens.begin < range.end) {
                m_panel->transcript()->card(static_cast<size_t>(turn))->answerView()->focusChip(i);
                m_panel->transcript()->scrollToTurn(static_cast<size_t>(turn));
                m_turn = turn;
                m_citation = static_cast<int>(i);
                return;
            }
        }
    }
}

}  // namespace lectern::ui
