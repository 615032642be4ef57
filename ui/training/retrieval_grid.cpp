#include "ui/training/retrieval_grid.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"
#include "ui/training/line_plot.h"

namespace lectern::ui {

void RetrievalTable::setCells(const std::vector<app::RetrievalCell>& cells) {
    beginResetModel();
    m_cells = cells;
    m_contexts.clear();
    m_depths.clear();
    for (const app::RetrievalCell& cell : cells) {
        m_contexts.push_back(cell.contextTokens);
        m_depths.push_back(cell.depth);
    }
    const auto unique = [](auto& values) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
    };
    unique(m_contexts);
    unique(m_depths);
    endResetModel();
}

const app::RetrievalCell* RetrievalTable::cellAt(int row, int column) const {
    const auto found = std::find_if(m_cells.begin(), m_cells.end(), [&](const app::RetrievalCell& cell) {
        return cell.depth == m_depths[static_cast<size_t>(row)] &&
               cell.contextTokens == m_contexts[static_cast<size_t>(column)];
    });
    return found == m_cells.end() ? nullptr : &*found;
}

int RetrievalTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_depths.size());
}

int RetrievalTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_contexts.size());
}

QVariant RetrievalTable::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const app::RetrievalCell* cell = cellAt(index.row(), index.column());
    if (role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignCenter);
    }
    if (cell == nullptr || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) {
        return {};
    }
    return tr("%1 of %2").arg(cell->correct).arg(cell->trials);
}

QVariant RetrievalTable::headerData(int section, Qt::Orientation orientation, int role) const {
    const int sections = orientation == Qt::Horizontal ? columnCount() : rowCount();
    if (role != Qt::DisplayRole || section < 0 || section >= sections) {
        return {};
    }
    return orientation == Qt::Horizontal ? tr("%1 tokens").arg(numberText(m_contexts[static_cast<size_t>(section)]))
                                         : tr("depth %1%").arg(qRound(100 * m_depths[static_cast<size_t>(section)]));
}

RetrievalGrid::RetrievalGrid(RetrievalTable* table, QWidget* parent) : QWidget(parent), m_table(table) {
    setAccessibleName(tr("Facts found, by context length and depth"));
    setAccessibleDescription(tr("The table beside it holds the same numbers."));
    connect(table, &QAbstractItemModel::modelReset, this, qOverload<>(&QWidget::update));
}

void RetrievalGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    const int rows = m_table->rowCount(), columns = m_table->columnCount();
    if (rows == 0) {
        painter.setPen(tone(palette(), Tone::Muted));
        painter.drawText(rect(), Qt::AlignCenter, tr("Nothing measured yet"));
        return;
    }
    const int line = fontMetrics().height();
    int left = 0;
    for (int row = 0; row < rows; ++row) {
        const QString depth = m_table->headerData(row, Qt::Vertical, Qt::DisplayRole).toString();
        left = std::max(left, fontMetrics().horizontalAdvance(depth) + 2 * kSpacing);
    }
    const QRectF area = QRectF(rect()).adjusted(left, line + 2 * kSpacing, -kSpacing, -kSpacing);
    const double width = area.width() / columns, height = std::min(area.height() / rows, 56.0);
    const bool dark = isDark(palette());
    for (int column = 0; column < columns; ++column) {
        painter.setPen(tone(palette(), Tone::Muted));
        painter.drawText(QRectF(area.left() + column * width, kSpacing, width, line), Qt::AlignCenter,
                         m_table->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        for (int row = 0; row < rows; ++row) {
            const QRectF box =
                QRectF(area.left() + column * width, area.top() + row * height, width, height).adjusted(1, 1, -1, -1);
            const app::RetrievalCell* cell = m_table->cellAt(row, column);
            if (cell == nullptr) {
                continue;
            }
            const double share = static_cast<double>(cell->correct) / static_cast<double>(cell->trials);
            // The ramp's middle part: readable text on both ends.
            const auto step = static_cast<size_t>((dark ? 0.05 + 0.4 * share : 0.02 + 0.45 * share) * (kRampSteps - 1));
            const QColor fill = QColor::fromRgb(heatRamp(dark)[step]);
            painter.fillRect(box, fill);
            painter.setPen(fill.lightnessF() < 0.55 ? Qt::white : palette().color(QPalette::Text));
            painter.drawText(box, Qt::AlignCenter, tr("%1%").arg(qRound(100 * share)));
        }
    }
    for (int row = 0; row < rows; ++row) {
        painter.setPen(tone(palette(), Tone::Muted));
        painter.drawText(QRectF(0, area.top() + row * height, left - kSpacing, height),
                         Qt::AlignRight | Qt::AlignVCenter,
                         m_table->headerData(row, Qt::Vertical, Qt::DisplayRole).toString());
    }
}

}  // namespace lectern::ui
