#include "ui/theme/widgets.h"

#include <QRegularExpression>

#include "ui/theme/icons.h"

namespace lectern::ui {

QToolButton* toolButton(const QString& iconName, const QString& tip) {
    auto* button = new QToolButton;
    button->setAutoRaise(true);
    button->setIcon(icon(iconName));
    button->setToolTip(tip);
    button->setAccessibleName(tip);
    return button;
}

QLabel* emptyLabel(int margin) {
    auto* label = new QLabel;
    label->setAlignment(Qt::AlignCenter);
    label->setWordWrap(true);
    label->setMargin(margin);
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QString withoutMnemonic(QString text) {
    static const QRegularExpression apart(QStringLiteral("\\s*\\(&[^&]\\)"));
    static const QRegularExpression within(QStringLiteral("&(.)"));
    return text.remove(apart).replace(within, QStringLiteral("\\1"));
}

}  // namespace lectern::ui
