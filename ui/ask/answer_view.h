#pragma once
// The text of one answer with its chips. As high as its text; scrolling belongs to the transcript.

#include <QTextBrowser>

#include "ui/ask/conversation.h"

namespace lectern::ui {

/// Tab moves from chip to chip, Return opens one.
class AnswerView : public QTextBrowser {
    Q_OBJECT

  public:
    explicit AnswerView(QWidget* parent = nullptr);

    void showAnswer(const AnswerItem& answer);
    /// Adds a piece of a running answer without laying out what is already there.
    void addText(const QString& text);
    /// The chip of this citation looks like the passage it leads to; keyboard and screen reader go on from there.
    void focusChip(size_t citation);
    /// Where chip `index` stands in the document, in order of reading.
    int chipPosition(int index) const { return m_chipPositions[static_cast<size_t>(index)].first; }
    int chipCount() const { return static_cast<int>(m_chipPositions.size()); }

  signals:
    void chipActivated(int citation);
    /// -1: the pointer left.
    void chipHovered(int citation);

  protected:
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    void fitHeight();
    void colourSelection();
    std::vector<std::pair<int, size_t>> m_chipPositions;  ///< position in the document, citation
};

}  // namespace lectern::ui
