#pragma once
// The bar under the pages: what to find, how, and which of the hits is shown.

#include <QWidget>

#include "ui/reader/document_view.h"

class QLineEdit;
class QToolButton;

namespace lectern::ui {

class ToneLabel;

class FindBar : public QWidget {
    Q_OBJECT

  public:
    explicit FindBar(QWidget* parent = nullptr);

    void open(const QString& needle);
    SearchOptions options() const;
    void setStatus(const QString& text, bool nothingFound);
    QLineEdit* field() const { return m_field; }
    QToolButton* caseButton() const { return m_case; }
    QToolButton* wordsButton() const { return m_words; }
    QToolButton* indexButton() const { return m_index; }

  signals:
    void searchRequested(const lectern::ui::SearchOptions& options);
    void stepRequested(int direction);
    void closed();

  protected:
    void keyPressEvent(QKeyEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QLineEdit* m_field;
    QToolButton* m_case;
    QToolButton* m_words;
    QToolButton* m_index;
    ToneLabel* m_status;
};

}  // namespace lectern::ui
