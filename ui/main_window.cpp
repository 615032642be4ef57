#include "ui/main_window.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QTimer>
#include <QToolBar>
#include <QTreeView>
#include <QTreeWidget>
#include <algorithm>
#include <utility>

#include "ui/ask/ask_commands.h"
#include "ui/ask/ask_panel.h"
#include "ui/ask/citation_navigator.h"
#include "ui/ask/conversation_tools.h"
#include "ui/ask/scope_bar.h"
#include "ui/attention/attention_controller.h"
#include "ui/attention/attention_panel.h"
#include "ui/attention/map_canvas.h"
#include "ui/documents/navigator.h"
#include "ui/library/library_panel.h"
#include "ui/library/recent_menu.h"
#include "ui/library/start_page.h"
#include "ui/notes/notes_controller.h"
#include "ui/notes/notes_panel.h"
#include "ui/opening/document_opener.h"
#include "ui/opening/resume_ingest.h"
#include "ui/reader/printing.h"
#include "ui/reader/reader_commands.h"
#include "ui/settings/settings_dialog.h"
#include "ui/settings/shortcut_store.h"
#include "ui/shell/about_dialog.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/contents_panel.h"
#include "ui/shell/file_chooser.h"
#include "ui/shell/menus.h"
#include "ui/shell/model_windows.h"
#include "ui/shell/private_window.h"
#include "ui/shell/search_panel.h"
#include "ui/shell/status_strip.h"
#include "ui/shell/thumbnails_panel.h"
#include "ui/shell/tour.h"

namespace lectern::ui {
namespace {

/// Raised when docks are added or renamed: a layout stored by another version is not restored.
constexpr int kLayoutVersion = 3;
/// How long a sentence stands in the status bar.
constexpr int kMessageMs = 15000;
constexpr int kRememberMs = 1000;
/// Headings and titles can still be told apart, also after the window was small for a while.
constexpr int kListPanelWidth = 210;

}  // namespace

MainWindow::MainWindow(Services& services, QWidget* parent)
    : QMainWindow(parent),
      m_services(services),
      m_actions(std::make_unique<MainActions>(this)),
      m_menus(std::make_unique<Menus>(buildMenus(menuBar(), *m_actions))),
      m_documents(new OpenDocuments(services)),
      m_navigator(new Navigator(m_documents, this)),
      m_status(new StatusStrip(services.model)),
      m_files(new FileChooser(this)),
      m_reader(new ReaderCommands(services.settings, *m_actions, m_documents, m_navigator, this)),
      m_shelf(new LibraryShelf(services, this)),
      m_libraryPanel(new LibraryPanel(*m_shelf)),
      m_contents(new ContentsPanel(m_documents, m_navigator)),
      m_search(new SearchPanel(m_documents)),
      m_notes(new NotesPanel),
      m_askPanel(new AskPanel),
      m_asks(new AskController(services, m_documents, m_askPanel, m_status->budget(), this)),
      m_attentionPanel(new AttentionPanel),
      m_citations(new CitationNavigator(services.library, m_documents, m_navigator, m_asks, m_askPanel, this)) {
    m_attention = new AttentionController({services.library, services.engine, m_documents, m_navigator, m_asks,
                                           m_citations, m_askPanel, m_attentionPanel},
                                          this);
    m_opener = new DocumentOpener(services, m_documents, *m_shelf->model(), this);
    setCentralWidget(m_documents);
    buildLibrary();
    setStatusBar(m_status);
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowTabbedDocks | AllowNestedDocks);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    // Upright, so that all names fit beside a narrow panel.
    setTabPosition(Qt::LeftDockWidgetArea, QTabWidget::West);
    auto* bar = addToolBar(tr("Reading"));
    bar->setObjectName(QStringLiteral("reading"));
    bar->setMovable(false);
    m_reader->fill(bar);
    buildDocks();
    connectActions();
    new AskCommands(*m_actions, m_asks, m_citations, m_askPanel, this);
    auto* notes = new NotesController(services.library, *m_actions, m_documents, m_navigator, m_notes, this);
    connect(notes, &NotesController::panelWanted, this, [this] { raiseDock("notes"); });
    connect(notes, &NotesController::selectionToBeAsked, this, [this] {
        m_askPanel->scopeBar()->setChoice({.kind = ScopeKind::Selection});
        m_actions->question->trigger();
    });
    connect(new Printing(m_documents, m_actions->print, this), &Printing::said, this,
            [this](const QString& sentence) { m_status->showMessage(sentence, kMessageMs); });
    auto* conversations =
        new ConversationTools(services.library, *m_actions, m_documents, m_navigator, m_asks, m_askPanel, this);
    connect(conversations, &ConversationTools::said, this,
            [this](const QString& sentence) { m_status->showMessage(sentence, kMessageMs); });
    connect(conversations, &ConversationTools::conversationShown, this, [this] { raiseDock("ask"); });
    m_menus->ask->addAction(m_askPanel->keepAction());
    m_shortcuts = std::make_unique<ShortcutStore>(services.settings, allActions());
    restoreLayout();
    updateTitle();
    showWarnings();
    if (services.keepsNothing) {
        // Training data and runs are files.
        m_actions->tune->setEnabled(false);
        m_actions->evaluate->setEnabled(false);
    }
}

