#include "ui/shell/menus.h"

#include <QCoreApplication>

namespace lectern::ui {
namespace {

QString say(const char* text) {
    return QCoreApplication::translate("Menus", text);
}

/// A null entry is a separator.
void fill(QMenu* menu, std::initializer_list<QAction*> actions) {
    for (QAction* action : actions) {
        action == nullptr ? static_cast<void>(menu->addSeparator()) : menu->addAction(action);
    }
}

}  // namespace

Menus buildMenus(QMenuBar* bar, const MainActions& a) {
    Menus menus;
    menus.file = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&File")));
    fill(menus.file, {a.open, a.check, a.openFolder, a.openSample});
    menus.recent = menus.file->addMenu(say(QT_TRANSLATE_NOOP("Menus", "Open &recent")));
    fill(menus.file, {nullptr, a.newWindow, nullptr, a.print, nullptr, a.closeTab, a.quit});
    menus.edit = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&Edit")));
    fill(menus.edit, {a.undo, a.redo, nullptr, a.bookmark, a.highlight, a.underline, a.note, nullptr, a.copy, nullptr,
                      a.find, a.findNext, a.findPrevious, nullptr, a.settings});
    menus.view = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&View")));
    fill(menus.view, {a.zoomIn, a.zoomOut, a.actualSize, a.fitWidth, a.fitPage, nullptr, a.continuous, a.single,
                      a.facing, a.rotateLeft, a.rotateRight, a.darkPages, nullptr});
    menus.panels = menus.view->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&Panels")));
    fill(menus.view, {nullptr, a.palette, a.fullScreen});
    menus.go = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&Go")));
    fill(menus.go, {a.back, a.forward, nullptr, a.goToPage, a.firstPage, a.previousPage, a.nextPage, a.lastPage,
                    nullptr, a.nextLink, a.previousLink, nullptr, a.startPage, a.reader});
    menus.ask = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&Ask")));
    fill(menus.ask, {a.question, a.read, a.pause, a.stop, nullptr, a.verify, a.coverage, a.editQuestion, a.regenerate,
                     a.newConversation, a.askTogether, a.inspectContext, a.exportConversation, a.searchAnswers, nullptr,
                     a.nextCitation, a.previousCitation});
    menus.attention = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "A&ttention")));
    menus.model = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&Model")));
    fill(menus.model, {a.models, a.tune, a.evaluate});
    menus.help = bar->addMenu(say(QT_TRANSLATE_NOOP("Menus", "&Help")));
    fill(menus.help, {a.tour, a.shortcuts, a.about});
    return menus;
}

}  // namespace lectern::ui
