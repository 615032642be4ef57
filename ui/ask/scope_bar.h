#pragma once
// The line above the question that says which part of the document is asked: all of it, a section, pages, a selection.

#include <QWidget>

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;

namespace lectern::ui {

enum class ScopeKind { Document, Section, Pages, Selection };

/// What the user chose; what it means for a document is worked out by resolveScope().
struct ScopeChoice {
    ScopeKind kind = ScopeKind::Document;
    int section = -1;    ///< index into the outline
    QString pages = {};  ///< as typed: "12", "iv-20"
    bool operator==(const ScopeChoice&) const = default;
};

/// GUI thread; decides nothing.
class ScopeBar : public QWidget {
    Q_OBJECT

  public:
    explicit ScopeBar(QWidget* parent = nullptr);

    const ScopeChoice& choice() const { return m_choice; }
    void setChoice(const ScopeChoice& choice);
    /// Titles of the outline with their depths; without any, sections cannot be chosen.
    void setSections(const QStringList& titles, const std::vector<int>& depths);
    /// The selected text, or nothing.
    void setSelection(const QString& text);
    /// Why the choice cannot be asked; empty: it can.
    void setProblem(const QString& sentence);
    const QString& problem() const { return m_problem; }

    QComboBox* kindBox() const { return m_kind; }
    QComboBox* sectionBox() const { return m_sections; }
    QLineEdit* pagesField() const { return m_pages; }

  signals:
    void changed();
    void problemChanged();

  private:
    void choose();
    void update();

    ScopeChoice m_choice;
    QString m_selectionText;
    QString m_problem;
    QComboBox* m_kind;
    QStackedWidget* m_detail;
    QComboBox* m_sections;
    QLineEdit* m_pages;
    QLabel* m_selection;
    QLabel* m_problemLabel;
};

}  // namespace lectern::ui
