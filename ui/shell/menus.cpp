#include "ui/shell/menus.h"

#include <QCoreApplication>

namespace lectern::ui {
namespace {

QString tr(const char* text) {
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
    menus.file = bar->addMenu(tr("&File"));
    fill(menus.file, {a.open, a.check, a.openFolder, a.openSample});
    menus.recent = menus.file->addMenu(tr("Open &recent"));
    fill(menus.file, {nullptr, a.newWindow, nullptr, a.print, nullptr, a.closeTab, a.quit});
    menus.edit = bar->addMenu(tr("&Edit"));
    fill(menus.edit, {a.undo, a.redo, nullptr, a.bookmark, a.highlight, a.underline, a.note, nullptr, a.copy, nullptr,
                      a.find, a.findNext, a.findPrevious, nullptr, a.settings});
    menus.view = bar->addMenu(tr("&View"));
    fill(menus.view, {a.zoomIn, a.zoomOut, a.actualSize, a.fitWidth, a.fitPage, nullptr, a.continuous, a.single,
                      a.facing, a.rotateLeft, a.rotateRight, a.darkPages, nullptr});
    menus.panels = menus.view->addMenu(tr("&Panels"));
    fill(menus.view, {nullptr, a.palette, a.fullScreen});
    menus.go = bar->addMenu(tr("&Go"));
    fill(menus.go, {a.back, a.forward, nullptr, a.goToPage, a.firstPage, a.previousPage, a.nextPage, a.lastPage,
                    nullptr, a.startPage, a.reader});
    menus.ask = bar->addMenu(tr("&Ask"));
    fill(menus.ask, {a.question, a.read, a.stop, nullptr, a.verify, a.coverage, a.editQuestion, a.regenerate,
                     a.newConversation, a.askTogether, a.inspectContext, a.exportConversation, a.searchAnswers, nullptr,
                     a.nextCitation, a.previousCitation});
    menus.attention = bar->addMenu(tr("A&ttention"));
    menus.model = bar->addMenu(tr("&Model"));
    fill(menus.model, {a.models, a.tune, a.evaluate});
    menus.help = bar->addMenu(tr("&Help"));
    fill(menus.help, {a.tour, a.shortcuts, a.about});
    return menus;
}

}  // namespace lectern::ui
