#include "ui/theme/lectern_style.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QStyleOption>

#include "ui/theme/theme.h"

namespace lectern::ui {

int LecternStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_DockWidgetSeparatorExtent:
        case PM_SplitterWidth:
            return 5;
        case PM_DockWidgetTitleMargin:
            return kSpacing;
        case PM_ToolBarItemSpacing:
            return 2;
        case PM_ToolBarItemMargin:
            return 3;
        case PM_SmallIconSize:
        case PM_ToolBarIconSize:
        case PM_ButtonIconSize:
            return 18;
        case PM_ScrollBarExtent:
            return 13;
        case PM_DefaultFrameWidth:
            return 1;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int LecternStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                            QStyleHintReturn* returnData) const {
    switch (hint) {
        case SH_ToolTip_WakeUpDelay:
            return 350;
        case SH_ItemView_ShowDecorationSelected:
            return 1;
        case SH_UnderlineShortcut:
            return 1;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize LecternStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                     const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ItemViewItem) {
        result.setHeight(result.height() + 4);
    } else if (type == CT_MenuItem) {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item != nullptr && item->menuItemType != QStyleOptionMenuItem::Separator) {
            result.setHeight(result.height() + 3);
        }
    }
    return result;
}

void LecternStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                               const QWidget* widget) const {
    if (element == CE_Splitter || element == CE_ToolBar) {
        painter->fillRect(option->rect, option->palette.window());
        return;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void LecternStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                 const QWidget* widget) const {
    if (element == PE_IndicatorDockWidgetResizeHandle || element == PE_FrameStatusBarItem) {
        return;
    }
    if (element == PE_Frame && qobject_cast<const QAbstractScrollArea*>(widget) != nullptr) {
        painter->save();
        painter->setPen(tone(option->palette, Tone::Line));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        painter->restore();
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

}  // namespace lectern::ui
