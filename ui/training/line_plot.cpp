#include "ui/training/line_plot.h"

#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace lectern::ui {
namespace {

/// Room for the line or the point before a series' name.
constexpr int kLegendMark = 18;

double niceStep(double span, int wanted) {
    const double rough = span / std::max(1, wanted);
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double share = rough / power;
    return power * (share < 1.5 ? 1 : share < 3.5 ? 2 : share < 7.5 ? 5 : 10);
}

double mapped(double value, bool logarithmic) {
    return logarithmic ? std::log10(std::max(value, 1e-12)) : value;
}

}  // namespace

QString shortNumber(double value) {
    const QLocale locale;
    const double size = std::abs(value);
    if (!std::isfinite(value)) {
        return QStringLiteral("–");
    }
    // Lengths in tokens are powers of two, other numbers are not.
    const bool binary = std::fmod(size, 1024) == 0;
    if (const double million = binary ? 1 << 20 : 1e6; size >= million) {
        return locale.toString(value / million, 'g', 3) + QStringLiteral(" M");
    }
    if (size >= 100000 || (size >= 10000 && binary)) {
        return locale.toString(value / (binary ? 1024 : 1000), 'g', 4) + QStringLiteral(" K");
    }
    if (size >= 10000) {
        return locale.toString(qlonglong{std::llround(value)});
    }
    if (size > 0 && size < 0.001) {
        return locale.toString(value, 'e', 1);
    }
    return locale.toString(value, 'g', 4);
}

void PlotTable::setSeries(const QString& xName, const std::vector<PlotSeries>& series) {
    beginResetModel();
    m_xName = xName;
    m_names.clear();
    std::map<double, std::vector<double>> rows;
    for (size_t column = 0; column < series.size(); ++column) {
        m_names << series[column].name;
        for (const QPointF& point : series[column].points) {
            auto& row = rows[point.x()];
            row.resize(series.size(), std::nan(""));
            row[column] = point.y();
        }
    }
    m_rows.assign(rows.begin(), rows.end());
    endResetModel();
}

int PlotTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PlotTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_names.size()) + 1;
}

QVariant PlotTable::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const auto& [x, values] = m_rows[static_cast<size_t>(index.row())];
    if (role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    if (index.column() == 0) {
        return QLocale().toString(x, 'g', 10);
    }
    const double value = values[static_cast<size_t>(index.column()) - 1];
    return std::isnan(value) ? QString() : QLocale().toString(value, 'g', 6);
}

QVariant PlotTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == 0 ? m_xName : m_names.value(section - 1);
}