MainWindow::~MainWindow() {
    // Tabs first: their sessions use the services, and the controllers hear of each tab that goes.
    for (ReaderTab* tab : m_documents->tabs()) {
        m_documents->close(tab);
    }
}

void MainWindow::buildLibrary() {
    auto* start = new StartPage(*m_shelf);
    connect(start, &StartPage::openRequested, this, [this](const QString& path) { open({path}); });
    connect(start, &StartPage::openFilesRequested, m_files, &FileChooser::chooseFiles);
    connect(start, &StartPage::openFolderRequested, m_files, &FileChooser::chooseFolder);
    connect(start, &StartPage::pathsDropped, this, &MainWindow::open);
    m_documents->setStartPage(start);
    connect(m_libraryPanel, &LibraryPanel::openRequested, this, [this](const QString& path) { open({path}); });
    connect(m_libraryPanel, &LibraryPanel::openFilesRequested, m_files, &FileChooser::chooseFiles);
    const auto say = [this](const QString& sentence) { m_status->showMessage(sentence, kMessageMs); };
    connect(m_libraryPanel, &LibraryPanel::troubled, this, say);
    connect(m_shelf, &LibraryShelf::failed, this, say);
    keepRecentMenu(m_menus->recent, m_shelf->model(), [this](const QString& path) { open({path}); });
}

QDockWidget* MainWindow::addDock(const char* name, const QString& title, QWidget* panel, Qt::DockWidgetArea area,
                                 const char* shortcut) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(QLatin1String(name));
    dock->setWidget(panel);
    if (area == Qt::LeftDockWidgetArea) {
        panel->setMinimumWidth(kListPanelWidth);
    }
    addDockWidget(area, dock);
    dock->toggleViewAction()->setObjectName(QStringLiteral("show.") + dock->objectName());
    auto* go = new QAction(tr("Go to %1").arg(title), this);
    go->setObjectName(QStringLiteral("panel.") + dock->objectName());
    go->setShortcut(QKeySequence(QString::fromLatin1(shortcut)));
    connect(go, &QAction::triggered, this, [this, name, panel] {
        raiseDock(name);
        panel->setFocus(Qt::ShortcutFocusReason);
    });
    addAction(go);
    m_menus->panels->addAction(go);
    return dock;
}

void MainWindow::buildDocks() {
    QDockWidget* library = addDock("library", tr("Library"), m_libraryPanel, Qt::LeftDockWidgetArea, "Ctrl+Shift+1");
    QDockWidget* contents = addDock("contents", tr("Contents"), m_contents, Qt::LeftDockWidgetArea, "Ctrl+Shift+2");
    QDockWidget* thumbnails = addDock("thumbnails", tr("Thumbnails"), new ThumbnailsPanel(m_documents, m_navigator),
                                      Qt::LeftDockWidgetArea, "Ctrl+Shift+6");
    QDockWidget* search = addDock("search", tr("Search"), m_search, Qt::LeftDockWidgetArea, "Ctrl+Shift+3");
    QDockWidget* notes = addDock("notes", tr("Notes"), m_notes, Qt::LeftDockWidgetArea, "Ctrl+Shift+7");
    QDockWidget* ask = addDock("ask", tr("Ask"), m_askPanel, Qt::RightDockWidgetArea, "Ctrl+Shift+4");
    QDockWidget* attention =
        addDock("attention", tr("Attention"), m_attentionPanel, Qt::BottomDockWidgetArea, "Ctrl+Shift+5");
    m_libraryPanel->setFocusProxy(m_libraryPanel->list());
    m_contents->setFocusProxy(m_contents->tree());
    m_search->setFocusProxy(m_search->field());
    m_notes->setFocusProxy(m_notes->tree());
    m_askPanel->setFocusProxy(m_askPanel->questionField());
    m_attentionPanel->setFocusProxy(m_attentionPanel->canvas());
    m_menus->panels->addSeparator();
    for (const QDockWidget* dock : {library, contents, thumbnails, search, notes, ask, attention}) {
        m_menus->panels->addAction(dock->toggleViewAction());
    }
    tabifyDockWidget(library, contents);
    tabifyDockWidget(contents, thumbnails);
    tabifyDockWidget(thumbnails, search);
    tabifyDockWidget(search, notes);
    contents->raise();
    resize(1360, 900);
    m_standardSizes = [this, contents, ask, attention] {
        resizeDocks({contents, ask}, {width() / 5, width() / 4}, Qt::Horizontal);
        resizeDocks({attention}, {height() / 5}, Qt::Vertical);
    };
    for (QAction* action : m_attentionPanel->menuActions()) {
        m_menus->attention->addAction(action);
    }
    connect(m_attention, &AttentionController::mapWanted, this, [this] { raiseDock("attention"); });
}

