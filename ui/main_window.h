#pragma once
// The window: tabs in the middle, docks around them. It puts the parts together; what happens is in the controllers.

#include <QMainWindow>
#include <QTimer>
#include <functional>
#include <memory>

#include "ui/services/services.h"

namespace lectern::ui {

class AskController;
class AskPanel;
class AttentionController;
class AttentionPanel;
class CitationNavigator;
class DocumentOpener;
class ContentsPanel;
class FileChooser;
class LibraryPanel;
class LibraryShelf;
class Navigator;
class NotesPanel;
class OpenDocuments;
class ReaderCommands;
class SearchPanel;
class SettingsDialog;
class ShortcutStore;
class StatusStrip;
struct MainActions;
struct Menus;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    explicit MainWindow(Services& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    void open(const QStringList& paths);
    void openSample();
    /// Goes on with what was being taken in when the program was last ended by force.
    void resumeUnfinished();
    /// Starts the tour of three steps.
    void startTour();
    /// The documents that were open when a window was last closed, where the settings ask for it.
    void reopen();

    OpenDocuments* documents() const { return m_documents; }
    Navigator* navigator() const { return m_navigator; }
    AskController* asks() const { return m_asks; }
    AskPanel* askPanel() const { return m_askPanel; }
    AttentionPanel* attentionPanel() const { return m_attentionPanel; }
    CitationNavigator* citations() const { return m_citations; }
    const MainActions& actions() const { return *m_actions; }
    QDockWidget* dock(const QString& name) const;
    /// Every action of the menus, for the shortcut editor and the like.
    QList<QAction*> allActions() const;

  signals:
    void newWindowRequested();

  protected:
    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QDockWidget* addDock(const char* name, const QString& title, QWidget* panel, Qt::DockWidgetArea area,
                         const char* shortcut);
    void buildLibrary();
    void buildDocks();
    void connectActions();
    void showSettings();
    /// Id of the document in front; 0: none, or not taken in yet.
    app::DocumentId currentDocument() const;
    void updateTitle();
    void showWarnings();
    void restoreLayout();
    void rememberDocuments();
    void raiseDock(const char* name);

    Services& m_services;
    std::unique_ptr<MainActions> m_actions;
    std::unique_ptr<Menus> m_menus;
    OpenDocuments* m_documents;
    Navigator* m_navigator;
    StatusStrip* m_status;
    FileChooser* m_files;
    DocumentOpener* m_opener;
    ReaderCommands* m_reader;
    LibraryShelf* m_shelf;
    LibraryPanel* m_libraryPanel;
    ContentsPanel* m_contents;
    SearchPanel* m_search;
    NotesPanel* m_notes;
    AskPanel* m_askPanel;
    AskController* m_asks;
    AttentionPanel* m_attentionPanel;
    CitationNavigator* m_citations;
    AttentionController* m_attention;
    std::unique_ptr<ShortcutStore> m_shortcuts;
    std::function<void()> m_standardSizes;  ///< of the docks, until they have been set
    QTimer m_rememberDocuments;
    SettingsDialog* m_settings = nullptr;  ///< made when it is first wanted
};

}  // namespace lectern::ui
