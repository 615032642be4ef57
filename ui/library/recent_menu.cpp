#include "ui/library/recent_menu.h"

#include <QCoreApplication>
#include <algorithm>

namespace lectern::ui {
namespace {

constexpr int kRecentDocuments = 12;

}  // namespace

void keepRecentMenu(QMenu* menu, const LibraryModel* library, std::function<void(const QString& path)> open) {
    QObject::connect(menu, &QMenu::aboutToShow, menu, [menu, library, open = std::move(open)] {
        menu->clear();
        for (int row = 0; row < std::min(library->rowCount(), kRecentDocuments); ++row) {
            const QModelIndex index = library->index(row, LibraryModel::Title);
            const QString path = index.data(LibraryModel::PathRole).toString();
            QAction* action = menu->addAction(index.data().toString().replace(QLatin1Char('&'), QStringLiteral("&&")));
            action->setToolTip(path);
            QObject::connect(action, &QAction::triggered, menu, [open, path] { open(path); });
        }
        if (menu->isEmpty()) {
            menu->addAction(QCoreApplication::translate("RecentMenu", "Nothing yet"))->setEnabled(false);
        }
    });
}

}  // namespace lectern::ui
