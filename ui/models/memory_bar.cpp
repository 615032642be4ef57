#include "ui/models/memory_bar.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {
constexpr int kBarHeight = 14;
}  // namespace

MemoryBar::MemoryBar(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Memory"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void MemoryBar::setParts(std::vector<Part> parts, int64_t available) {
    m_parts = std::move(parts);
    m_available = available;
    QStringList words;
    for (const Part& part : m_parts) {
        words << tr("%1: %2").arg(part.name, sizeText(part.bytes));
    }
    if (m_available > 0) {
        words << tr("free: %1").arg(sizeText(m_available));
    }
    setToolTip(words.join(QStringLiteral(", ")));
    setAccessibleDescription(toolTip());
    update();
}

int64_t MemoryBar::total() const {
    int64_t sum = 0;
    for (const Part& part : m_parts) {
        sum += part.bytes;
    }
    return sum;
}

QSize MemoryBar::sizeHint() const {
    return {240, kBarHeight + 8};
}

void MemoryBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF bar(0.5, (height() - kBarHeight) / 2.0, width() - 1, kBarHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(palette().color(QPalette::Window), palette().color(QPalette::WindowText), 0.12));
    painter.drawRoundedRect(bar, 3, 3);
    // Room beyond the larger of both, so that an overflow is seen as one.
    const double whole = std::max(static_cast<double>(std::max(total(), m_available)) * 1.02, 1.0);
    double x = bar.left();
    for (const Part& part : m_parts) {
        if (part.bytes <= 0) {
            continue;
        }
        const double width = std::max(1.5, static_cast<double>(part.bytes) / whole * bar.width());
        painter.setBrush(tone(palette(), part.color));
        painter.drawRoundedRect(QRectF(x, bar.top(), width, bar.height()), 2, 2);
        x += width + 1;
    }
    if (m_available > 0) {
        const double mark = bar.left() + static_cast<double>(m_available) / whole * bar.width();
        painter.setPen(QPen(fits() ? palette().color(QPalette::WindowText) : tone(palette(), Tone::Error), 2));
        painter.drawLine(QPointF(mark, bar.top() - 3), QPointF(mark, bar.bottom() + 3));
    }
}

}  // namespace lectern::ui
