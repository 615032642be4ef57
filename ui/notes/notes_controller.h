#pragma once
// Connects bookmarks, highlights and notes with the reader, the Notes dock and the menus.

#include <QObject>
#include <map>
#include <memory>

#include "ui/documents/navigator.h"
#include "ui/notes/document_notes.h"

namespace lectern::ui {

class NotesPanel;
struct MainActions;

/// Owns the DocumentNotes of every tab. GUI thread.
class NotesController : public QObject {
    Q_OBJECT

  public:
    NotesController(LibraryWorker& library, MainActions& actions, OpenDocuments* documents, Navigator* navigator,
                    NotesPanel* panel, QObject* parent = nullptr);
    ~NotesController() override;

    /// Null on the start page.
    DocumentNotes* current() const;

  signals:
    /// The Notes dock should be seen.
    void panelWanted();
    /// "Ask about the selection" was chosen.
    void selectionToBeAsked();

  private:
    void add(ReaderTab* tab);
    void connectView(ReaderTab* tab, DocumentView* view);
    void setCurrent(ReaderTab* tab);
    void connectActions();
    void updateActions();
    void showMarks(ReaderTab* tab);
    void toggleBookmark();
    void annotate(app::AnnotationKind kind);
    void goToAnnotation(int key);
    void showMenu(ReaderTab* tab, QPoint globalPoint);

    LibraryWorker& m_library;
    MainActions& m_actions;
    OpenDocuments* m_documents;
    Navigator* m_navigator;
    NotesPanel* m_panel;
    std::map<ReaderTab*, std::unique_ptr<DocumentNotes>> m_notes;
};

}  // namespace lectern::ui
