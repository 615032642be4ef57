#include "ui/training/length_chart.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"
#include "ui/training/line_plot.h"

namespace lectern::ui {

LengthChart::LengthChart(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Lengths of the texts"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void LengthChart::setBins(std::vector<app::LengthBin> bins, int64_t sequenceTokens) {
    m_bins = std::move(bins);
    m_sequenceTokens = sequenceTokens;
    QStringList words;
    for (const app::LengthBin& bin : m_bins) {
        words << tr("%1 of %2 to %3 tokens").arg(bin.count).arg(bin.from).arg(2 * bin.from - 1);
    }
    setAccessibleDescription(words.join(QStringLiteral(", ")));
    setToolTip(words.join(u'\n'));
    update();
}

void LengthChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setPen(tone(palette(), Tone::Line));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    if (m_bins.empty()) {
        painter.setPen(tone(palette(), Tone::Muted));
        painter.drawText(rect(), Qt::AlignCenter, tr("No texts yet"));
        return;
    }
    const int line = fontMetrics().height();
    const QRectF area = QRectF(rect()).adjusted(2 * kSpacing, line + kSpacing, -2 * kSpacing, -line - kSpacing);
    int64_t most = 1;
    for (const app::LengthBin& bin : m_bins) {
        most = std::max(most, bin.count);
    }
    const double slot = std::min(64.0, area.width() / static_cast<double>(m_bins.size()));
    double x = area.left();
    for (const app::LengthBin& bin : m_bins) {
        const double height = std::max(2.0, static_cast<double>(bin.count) / static_cast<double>(most) * area.height());
        const QRectF bar(x + 3, area.bottom() - height, slot - 6, height);
        const bool overlong = bin.from >= m_sequenceTokens;
        painter.setPen(Qt::NoPen);
        const QColor color = tone(palette(), overlong ? Tone::BudgetReply : Tone::BudgetDocument);
        // Overlong by pattern too, not by colour alone.
        painter.setBrush(overlong ? QBrush(color, Qt::BDiagPattern) : QBrush(color));
        painter.drawRect(bar);
        painter.setPen(palette().color(QPalette::Text));
        painter.drawText(QRectF(x - 8, bar.top() - line, slot + 16, line), Qt::AlignCenter, numberText(bin.count));
        painter.setPen(tone(palette(), Tone::Muted));
        const QString label = bin.from >= 1024 ? QStringLiteral("%1K").arg(bin.from / 1024) : QString::number(bin.from);
        painter.drawText(QRectF(x - 8, area.bottom() + 2, slot + 16, line), Qt::AlignCenter, label);
        x += slot;
    }
    painter.setPen(tone(palette(), Tone::Muted));
    painter.drawText(QRectF(x + kSpacing, area.bottom() + 2, width() - x, line), Qt::AlignLeft, tr("tokens or more"));
}

}  // namespace lectern::ui
