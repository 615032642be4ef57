#pragma once
// Below an answer: how much of the document it looked at, and the places it never looked at.

#include <QFrame>

#include "ui/ask/answer_coverage.h"

class QLabel;

namespace lectern::ui {

/// The places are links, reached with Tab.
class CoverageNote : public QFrame {
    Q_OBJECT

  public:
    explicit CoverageNote(QWidget* parent = nullptr);
    /// `abstained`: the answer says that the document does not hold one.
    void showCoverage(const AnswerCoverage& coverage, bool abstained);
    QString text() const;

  signals:
    void placeActivated(int index);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    QLabel* m_headline;
    QLabel* m_detail;
};

}  // namespace lectern::ui