QList<QAction*> MainWindow::allActions() const {
    return m_actions->all() + m_menus->panels->actions() + m_attentionPanel->menuActions() +
           QList<QAction*>{m_askPanel->keepAction()};
}

QDockWidget* MainWindow::dock(const QString& name) const {
    return findChild<QDockWidget*>(name, Qt::FindDirectChildrenOnly);
}

void MainWindow::raiseDock(const char* name) {
    QDockWidget* wanted = dock(QLatin1String(name));
    wanted->show();
    wanted->raise();
}

void MainWindow::connectActions() {
    connect(m_actions->open, &QAction::triggered, m_files, &FileChooser::chooseFiles);
    connect(m_actions->openFolder, &QAction::triggered, m_files, &FileChooser::chooseFolder);
    connect(m_files, &FileChooser::chosen, this, &MainWindow::open);
    connect(m_actions->check, &QAction::triggered, m_files, &FileChooser::chooseToCheck);
    connect(m_files, &FileChooser::chosenToCheck, m_opener, &DocumentOpener::check);
    connect(m_actions->openSample, &QAction::triggered, this, &MainWindow::openSample);
    m_actions->openSample->setEnabled(!sampleDocumentPath().isEmpty());
    connect(m_actions->newWindow, &QAction::triggered, this, &MainWindow::newWindowRequested);
    connect(m_actions->closeTab, &QAction::triggered, this, [this] {
        if (ReaderTab* tab = m_documents->current()) {
            m_documents->close(tab);
        }
    });
    connect(m_actions->quit, &QAction::triggered, qApp, &QApplication::closeAllWindows);
    connect(m_actions->question, &QAction::triggered, this, [this] {
        raiseDock("ask");
        m_askPanel->focusQuestion();
    });
    connect(m_actions->newConversation, &QAction::triggered, this, [this] { raiseDock("ask"); });
    connect(m_actions->reader, &QAction::triggered, this, [this] {
        if (QWidget* shown = m_documents->currentWidget()) {
            shown->setFocus(Qt::ShortcutFocusReason);
        }
    });
    connect(m_actions->startPage, &QAction::triggered, m_documents, &OpenDocuments::showStartPage);
    connect(m_actions->fullScreen, &QAction::toggled, this,
            [this](bool on) { setWindowState(windowState().setFlag(Qt::WindowFullScreen, on)); });
    connect(m_documents, &OpenDocuments::currentTabChanged, this, &MainWindow::updateTitle);
    connect(m_documents, &OpenDocuments::currentTitleChanged, this, &MainWindow::updateTitle);
    // Written down as it changes, so that it is there after a crash too.
    m_rememberDocuments.setSingleShot(true);
    m_rememberDocuments.setInterval(kRememberMs);
    connect(&m_rememberDocuments, &QTimer::timeout, this, &MainWindow::rememberDocuments);
    connect(m_documents, &OpenDocuments::currentTabChanged, &m_rememberDocuments, qOverload<>(&QTimer::start));
    connect(m_asks, &AskController::activityChanged, m_status, &StatusStrip::setActivity);
    auto* windows = new ModelWindows(
        m_services, [this] { return currentDocument(); }, this);
    connect(m_actions->models, &QAction::triggered, windows, &ModelWindows::showModels);
    connect(m_actions->tune, &QAction::triggered, windows, &ModelWindows::showTuning);
    connect(m_actions->evaluate, &QAction::triggered, windows, &ModelWindows::showEvaluation);
    connect(m_actions->settings, &QAction::triggered, this, &MainWindow::showSettings);
    connect(m_actions->palette, &QAction::triggered, this,
            [this] { (new CommandPalette(allActions(), this))->open(); });
    connect(m_actions->shortcuts, &QAction::triggered, this, [this] {
        showSettings();
        m_settings->showPage(SettingsDialog::Shortcuts);
    });
    connect(m_actions->about, &QAction::triggered, this, [this] { (new AboutDialog(this))->open(); });
    connect(m_actions->tour, &QAction::triggered, this, &MainWindow::startTour);
    connect(m_documents, &OpenDocuments::mustNotBeKept, this,
            [this](const QString& path, const QString& password) { openPrivately(m_services, path, password); });
}

