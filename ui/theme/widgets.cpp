#include "ui/theme/widgets.h"

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

}  // namespace lectern::ui
