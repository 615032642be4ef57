#pragma once
// One sentence above the pages, with at most two things to do about it.

#include <QFrame>
#include <functional>

class QLabel;
class QPushButton;
class QToolButton;

namespace lectern::ui {

class MessageBar : public QFrame {
    Q_OBJECT

  public:
    explicit MessageBar(QWidget* parent = nullptr);
    /// `action` may be empty.
    void say(const QString& sentence, const QString& action = {}, std::function<void()> onAction = {});
    /// A second thing to do about what was just said.
    void offer(const QString& action, std::function<void()> onAction);
    QString sentence() const;

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void showSymbol();

    QLabel* m_symbol;
    QLabel* m_label;
    QPushButton* m_action;
    QPushButton* m_second;
    std::function<void()> m_onAction;
    std::function<void()> m_onSecond;
};

}  // namespace lectern::ui
