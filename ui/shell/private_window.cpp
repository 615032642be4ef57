#include "ui/shell/private_window.h"

#include <QApplication>

#include "ui/documents/open_documents.h"
#include "ui/main_window.h"

namespace lectern::ui {

MainWindow* openPrivately(Services& services, const QString& path, const QString& password) {
    Services* own = Services::inMemory(services).release();
    auto* window = new MainWindow(*own);
    window->setAttribute(Qt::WA_DeleteOnClose);
    // The window is gone entirely when this comes: its parts use the services until then.
    QObject::connect(
        window, &QObject::destroyed, qApp, [own] { delete own; }, Qt::QueuedConnection);
    window->show();
    window->documents()->open(path, password);
    return window;
}

}  // namespace lectern::ui