void MainWindow::startTour() {
    new Tour({this, m_documents, m_asks, m_askPanel, m_citations, m_services.settings, [this] { openSample(); },
              [this] { raiseDock("ask"); }});
}

void MainWindow::resumeUnfinished() {
    ui::resumeUnfinished(m_services, m_documents, this,
                         [this](const QString& sentence) { m_status->showMessage(sentence, kMessageMs); });
}

app::DocumentId MainWindow::currentDocument() const {
    const ReaderTab* tab = m_documents->current();
    return tab != nullptr ? tab->session().documentId() : 0;
}

void MainWindow::showSettings() {
    if (m_settings == nullptr) {
        m_settings = new SettingsDialog(m_services, m_shortcuts.get(), this);
        connect(m_settings, &SettingsDialog::storageCleared, m_shelf, &LibraryShelf::refresh);
    }
    m_settings->show();
    m_settings->raise();
    m_settings->activateWindow();
}

void MainWindow::open(const QStringList& paths) {
    m_opener->open(paths);
}

void MainWindow::reopen() {
    if (m_services.settings.boolean(QStringLiteral("general/reopen"))) {
        m_documents->reopen(m_services.settings.bytes(QStringLiteral("window/documents")));
    }
}

void MainWindow::openSample() {
    if (const QString path = sampleDocumentPath(); !path.isEmpty()) {
        m_documents->open(path);
    }
}

void MainWindow::updateTitle() {
    const ReaderTab* tab = m_documents->current();
    const QString program = m_services.keepsNothing
                                ? tr("%1 (nothing is kept)").arg(QApplication::applicationDisplayName())
                                : QApplication::applicationDisplayName();
    setWindowTitle(tab == nullptr ? program
                                  : QString::fromUtf8("%1 \xe2\x80\x94 %2").arg(tab->session().title(), program));
    setWindowFilePath(tab == nullptr ? QString() : tab->session().path());
}

void MainWindow::showWarnings() {
    const auto say = [this](const QString& sentence) {
        auto* box = new QMessageBox(QMessageBox::Warning, QApplication::applicationDisplayName(), sentence,
                                    QMessageBox::Ok, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    };
    connect(&m_services.library, &LibraryWorker::reported, this, say);
    connect(&m_services.library, &LibraryWorker::failed, this,
            [this](const QString& sentence) { m_status->showMessage(sentence, kMessageMs); });
    QStringList warnings;
    for (const QString& warning : m_services.settings.warnings()) {
        warnings.push_back(warning);
    }
    if (!warnings.isEmpty()) {
        m_status->showMessage(warnings.join(QLatin1Char(' ')), kMessageMs);
    }
}

void MainWindow::restoreLayout() {
    const QByteArray geometry = m_services.settings.bytes(QStringLiteral("window/geometry"));
    if (!geometry.isEmpty()) {
        restoreGeometry(geometry);
    }
    const QByteArray docks = m_services.settings.bytes(QStringLiteral("window/docks"));
    if (!docks.isEmpty() && restoreState(docks, kLayoutVersion)) {
        m_standardSizes = nullptr;
    }
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // Docks take sizes only once the window has its own.
    if (m_standardSizes) {
        QTimer::singleShot(0, this, std::exchange(m_standardSizes, nullptr));
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    static_cast<void>(m_services.settings.setValue(QStringLiteral("window/geometry"), saveGeometry()));
    static_cast<void>(m_services.settings.setValue(QStringLiteral("window/docks"), saveState(kLayoutVersion)));
    rememberDocuments();
    event->accept();
}

void MainWindow::rememberDocuments() {
    m_rememberDocuments.stop();
    if (m_services.keepsNothing) {
        return;
    }
    static_cast<void>(m_services.settings.setValue(QStringLiteral("window/documents"), m_documents->openPaths()));
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (!FileChooser::localPaths(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
    }
}

void MainWindow::dropEvent(QDropEvent* event) {
    const QStringList paths = FileChooser::localPaths(event->mimeData());
    if (!paths.isEmpty()) {
        event->acceptProposedAction();
        open(paths);
    }
}

}  // namespace lectern::ui
