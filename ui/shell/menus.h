#pragma once
// The menu bar: every action of the window stands in it.

#include <QList>
#include <QMenu>

#include "ui/shell/main_actions.h"

namespace lectern::ui {

struct Menus {
    QMenu* file = nullptr;
    QMenu* recent = nullptr;  ///< inside File
    QMenu* edit = nullptr;
    QMenu* view = nullptr;
    QMenu* panels = nullptr;  ///< inside View; the docks
    QMenu* go = nullptr;
    QMenu* ask = nullptr;
    QMenu* attention = nullptr;
    QMenu* model = nullptr;
    QMenu* help = nullptr;
};

Menus buildMenus(QMenuBar* bar, const MainActions& actions);

}  // namespace lectern::ui
