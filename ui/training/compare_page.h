#pragma once
// Seventh page: the same question to the base model and to the tuned one, side by side.

#include "ui/training/tune_page.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTextBrowser;

namespace lectern::ui {

class ToneLabel;

/// Has two engines of its own while it is shown; neither stores anything.
class ComparePage : public TunePage {
    Q_OBJECT

  public:
    explicit ComparePage(TuneState& state, QWidget* parent = nullptr);
    ~ComparePage() override;
    void enter() override;

    QLineEdit* questionField() const { return m_question; }
    QPushButton* askButton() const { return m_ask; }
    QComboBox* documentChoice() const { return m_documents; }
    QString answerText(bool tuned) const;
    QString difference() const;

  signals:
    void compared();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    struct Side {
        std::unique_ptr<app::AskEngine> engine;
        QTextBrowser* answer = nullptr;
        ToneLabel* status = nullptr;
        app::JobId open = 0, ask = 0;
        app::DocumentId document = 0;
        bool done = false;
        app::StoredAnswer result;
    };
    QWidget* buildSide(Side& side, const QString& title);
    void connectSide(Side& side);
    void ensureEngines();
    void ask();
    void finished(Side& side);
    void showDifference();
    void showAnswer(Side& side);

    Side m_base, m_tuned;
    QComboBox* m_documents;
    QLineEdit* m_question;
    QPushButton* m_ask;
    ToneLabel* m_difference;
    std::filesystem::path m_adapter;
};

}  // namespace lectern::ui