LinePlot::LinePlot(const QString& title, QWidget* parent) : QWidget(parent), m_title(title), m_xName(tr("Step")) {
    setAccessibleName(title);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void LinePlot::setSeries(std::vector<PlotSeries> series) {
    m_series = std::move(series);
    m_tableIsOld = true;
    QStringList last;
    for (const PlotSeries& each : m_series) {
        if (!each.points.empty()) {
            last << tr("%1: %2").arg(each.name, shortNumber(each.points.back().y()));
        }
    }
    setAccessibleDescription(last.isEmpty() ? tr("Nothing yet.")
                                            : tr("Last values: %1").arg(last.join(QStringLiteral(", "))));
    update();
    emit seriesChanged();
}

PlotTable* LinePlot::table() {
    if (std::exchange(m_tableIsOld, false)) {
        m_table.setSeries(m_xName, m_series);
    }
    return &m_table;
}

void LinePlot::setRange(double low, double high) {
    m_low = low;
    m_high = high;
    update();
}

void LinePlot::setXName(const QString& name) {
    m_xName = name;
}

void LinePlot::setLogarithmicX(bool on) {
    m_logX = on;
}

void LinePlot::setLogarithmicY(bool on) {
    m_logY = on;
}

QPointF LinePlot::Scale::at(const QPointF& value) const {
    const double x = (mapped(value.x(), logX) - xLow) / (xHigh - xLow);
    const double y = (mapped(value.y(), logY) - yLow) / (yHigh - yLow);
    return {area.left() + x * area.width(), area.bottom() - y * area.height()};
}

double LinePlot::Scale::xValue(double pixel) const {
    const double x = xLow + (pixel - area.left()) / area.width() * (xHigh - xLow);
    return logX ? std::pow(10.0, x) : x;
}

LinePlot::Scale LinePlot::scaleNow() const {
    Scale scale;
    scale.logX = m_logX;
    scale.logY = m_logY;
    const int line = fontMetrics().height();
    const int head = (isLegendBelow() ? 2 * line + kSpacing / 2 : line) + 2 * kSpacing;
    scale.area = QRectF(rect()).adjusted(fontMetrics().horizontalAdvance(QStringLiteral("0.00e-00")), head,
                                         -2 * kSpacing, -line - kSpacing);
    double xLow = m_high > m_low ? m_low : INFINITY, xHigh = m_high > m_low ? m_high : -INFINITY;
    double yLow = INFINITY, yHigh = -INFINITY;
    for (const PlotSeries& each : m_series) {
        for (const QPointF& point : each.points) {
            if (std::isfinite(point.y())) {
                xLow = std::min(xLow, point.x());
                xHigh = std::max(xHigh, point.x());
                yLow = std::min(yLow, point.y());
                yHigh = std::max(yHigh, point.y());
            }
        }
    }
    if (!(xHigh >= xLow)) {
        xLow = 0;
        xHigh = 1;
    }
    if (!(yHigh >= yLow)) {
        yLow = 0;
        yHigh = 1;
    }
    scale.xLow = mapped(xLow, m_logX);
    scale.xHigh = std::max(mapped(xHigh, m_logX), scale.xLow + 1e-9);
    scale.yLow = mapped(yLow, m_logY);
    scale.yHigh = mapped(yHigh, m_logY);
    // One value, or nearly: axis labels that can be told apart.
    const bool flat = scale.yHigh - scale.yLow < std::abs(scale.yHigh) * 1e-3;
    const double margin = (flat ? std::abs(scale.yHigh) * 0.2 : (scale.yHigh - scale.yLow) * 0.06) + 1e-12;
    scale.yLow -= margin;
    scale.yHigh += margin;
    return scale;
}

void LinePlot::paintAxes(QPainter& painter, const Scale& scale) const {
    const QColor text = tone(palette(), Tone::Muted);
    const QColor grid = mixed(palette().color(QPalette::Base), palette().color(QPalette::Text), 0.09);
    const int line = fontMetrics().height();
    const int lines = static_cast<int>(scale.area.height()) / (2 * line);
    const double span = scale.yHigh - scale.yLow;
    // Over some decades the powers of ten, not the numbers between them.
    const double yStep = scale.logY && span > 2 ? std::ceil(span / std::max(1, lines)) : niceStep(span, lines);
    for (double y = std::ceil(scale.yLow / yStep) * yStep; y <= scale.yHigh; y += yStep) {
        const double pixel = scale.area.bottom() - (y - scale.yLow) / (scale.yHigh - scale.yLow) * scale.area.height();
        painter.setPen(grid);
        painter.drawLine(QPointF(scale.area.left(), pixel), QPointF(scale.area.right(), pixel));
        painter.setPen(text);
        const double value = scale.logY ? std::pow(10.0, y) : (std::abs(y) < yStep * 1e-6 ? 0 : y);
        painter.drawText(QRectF(0, pixel - line, scale.area.left() - kSpacing, 2 * line),
                         Qt::AlignRight | Qt::AlignVCenter, shortNumber(value));
    }
    const double xStep =
        scale.logX ? std::log10(2.0) * std::max(1.0, std::ceil((scale.xHigh - scale.xLow) / 2.2))
                   : std::max(niceStep(scale.xHigh - scale.xLow, static_cast<int>(scale.area.width()) / 70), 1.0);
    for (double x = std::ceil(scale.xLow / xStep - 1e-6) * xStep; x <= scale.xHigh + xStep * 1e-6; x += xStep) {
        const double pixel = scale.area.left() + (x - scale.xLow) / (scale.xHigh - scale.xLow) * scale.area.width();
        painter.setPen(text);
        const QString label = shortNumber(scale.logX ? std::round(std::pow(10.0, x)) : x);
        // The last one may stand at the very edge.
        const double wide = fontMetrics().horizontalAdvance(label) + 2.0;
        const double left = std::min(pixel - wide / 2, width() - wide);
        painter.drawText(QRectF(left, scale.area.bottom() + 2, wide, line + 2), Qt::AlignCenter, label);
    }
    painter.setPen(tone(palette(), Tone::Line));
    painter.drawLine(scale.area.bottomLeft(), scale.area.bottomRight());
}

QFont LinePlot::titleFont() const {
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    return bold;
}

int LinePlot::legendWidth() const {
    int wide = 0;
    for (const PlotSeries& each : m_series) {
        wide += kLegendMark + fontMetrics().horizontalAdvance(each.name) + 2 * kSpacing;
    }
    return m_series.size() < 2 ? 0 : wide;
}

bool LinePlot::isLegendBelow() const {
    return 3 * kSpacing + QFontMetrics(titleFont()).horizontalAdvance(m_title) + legendWidth() > width();
}

void LinePlot::paintLegend(QPainter& painter) const {
    painter.setFont(titleFont());
    painter.setPen(palette().color(QPalette::Text));
    painter.drawText(QPointF(kSpacing, kSpacing + fontMetrics().ascent()), m_title);
    painter.setFont(font());
    if (m_series.size() < 2) {
        return;
    }
    const bool below = isLegendBelow();
    const double top = kSpacing + (below ? fontMetrics().height() + kSpacing / 2.0 : 0);
    double x = below ? kSpacing : width() - legendWidth();
    for (const PlotSeries& each : m_series) {
        const double middle = top + fontMetrics().height() / 2.0;
        painter.setPen(QPen(tone(palette(), each.color), each.dots ? 5 : 2, Qt::SolidLine, Qt::RoundCap));
        each.dots ? painter.drawPoint(QPointF(x + 8, middle))
                  : painter.drawLine(QPointF(x + 2, middle), QPointF(x + 13, middle));
        painter.setPen(tone(palette(), Tone::Muted));
        painter.drawText(QPointF(x + kLegendMark, top + fontMetrics().ascent()), each.name);
        x += kLegendMark + fontMetrics().horizontalAdvance(each.name) + 2 * kSpacing;
    }
}

void LinePlot::paintLine(QPainter& painter, const Scale& scale, const PlotSeries& line) const {
    const QColor color = tone(palette(), line.color);
    if (line.dots) {
        painter.setPen(QPen(color, 4, Qt::SolidLine, Qt::RoundCap));
        for (const QPointF& point : line.points) {
            painter.drawPoint(scale.at(point));
        }
        return;
    }
    QPolygonF shape;
    // More points than pixel columns: each column is drawn from its lowest to its highest.
    const bool dense = static_cast<double>(line.points.size()) > 2 * scale.area.width();
    double column = -1, lowest = 0, highest = 0;
    const auto flush = [&] {
        if (column >= 0) {
            shape << QPointF(column, lowest) << QPointF(column, highest);
        }
    };
    for (const QPointF& point : line.points) {
        if (!std::isfinite(point.y())) {
            continue;
        }
        const QPointF at = scale.at(point);
        if (!dense) {
            shape << at;
        } else if (std::floor(at.x()) != column) {
            flush();
            column = std::floor(at.x());
            lowest = highest = at.y();
        } else {
            lowest = std::max(lowest, at.y());
            highest = std::min(highest, at.y());
        }
    }
    flush();
    painter.setPen(QPen(color, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    shape.size() == 1 ? painter.drawEllipse(shape.first(), 1.5, 1.5) : painter.drawPolyline(shape);
}

void LinePlot::paintHover(QPainter& painter, const Scale& scale) const {
    if (m_hover < scale.area.left() || m_hover > scale.area.right()) {
        return;
    }
    const double wanted = scale.xValue(m_hover);
    QStringList values;
    double x = std::nan("");
    for (const PlotSeries& each : m_series) {
        const auto nearest = std::min_element(
            each.points.begin(), each.points.end(),
            [&](const QPointF& a, const QPointF& b) { return std::abs(a.x() - wanted) < std::abs(b.x() - wanted); });
        if (nearest != each.points.end()) {
            x = std::isnan(x) ? nearest->x() : x;
            values << each.name + QStringLiteral(" ") + shortNumber(nearest->y());
        }
    }
    if (values.isEmpty()) {
        return;
    }
    const double pixel = scale.at({x, 0}).x();
    painter.setPen(QPen(tone(palette(), Tone::Muted), 1, Qt::DotLine));
    painter.drawLine(QPointF(pixel, scale.area.top()), QPointF(pixel, scale.area.bottom()));
    const QString text =
        m_xName + QStringLiteral(" ") + shortNumber(x) + QStringLiteral(": ") + values.join(QStringLiteral(", "));
    const double width = fontMetrics().horizontalAdvance(text) + 2 * kSpacing;
    const double left =
        std::clamp(pixel + kSpacing, scale.area.left(), std::max(scale.area.left(), scale.area.right() - width));
    const QRectF box(left, scale.area.top(), width, fontMetrics().height() + 4);
    painter.setPen(tone(palette(), Tone::Line));
    painter.setBrush(palette().color(QPalette::ToolTipBase));
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(palette().color(QPalette::ToolTipText));
    painter.drawText(box, Qt::AlignCenter, text);
}

void LinePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    const Scale scale = scaleNow();
    paintLegend(painter);
    paintAxes(painter, scale);
    const bool empty =
        std::all_of(m_series.begin(), m_series.end(), [](const PlotSeries& each) { return each.points.empty(); });
    if (empty) {
        painter.setPen(tone(palette(), Tone::Muted));
        painter.drawText(scale.area, Qt::AlignCenter, tr("Nothing yet"));
        return;
    }
    for (const PlotSeries& each : m_series) {
        paintLine(painter, scale, each);
    }
    paintHover(painter, scale);
}

void LinePlot::mouseMoveEvent(QMouseEvent* event) {
    m_hover = event->position().x();
    update();
}

void LinePlot::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

}  // namespace lectern::ui
