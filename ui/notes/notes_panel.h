#pragma once
// The Notes dock: bookmarks, highlights and notes of the document in front, and the note being written.

#include <QWidget>
#include <functional>

#include "ui/notes/document_notes.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QStackedWidget;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace lectern::ui {

/// Edits the DocumentNotes it is given. Everything works from the keyboard: Return goes there, F2 renames a bookmark,
/// Delete removes.
class NotesPanel : public QWidget {
    Q_OBJECT

  public:
    using LabelOfPage = std::function<QString(int page)>;

    explicit NotesPanel(QWidget* parent = nullptr);

    /// Null: no document is in front.
    void setNotes(DocumentNotes* notes, LabelOfPage labelOf);
    /// Chooses an annotation and puts the cursor into its note.
    void editNote(int key);
    void showAnnotation(int key);

    QTreeWidget* tree() const { return m_tree; }
    QPlainTextEdit* noteField() const { return m_note; }

  signals:
    void bookmarkActivated(int key);
    void annotationActivated(int key);

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    enum class Kind { Group, Bookmark, Annotation };

    void refresh();
    void showNote();
    void saveNote();
    void removeChosen();
    void activate(QTreeWidgetItem* item);
    QTreeWidgetItem* itemOf(Kind kind, int key) const;
    QWidget* buildNoteArea();

    DocumentNotes* m_notes = nullptr;
    LabelOfPage m_labelOf;
    QMetaObject::Connection m_link;
    bool m_filling = false;
    int m_noteKey = -1;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QLineEdit* m_filter;
    QTreeWidget* m_tree;
    QWidget* m_noteArea;
    QLabel* m_quote;
    QPlainTextEdit* m_note;
    QList<QToolButton*> m_colors;
};

}  // namespace lectern::ui
