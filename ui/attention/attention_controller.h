#pragma once
// Feeds the attention map and links it with the reader and the chips of the answer.

#include <QObject>
#include <QTimer>
#include <optional>

#include "ui/ask/ask_controller.h"
#include "ui/ask/citation_navigator.h"
#include "ui/attention/attention_map.h"
#include "ui/attention/text_units.h"
#include "ui/documents/navigator.h"

namespace lectern::ui {

class AttentionPanel;

/// GUI thread.
class AttentionController : public QObject {
    Q_OBJECT

  public:
    struct Parts {
        LibraryWorker& library;
        app::AskEngine& engine;
        OpenDocuments* documents;
        Navigator* navigator;
        AskController* asks;
        CitationNavigator* citations;
        AskPanel* askPanel;
        AttentionPanel* panel;
    };
    explicit AttentionController(const Parts& parts, QObject* parent = nullptr);

  signals:
    /// The user asked for the map of an answer: its dock should be seen.
    void mapWanted();

  private:
    void setCurrent(DocumentAsk* ask);
    void setAnswer(size_t turn, const app::StoredTrace& trace);
    void refresh();
    void scheduleRefresh() { m_refresh.start(); }
    AxisMarks marks() const;
    void readTextUnits();
    void readTokenTexts(TokenRange tokens);
    void listComparable();
    void compareWith(int answer);
    void showReaderRange();
    void showCited(int turn, const std::vector<TokenRange>& tokens, ByteRange sentence);
    void chooseSentence(ByteRange sentence);
    void goTo(TokenRange tokens);
    void hover(TokenRange tokens);

    Parts m_parts;
    DocumentAsk* m_ask = nullptr;
    app::StoredTrace m_answer;
    size_t m_answerTurn = 0;
    std::vector<app::MessageId> m_comparable;
    app::JobId m_otherJob = 0;
    std::shared_ptr<const AnswerTrace> m_other;
    /// Sentences and paragraphs of this context; read once somebody wants them.
    std::shared_ptr<const app::Context> m_unitsContext;
    std::shared_ptr<const app::Context> m_textsContext;  ///< whose tokens the panel knows the texts of
    TextUnits m_units;
    std::optional<std::pair<size_t, ByteRange>> m_citedSentence;  ///< turn and sentence whose map is on its way
    TokenRange m_hovered;
    QTimer m_refresh;
    QTimer m_hoverTimer;
    std::vector<QMetaObject::Connection> m_links;
};

/// Tokens of the answer whose text overlaps `sentence`, bytes of the answer's text without white space at its ends.
TokenRange answerTokensOf(const AnswerTrace& trace, const std::vector<std::string>& stepTexts, ByteRange sentence);

}  // namespace lectern::ui
