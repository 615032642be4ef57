#pragma once
// Every action of the window, and the menus that hold them. What they do is connected elsewhere.

#include <QAction>
#include <QMenuBar>
#include <QObject>

namespace lectern::ui {

class AttentionPanel;

/// Names are object names too ("file.open"): shortcuts are stored under them.
struct MainActions {
    explicit MainActions(QWidget* window);

    QAction *open, *check, *openFolder, *openSample, *newWindow, *closeTab, *quit;
    QAction *print, *undo, *redo, *bookmark, *highlight, *underline, *note;
    QAction *copy, *find, *findNext, *findPrevious, *settings;
    QAction *models, *tune, *evaluate;
    QAction *zoomIn, *zoomOut, *actualSize, *fitWidth, *fitPage;
    QAction *continuous, *single, *facing, *rotateLeft, *rotateRight, *darkPages, *fullScreen, *palette, *reader;
    QAction *back, *forward, *goToPage, *firstPage, *previousPage, *nextPage, *lastPage, *startPage, *nextLink,
        *previousLink;
    QAction *question, *read, *pause, *stop, *newConversation, *nextCitation, *previousCitation, *regenerate, *verify,
        *coverage, *editQuestion, *exportConversation, *searchAnswers, *inspectContext, *askTogether;
    QAction *about, *shortcuts, *tour;

    /// All of them, for a command palette and the shortcut editor.
    QList<QAction*> all() const { return m_all; }

  private:
    QAction* add(const char* name, const QString& text, const QString& iconName, const QKeySequence& shortcut,
                 const QString& tip = {});
    QAction* addChoice(const char* name, const QString& text, const QString& iconName, QActionGroup* group);

    QWidget* m_window;
    QList<QAction*> m_all;
};

}  // namespace lectern::ui
