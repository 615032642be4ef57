#include "ui/shell/main_actions.h"

#include <QActionGroup>
#include <QCoreApplication>

#include "ui/theme/icons.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("MainActions", text);
}

}  // namespace

QAction* MainActions::add(const char* name, const QString& text, const QString& iconName, const QKeySequence& shortcut,
                          const QString& tip) {
    auto* action = new QAction(text, m_window);
    action->setObjectName(QLatin1String(name));
    if (!iconName.isEmpty()) {
        action->setIcon(icon(iconName));
    }
    action->setShortcut(shortcut);
    action->setToolTip(tip.isEmpty() ? withoutMnemonic(text) : tip);
    action->setStatusTip(tip);
    m_window->addAction(action);
    m_all.push_back(action);
    return action;
}

QAction* MainActions::addChoice(const char* name, const QString& text, const QString& iconName, QActionGroup* group) {
    QAction* action = add(name, text, iconName, {});
    action->setCheckable(true);
    group->addAction(action);
    return action;
}

MainActions::MainActions(QWidget* window) : m_window(window) {
    const auto key = [](const char* text) { return QKeySequence(QString::fromLatin1(text)); };
    open = add("file.open", tr("&Open\xe2\x80\xa6"), QStringLiteral("open"), QKeySequence::Open);
    check = add("file.check", tr("&Check before opening\xe2\x80\xa6"), QStringLiteral("information"), {},
                tr("Tokens, fit, time and disk of documents before they are opened; text of scans can be recognised"));
    openFolder = add("file.open_folder", tr("Open &folder\xe2\x80\xa6"), QStringLiteral("folder"), key("Ctrl+Shift+O"),
                     tr("Open a folder of source files as one document"));
    openSample = add("file.sample", tr("Open the &sample document"), QStringLiteral("document"), {});
    newWindow = add("file.new_window", tr("&New window"), {}, QKeySequence::New);
    closeTab = add("file.close", tr("&Close document"), QStringLiteral("close"), QKeySequence::Close);
    quit = add("file.quit", tr("&Quit"), {}, QKeySequence::Quit);
    quit->setMenuRole(QAction::QuitRole);

    print = add("file.print", tr("&Print\xe2\x80\xa6"), QStringLiteral("print"), QKeySequence::Print);
    undo = add("edit.undo", tr("&Undo"), QStringLiteral("undo"), QKeySequence::Undo);
    redo = add("edit.redo", tr("&Redo"), QStringLiteral("redo"), QKeySequence::Redo);
    bookmark = add("edit.bookmark", tr("&Bookmark this page"), QStringLiteral("bookmark"), key("Ctrl+D"));
    bookmark->setCheckable(true);
    highlight = add("edit.highlight", tr("&Highlight selection"), QStringLiteral("highlight"), key("Ctrl+H"));
    underline = add("edit.underline", tr("Underline &selection"), {}, key("Ctrl+Shift+U"));
    note = add("edit.note", tr("Add a &note to the selection"), QStringLiteral("note"), key("Ctrl+Shift+M"));
    copy = add("edit.copy", tr("&Copy"), QStringLiteral("copy"), QKeySequence::Copy);
    find = add("edit.find", tr("&Find\xe2\x80\xa6"), QStringLiteral("search"), QKeySequence::Find);
    findNext = add("edit.find_next", tr("Find &next"), {}, QKeySequence::FindNext);
    findPrevious = add("edit.find_previous", tr("Find &previous"), {}, QKeySequence::FindPrevious);
    settings = add("edit.settings", tr("&Settings\xe2\x80\xa6"), QStringLiteral("settings"), key("Ctrl+,"));
    settings->setMenuRole(QAction::PreferencesRole);

    zoomIn = add("view.zoom_in", tr("Zoom &in"), QStringLiteral("zoom-in"), QKeySequence::ZoomIn);
    zoomOut = add("view.zoom_out", tr("Zoom &out"), QStringLiteral("zoom-out"), QKeySequence::ZoomOut);
    actualSize = add("view.actual_size", tr("&Actual size"), {}, key("Ctrl+0"));
    fitWidth = add("view.fit_width", tr("Fit &width"), QStringLiteral("fit-width"), key("Ctrl+1"));
    fitPage = add("view.fit_page", tr("Fit &page"), QStringLiteral("fit-page"), key("Ctrl+2"));
    auto* flow = new QActionGroup(window);
    continuous = addChoice("view.continuous", tr("&Continuous"), QStringLiteral("continuous"), flow);
    single = addChoice("view.single", tr("&Single page"), QStringLiteral("single-page"), flow);
    facing = addChoice("view.facing", tr("&Facing pages"), QStringLiteral("facing-pages"), flow);
    continuous->setChecked(true);
    rotateLeft = add("view.rotate_left", tr("Rotate &left"), {}, key("Ctrl+Shift+-"));
    rotateRight = add("view.rotate_right", tr("Rotate &right"), QStringLiteral("rotate"), key("Ctrl+Shift++"));
    darkPages = add("view.dark_pages", tr("&Dark pages"), QStringLiteral("dark"), key("Ctrl+Shift+D"),
                    tr("Invert the lightness of pages; pictures keep their colours"));
    darkPages->setCheckable(true);
    fullScreen = add("view.full_screen", tr("F&ull screen"), {}, QKeySequence(Qt::Key_F11));
    fullScreen->setCheckable(true);
    reader = add("panel.reader", tr("Go to the document"), {}, QKeySequence(Qt::Key_F6));
    palette = add("view.palette", tr("&Command palette\xe2\x80\xa6"), QStringLiteral("command"), key("Ctrl+Shift+P"));

    back = add("go.back", tr("&Back"), QStringLiteral("back"), QKeySequence::Back, tr("Back to where you were"));
    forward = add("go.forward", tr("&Forward"), QStringLiteral("forward"), QKeySequence::Forward,
                  tr("Forward to where you had been"));
    goToPage = add("go.page", tr("&Go to page\xe2\x80\xa6"), QStringLiteral("go-to-page"), key("Ctrl+G"));
    firstPage = add("go.first", tr("F&irst page"), {}, key("Ctrl+Home"));
    previousPage = add("go.previous", tr("&Previous page"), QStringLiteral("previous-page"), key("Ctrl+PgUp"));
    nextPage = add("go.next", tr("&Next page"), QStringLiteral("next-page"), key("Ctrl+PgDown"));
    lastPage = add("go.last", tr("&Last page"), {}, key("Ctrl+End"));
    startPage = add("go.start", tr("&Start page"), QStringLiteral("home"), key("Alt+Home"));
    nextLink = add("go.next_link", tr("Next lin&k"), QStringLiteral("link"), key("Ctrl+K"),
                   tr("To the next link in sight (also Tab in the document); Enter follows it"));
    previousLink = add("go.previous_link", tr("Pre&vious link"), {}, key("Ctrl+Shift+K"));

    question = add("ask.question", tr("&Ask a question"), QStringLiteral("ask"), key("Ctrl+L"));
    read = add("ask.read", tr("&Read document"), QStringLiteral("play"), key("Ctrl+R"),
               tr("Let the model read the whole document, so that it can be asked about"));
    pause = add("ask.pause", tr("&Pause reading"), QStringLiteral("pause"), key("Ctrl+Shift+."),
                tr("Keep what has been read; it goes on from there, also another day"));
    stop = add("ask.stop", tr("S&top"), QStringLiteral("stop"), key("Ctrl+."),
               tr("Stop the answer, or the reading of the document"));
    newConversation = add("ask.new", tr("&New conversation"), QStringLiteral("add"), key("Ctrl+Shift+N"));
    regenerate = add("ask.regenerate", tr("Answer a&gain"), QStringLiteral("regenerate"), key("Ctrl+Shift+R"),
                     tr("Answer the last question again; both answers are kept"));
    nextCitation = add("ask.next_citation", tr("Ne&xt citation"), QStringLiteral("chevron-down"), key("N"));
    previousCitation =
        add("ask.previous_citation", tr("Pre&vious citation"), QStringLiteral("chevron-up"), key("Shift+N"));

    verify = add("ask.verify", tr("&Verify answer"), QStringLiteral("verified"), key("Ctrl+Shift+V"),
                 tr("Score each sentence of the last answer with and without the passages it was read from"));
    coverage = add("ask.coverage", tr("What was not &looked at"), QStringLiteral("eye-off"), {},
                   tr("Show which parts of the document the last answer never looked at"));
    editQuestion = add("ask.edit", tr("&Edit question"), QStringLiteral("edit"), key("Ctrl+Shift+E"),
                       tr("Put the last question back into the field, to ask it in other words"));
    askTogether = add("ask.together", tr("Ask &together with\xe2\x80\xa6"), QStringLiteral("library"), {},
                      tr("Put other documents of the library into the same context"));
    inspectContext = add("ask.context", tr("What is in the &context"), QStringLiteral("information"),
                         key("Ctrl+Shift+I"), tr("Show what the model holds, page by page, and what is free"));
    exportConversation = add("ask.export", tr("E&xport conversation\xe2\x80\xa6"), QStringLiteral("export"),
                             key("Ctrl+Shift+S"), tr("Write the conversation with its page references to a file"));
    searchAnswers = add("ask.search", tr("Search &past answers\xe2\x80\xa6"), QStringLiteral("search"),
                        key("Ctrl+Shift+F"), tr("Find words in all questions and answers"));

    models = add("model.models", tr("&Models\xe2\x80\xa6"), QStringLiteral("models"), key("Ctrl+M"),
                 tr("Choose the model that answers, and an adapter"));
    tune = add("model.tune", tr("&Tune a model\xe2\x80\xa6"), QStringLiteral("tune"), key("Ctrl+Shift+T"),
               tr("Train an adapter on texts or on the open document"));
    evaluate = add("model.evaluate", tr("&Evaluation\xe2\x80\xa6"), QStringLiteral("table"), {},
                   tr("Measure how well facts are found, and perplexity"));

    shortcuts = add("help.shortcuts", tr("&Keyboard shortcuts"), {}, QKeySequence::HelpContents);
    tour = add("help.tour", tr("&Tour in three steps"), QStringLiteral("play"), {});
    about = add("help.about", tr("&About Lectern"), QStringLiteral("information"), {});
    about->setMenuRole(QAction::AboutRole);
}

}  // namespace lectern::ui
