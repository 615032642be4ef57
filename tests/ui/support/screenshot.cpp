#include "tests/ui/support/screenshot.h"

#include <QApplication>
#include <QDir>
#include <QWidget>
#include <QtTest>

#include "ui/theme/theme.h"

namespace lectern::ui {

void shoot(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("LECTERN_SCREENSHOTS");
    if (folder.isEmpty()) {
        return;
    }
    QDir().mkpath(folder);
    const double ratio = widget.devicePixelRatioF();
    const QString scale = ratio == 1 ? QString() : QStringLiteral("-%1x").arg(ratio);
    for (const auto& [choice, word] : {std::pair{ThemeChoice::Dark, "dark"}, std::pair{ThemeChoice::Light, "light"}}) {
        applyTheme(*qApp, choice);
        QTest::qWait(30);
        widget.grab().save(QStringLiteral("%1/%2-%3%4.png").arg(folder, name, QLatin1String(word), scale));
    }
}

}  // namespace lectern::ui
