#include "tests/ui/support/screenshot.h"

#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QHeaderView>
#include <QLabel>
#include <QTabBar>
#include <QTextDocument>
#include <QToolButton>
#include <QtTest>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

bool isCut(const QLabel& label) {
    if (label.text().isEmpty() || !label.pixmap(Qt::ReturnByValue).isNull() ||
        label.sizePolicy().horizontalPolicy() == QSizePolicy::Ignored) {
        return false;
    }
    return label.wordWrap() ? label.heightForWidth(label.width()) > label.height() + 1
                            : label.sizeHint().width() > label.width() + 1;
}

bool isCut(const QAbstractButton& button) {
    const auto* tool = qobject_cast<const QToolButton*>(&button);
    const bool textless =
        button.text().isEmpty() || (tool != nullptr && tool->toolButtonStyle() == Qt::ToolButtonIconOnly);
    return !textless && button.sizeHint().width() > button.width() + 1;
}

QStringList cutTabs(const QTabBar& bar) {
    QStringList cut;
    for (int i = 0; i < bar.count(); ++i) {
        const QRect tab = bar.tabRect(i);
        const bool upright = tab.height() > tab.width();
        if (bar.isTabVisible(i) &&
            bar.fontMetrics().horizontalAdvance(bar.tabText(i)) > (upright ? tab.height() : tab.width())) {
            cut << bar.tabText(i);
        }
    }
    return cut;
}

QStringList cutSections(const QHeaderView& header) {
    QStringList cut;
    for (int i = 0; header.model() != nullptr && i < header.count(); ++i) {
        const QString text = header.model()->headerData(i, header.orientation()).toString();
        if (!header.isSectionHidden(i) && header.orientation() == Qt::Horizontal &&
            header.fontMetrics().horizontalAdvance(text) > header.sectionSize(i)) {
            cut << text;
        }
    }
    return cut;
}

}  // namespace

QStringList clippedTexts(const QWidget& root) {
    QStringList cut;
    for (const QWidget* widget : root.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty()) {
            continue;
        }
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            cut << (isCut(*label) ? QStringList(label->text()) : QStringList());
        } else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
            cut << (isCut(*button) ? QStringList(button->text()) : QStringList());
        } else if (const auto* box = qobject_cast<const QComboBox*>(widget)) {
            const int room = box->width() - box->height() - (box->itemIcon(box->currentIndex()).isNull() ? 0 : 20);
            cut << (box->fontMetrics().horizontalAdvance(box->currentText()) > room ? QStringList(box->currentText())
                                                                                    : QStringList());
        } else if (const auto* bar = qobject_cast<const QTabBar*>(widget)) {
            cut << cutTabs(*bar);
        } else if (const auto* header = qobject_cast<const QHeaderView*>(widget)) {
            cut << cutSections(*header);
        }
    }
    return cut;
}

void shoot(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("LECTERN_SCREENSHOTS");
    if (folder.isEmpty()) {
        return;
    }
    QDir().mkpath(folder);
    for (const QString& text : clippedTexts(widget)) {
        qWarning("%s: cut off: %s", qPrintable(name), qPrintable(text.simplified().left(120)));
    }
    const double ratio = widget.devicePixelRatioF();
    const QString scale = ratio == 1 ? QString() : QStringLiteral("-%1x").arg(ratio);
    for (const auto& [choice, word] : {std::pair{ThemeChoice::Dark, "dark"}, std::pair{ThemeChoice::Light, "light"}}) {
        applyTheme(*qApp, choice);
        QTest::qWait(30);
        // Quickly written rather than small.
        constexpr int kPngQuality = 85;
        widget.grab().save(QStringLiteral("%1/%2-%3%4.png").arg(folder, name, QLatin1String(word), scale), "PNG",
                           kPngQuality);
    }
}

}  // namespace lectern::ui
