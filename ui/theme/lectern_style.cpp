#include "ui/theme/lectern_style.h"

#include <QAbstractItemView>
#include <QFrame>
#include <QPainter>
#include <QStyleOption>
#include <algorithm>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

/// Fusion's own outline is darker than a dark window and cannot be seen there.
void drawIndicator(bool round, const QStyleOption& option, QPainter& painter) {
    const bool enabled = option.state.testFlag(QStyle::State_Enabled);
    const bool on = option.state.testFlag(QStyle::State_On);
    const bool partly = option.state.testFlag(QStyle::State_NoChange);
    const QPalette& palette = option.palette;
    const QColor accent = palette.color(QPalette::Highlight);
    const bool filled = (on || partly) && enabled;
    QColor outline = mixed(palette.color(QPalette::Window), palette.color(QPalette::WindowText), enabled ? 0.5 : 0.25);
    if (filled || option.state.testFlag(QStyle::State_HasFocus) || option.state.testFlag(QStyle::State_MouseOver)) {
        outline = accent;
    }
    if (filled && option.state.testFlag(QStyle::State_Selected)) {
        outline = palette.color(QPalette::HighlightedText);  // on a chosen row the accent is the ground
    }
    const double side = std::min(option.rect.width(), option.rect.height()) - 1.0;
    const QRectF box(option.rect.center().x() - side / 2 + 0.5, option.rect.center().y() - side / 2 + 0.5, side, side);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(outline, 1.2));
    painter.setBrush(filled ? accent : palette.color(QPalette::Base));
    round ? painter.drawEllipse(box) : painter.drawRoundedRect(box, 2.5, 2.5);
    const QColor mark =
        filled ? palette.color(QPalette::HighlightedText) : palette.color(QPalette::Disabled, QPalette::Text);
    if (round && on) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(mark);
        painter.drawEllipse(box.adjusted(side * 0.3, side * 0.3, -side * 0.3, -side * 0.3));
    } else if (partly) {
        painter.setPen(QPen(mark, 2));
        painter.drawLine(QPointF(box.left() + side * 0.25, box.center().y()),
                         QPointF(box.right() - side * 0.25, box.center().y()));
    } else if (on) {
        painter.setPen(QPen(mark, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        const auto at = [&](double x, double y) { return QPointF(box.left() + x * side, box.top() + y * side); };
        const QPointF tick[] = {at(0.24, 0.52), at(0.43, 0.71), at(0.77, 0.31)};
        painter.setBrush(Qt::NoBrush);
        painter.drawPolyline(tick, 3);
    }
    painter.restore();
}

}  // namespace

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
        case PM_FocusFrameHMargin:
            return 4;  // beside the texts of lists and tables: a number and the next column's words touch else
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
        case SH_DialogButtonBox_ButtonsHaveIcons:
            return 0;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

QSize LecternStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                     const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    if (type == CT_ItemViewItem) {
        result.setHeight(result.height() + 4);
    } else if (type == CT_PushButton) {
        result.setWidth(result.width() + kSpacing);
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
    const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option);
    if (element == CE_ComboBoxLabel && box != nullptr && !box->editable) {
        // Fusion cuts a long text off in the middle of a letter.
        QStyleOptionComboBox shown(*box);
        const QRect field = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget);
        const int room = field.width() - (box->currentIcon.isNull() ? 0 : box->iconSize.width() + 4) - 2;
        shown.currentText = box->fontMetrics.elidedText(box->currentText, Qt::ElideRight, room);
        QProxyStyle::drawControl(element, &shown, painter, widget);
        return;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void LecternStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                 const QWidget* widget) const {
    if (element == PE_IndicatorDockWidgetResizeHandle || element == PE_FrameStatusBarItem) {
        return;
    }
    if (element == PE_Frame && qobject_cast<const QFrame*>(widget) != nullptr) {
        // Filled: at a scale between whole numbers a drawn line falls between pixels and is clipped at two sides.
        const QRect frame = option->rect;
        const QColor line = tone(option->palette, Tone::Line);
        for (const QRect& side :
             {QRect(frame.left(), frame.top(), frame.width(), 1), QRect(frame.left(), frame.bottom(), frame.width(), 1),
              QRect(frame.left(), frame.top(), 1, frame.height()),
              QRect(frame.right(), frame.top(), 1, frame.height())}) {
            painter->fillRect(side, line);
        }
        return;
    }
    if (element == PE_IndicatorTabClose) {
        const bool pointed = option->state.testFlag(State_MouseOver) && option->state.testFlag(State_Enabled);
        if (pointed) {
            painter->save();
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(
                mixed(option->palette.color(QPalette::Window), option->palette.color(QPalette::WindowText), 0.15));
            painter->drawRoundedRect(option->rect, 3, 3);
            painter->restore();
        }
        icon(QStringLiteral("close")).paint(painter, option->rect.adjusted(2, 2, -2, -2));
        return;
    }
    if (element == PE_IndicatorCheckBox || element == PE_IndicatorRadioButton) {
        drawIndicator(element == PE_IndicatorRadioButton, *option, *painter);
        return;
    }
    QProxyStyle::drawPrimitive(element, option, painter, widget);
}

QIcon LecternStyle::standardIcon(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const {
    switch (standard) {
        case SP_TitleBarCloseButton:
        case SP_DockWidgetCloseButton:
            return icon(QStringLiteral("close"));
        case SP_ToolBarHorizontalExtensionButton:
            return icon(QStringLiteral("chevron-right"));
        case SP_ToolBarVerticalExtensionButton:
            return icon(QStringLiteral("chevron-down"));
        case SP_TitleBarNormalButton:
            return icon(QStringLiteral("facing-pages"));
        default:
            return QProxyStyle::standardIcon(standard, option, widget);
    }
}

}  // namespace lectern::ui
