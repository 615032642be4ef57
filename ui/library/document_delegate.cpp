#include "ui/library/document_delegate.h"

#include <QApplication>
#include <QPainter>
#include <QPainterPath>

#include "ui/library/library_model.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kIconSize = 18;
constexpr int kMarkSize = 9;

QColor stateColor(const QPalette& palette, ShelfState state) {
    switch (state) {
        case ShelfState::Ready:
            return tone(palette, Tone::Verified);
        case ShelfState::NeedsPrefill:
        case ShelfState::Unfinished:
            return tone(palette, Tone::Muted);
        case ShelfState::BeingRead:
            return tone(palette, Tone::Accent);
        case ShelfState::Missing:
            return tone(palette, Tone::Error);
    }
    return tone(palette, Tone::Muted);
}

/// The parts of `detail` that fit, from the first on: a number is not cut in the middle.
QString fitting(const QString& detail, const QFontMetrics& metrics, int width) {
    const QString dot = QStringLiteral(" · ");
    QStringList parts = detail.split(dot);
    while (!parts.isEmpty() && metrics.horizontalAdvance(parts.join(dot)) > width) {
        parts.removeLast();
    }
    return parts.join(dot);
}

/// Filled circle: ready. Ring: needs prefill. Half circle: in part. Pie: being read. Cross: missing.
void drawMark(QPainter& painter, const QRectF& box, ShelfState state, double progress, const QColor& color) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, 1.4));
    const QRectF ring = box.adjusted(0.7, 0.7, -0.7, -0.7);
    switch (state) {
        case ShelfState::Ready:
            painter.setBrush(color);
            painter.drawEllipse(ring);
            break;
        case ShelfState::NeedsPrefill:
            painter.drawEllipse(ring);
            break;
        case ShelfState::Unfinished:
        case ShelfState::BeingRead: {
            painter.drawEllipse(ring);
            painter.setBrush(color);
            const double share = state == ShelfState::Unfinished ? 0.5 : std::clamp(progress, 0.04, 1.0);
            painter.drawPie(ring, 90 * 16, -static_cast<int>(share * 360 * 16));
            break;
        }
        case ShelfState::Missing:
            painter.drawLine(ring.topLeft(), ring.bottomRight());
            painter.drawLine(ring.topRight(), ring.bottomLeft());
            break;
    }
    painter.restore();
}

}  // namespace

QSize DocumentDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
    return {120, 2 * option.fontMetrics.height() + 3 * kSpacing};
}

void DocumentDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem frame = option;
    initStyleOption(&frame, index);
    frame.text.clear();
    frame.icon = {};
    const QWidget* widget = option.widget;
    QStyle* style = widget != nullptr ? widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &frame, painter, widget);

    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const auto state = static_cast<ShelfState>(index.data(LibraryModel::StateRole).toInt());
    const QRect area = option.rect.adjusted(2 * kSpacing, kSpacing, -kSpacing, -kSpacing);
    const int lineHeight = option.fontMetrics.height();
    const QColor text = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    const QColor quiet = selected ? text : tone(option.palette, Tone::Muted);

    const QRect iconBox(area.left(), area.top() + (lineHeight - kIconSize) / 2, kIconSize, kIconSize);
    const QIcon kind = index.data(Qt::DecorationRole).value<QIcon>();
    kind.paint(painter, iconBox, Qt::AlignCenter, selected ? QIcon::Selected : QIcon::Normal);

    const int left = iconBox.right() + kSpacing + 2;
    const QRect titleBox(left, area.top(), area.right() - left, lineHeight);
    painter->setPen(state == ShelfState::Missing && !selected ? quiet : text);
    const QString title = index.data(Qt::DisplayRole).toString();
    painter->drawText(titleBox, Qt::AlignVCenter | Qt::AlignLeft,
                      option.fontMetrics.elidedText(title, Qt::ElideMiddle, titleBox.width()));

    const QRect secondLine(left, area.top() + lineHeight + kSpacing, area.right() - left, lineHeight);
    const QColor color = selected ? text : stateColor(option.palette, state);
    const QRectF mark(secondLine.left(), secondLine.center().y() - kMarkSize / 2.0 + 1, kMarkSize, kMarkSize);
    drawMark(*painter, mark, state, index.data(LibraryModel::ProgressRole).toDouble(), color);
    QString word = shelfStateText(state);
    if (state == ShelfState::BeingRead) {
        word += QStringLiteral(" %1%").arg(qRound(100 * index.data(LibraryModel::ProgressRole).toDouble()));
    }
    painter->setPen(color);
    const QRect wordBox = secondLine.adjusted(kMarkSize + kSpacing, 0, 0, 0);
    painter->drawText(wordBox, Qt::AlignVCenter | Qt::AlignLeft, word);
    const int after = option.fontMetrics.horizontalAdvance(word) + kSpacing + kSpacing / 2;
    const QRect detailBox = wordBox.adjusted(after, 0, 0, 0);
    painter->setPen(quiet);
    painter->drawText(detailBox, Qt::AlignVCenter | Qt::AlignLeft,
                      fitting(index.data(LibraryModel::DetailRole).toString(), option.fontMetrics, detailBox.width()));
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        QStyleOptionFocusRect focus;
        focus.QStyleOption::operator=(option);
        focus.backgroundColor = option.palette.color(selected ? QPalette::Highlight : QPalette::Base);
        style->drawPrimitive(QStyle::PE_FrameFocusRect, &focus, painter, widget);
    }
}

}  // namespace lectern::ui
