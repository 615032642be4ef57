#pragma once
// The tour of three steps: open, ask, check.

#include <QFrame>
#include <QPointer>
#include <functional>

#include "ui/ask/citation_navigator.h"

class QLabel;
class QPushButton;

namespace lectern::ui {

/// A card in a corner of the window. It watches what the user does and goes on by itself; each step has a button that
/// does it. Deletes itself at the end, and is then not shown at start any more.
class Tour : public QFrame {
    Q_OBJECT

  public:
    struct Parts {
        QWidget* window;
        OpenDocuments* documents;
        AskController* asks;
        AskPanel* askPanel;
        CitationNavigator* citations;
        app::Settings& settings;
        std::function<void()> openSample;
        std::function<void()> showAsk;
    };
    enum class Step { Open, Ask, Check, End };

    explicit Tour(Parts parts);

    Step step() const { return m_step; }
    QPushButton* actionButton() const { return m_action; }
    QPushButton* skipButton() const { return m_skip; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void show(Step step);
    void act();
    void look();
    void finish();
    void place();

    Parts m_parts;
    Step m_step = Step::Open;
    QLabel* m_title;
    QLabel* m_text;
    QPushButton* m_action;
    QPushButton* m_skip;
};

}  // namespace lectern::ui
