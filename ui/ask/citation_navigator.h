#pragma once
// From the chips of an answer to the pages: jump, hover, one after the other.

#include <QObject>

#include "ui/ask/ask_controller.h"
#include "ui/documents/navigator.h"

namespace lectern::ui {

/// GUI thread.
class CitationNavigator : public QObject {
    Q_OBJECT

  public:
    CitationNavigator(LibraryWorker& library, OpenDocuments* documents, Navigator* navigator, AskController* asks,
                      AskPanel* panel, QObject* parent = nullptr);

    /// Shows a citation of the shown answer of a turn.
    void activate(int turn, int citation);
    /// The next or previous citation of the answer last looked at, else of the newest one.
    void step(int direction);
    /// Puts the focus on the first chip that was read from `tokens`, without going anywhere.
    void focusChipAt(TokenRange tokens);
    bool hasCitations() const;

  signals:
    /// A citation was shown: its tokens, and the bytes of its sentence in the answer.
    void shown(int turn, const std::vector<lectern::TokenRange>& tokens, lectern::ByteRange sentence);

  private:
    const AnswerItem* answerOf(int turn) const;
    int newestWithCitations() const;
    void hover(int turn, int citation);
    void showUnseen(int turn, int index);
    void show(const app::Citation& citation, const QVector<ReaderPlace>& all);

    LibraryWorker& m_library;
    OpenDocuments* m_documents;
    Navigator* m_navigator;
    AskController* m_asks;
    AskPanel* m_panel;
    int m_turn = -1;
    int m_citation = -1;
};

}  // namespace lectern::ui
