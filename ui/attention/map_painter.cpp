// The rows of the map: heat, labels, cursor and nominations.
#include "ui/attention/map_painter.h"

#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "ui/attention/lod_runs.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

struct RowSpan {
    int first = 0;
    int last = 0;  ///< half-open
};

RowSpan visibleRows(const MapPicture& picture) {
    const MapGeometry& geometry = picture.geometry;
    const int rows = static_cast<int>(picture.map.rows.size());
    const int last = (geometry.scrollY + geometry.cells.height() + geometry.rowHeight - 1) / geometry.rowHeight;
    return {std::clamp(geometry.scrollY / geometry.rowHeight, 0, rows), std::clamp(last, 0, rows)};
}

/// Linear map from a row's stored 16-bit form to an index of the colour ramp.
struct RampScale {
    float factor = 0;
    float offset = 0;
    int index(uint16_t stored) const {
        return stored == 0 ? 0 : std::clamp(static_cast<int>(factor * stored + offset), 1, kRampSteps - 1);
    }
};

RampScale rampScale(const HeatPyramid& heat, int row, bool normalise, float low, float high) {
    constexpr float kStored = 65535.0f;
    if (normalise) {
        return {(kRampSteps - 1) / kStored, 0};
    }
    const float range = high - low;
    if (range <= 0) {
        return {};
    }
    const float rowRange = heat.rowHigh(row) - heat.rowLow(row);
    return {rowRange / range * (kRampSteps - 1) / kStored, (heat.rowLow(row) - low) / range * (kRampSteps - 1)};
}

bool startsLayer(const AttentionMap& map, int row) {
    return row > 0 && map.rows[static_cast<size_t>(row)].layer != map.rows[static_cast<size_t>(row - 1)].layer;
}

std::vector<LodItem> itemsOf(const AttentionMap& map, const std::vector<Nomination>& nominations) {
    std::vector<LodItem> items;
    items.reserve(nominations.size());
    for (const Nomination& nomination : nominations) {
        items.push_back({map.tokensOf({nomination.region, nomination.region + 1}), nomination.nominator});
    }
    return items;
}

QColor colorOf(const MapPicture& picture, int32_t nominator) {
    const int regions = std::max(2, picture.map.blockTokens / picture.map.regionTokens);
    return nominatorColor(isDark(picture.palette), static_cast<double>(nominator) / (regions - 1));
}

/// The selected block's merged regions, straight into the row's line of pixels: with hundreds of rows, one rectangle
/// each would cost more than all the rest.
void overlayNominations(const MapPicture& picture, int row, QRgb* line, int columns) {
    const double columnsPerPixel = static_cast<double>(columns) / picture.geometry.cells.width();
    const std::vector<LodItem> items =
        itemsOf(picture.map, nominationsOf(picture.map, row, picture.view.selectedBlock));
    for (const LodBlock& mark : mergeRuns(items, picture.view.axis)) {
        const QRgb color = colorOf(picture, items[static_cast<size_t>(mark.first)].tag).rgb();
        const int end = static_cast<int>(std::min(mark.x1 * columnsPerPixel, double(columns)));
        for (int x = static_cast<int>(std::max(mark.x0 * columnsPerPixel, 0.0)); x < end; ++x) {
            line[x] = color;
        }
    }
}

}  // namespace

void paintRows(QPainter& painter, const MapPicture& picture) {
    const AttentionMap& map = picture.map;
    const MapGeometry& geometry = picture.geometry;
    const RowSpan rows = visibleRows(picture);
    painter.fillRect(geometry.cells, picture.palette.base());
    if (rows.first >= rows.last) {
        return;
    }
    const bool dark = isDark(picture.palette);
    const auto& ramp = heatRamp(dark);
    const int columnCount =
        std::max(1, static_cast<int>(std::lround(geometry.cells.width() * picture.devicePixelRatio)));
    const CellColumns scale = columnsOf(map, picture.view.axis, geometry.cells.width() / double(columnCount));
    std::vector<CellRange> columns(static_cast<size_t>(columnCount));
    for (int x = 0; x < columnCount; ++x) {
        columns[static_cast<size_t>(x)] = scale.column(x);
    }
    float low = map.heat.rowLow(0);
    float high = map.heat.rowHigh(0);
    for (int row = 1; row < map.heat.rows(); ++row) {
        low = std::min(low, map.heat.rowLow(row));
        high = std::max(high, map.heat.rowHigh(row));
    }

    // One image line per row; the painter stretches it to the row's height without smoothing.
    QImage image(columnCount, rows.last - rows.first, QImage::Format_RGB32);
    std::vector<HeatPyramid::Sample> samples(static_cast<size_t>(columnCount));
    for (int row = rows.first; row < rows.last; ++row) {
        map.heat.sampleColumns(row, scale.level(), columns, samples);
        const RampScale colors = rampScale(map.heat, row, picture.view.normaliseRows, low, high);
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(row - rows.first));
        for (int x = 0; x < columnCount; ++x) {
            const HeatPyramid::Sample& sample = samples[static_cast<size_t>(x)];
            line[x] = ramp[static_cast<size_t>(colors.index(picture.view.showMean ? sample.mean : sample.max))];
        }
        if (picture.view.selectedBlock >= 0) {
            overlayNominations(picture, row, line, columnCount);
        }
    }
    painter.save();
    painter.setClipRect(geometry.cells);
    const QRect target(geometry.cells.left(), geometry.rowTop(rows.first), geometry.cells.width(),
                       image.height() * geometry.rowHeight);
    painter.drawImage(target, image);

    const QColor line = tone(picture.palette, Tone::Line);
    if (geometry.rowHeight >= 4) {
        painter.setPen(line);
        for (int row = rows.first; row < rows.last; ++row) {
            if (startsLayer(map, row)) {
                painter.drawLine(geometry.cells.left(), geometry.rowTop(row), geometry.cells.right(),
                                 geometry.rowTop(row));
            }
        }
    }
    const double documentEnd = geometry.cells.left() + picture.view.axis.xOf(double(map.source.documentTokens));
    if (documentEnd < geometry.cells.right()) {
        QPen pen(tone(picture.palette, Tone::Muted));
        pen.setStyle(Qt::DashLine);
        painter.setPen(pen);
        painter.drawLine(QPointF(documentEnd, geometry.cells.top()), QPointF(documentEnd, geometry.cells.bottom()));
    }
    painter.restore();
}

void paintRowLabels(QPainter& painter, const MapPicture& picture) {
    const AttentionMap& map = picture.map;
    const MapGeometry& geometry = picture.geometry;
    painter.fillRect(geometry.labels, picture.palette.window());
    painter.save();
    painter.setClipRect(geometry.labels);
    const QFontMetrics metrics = painter.fontMetrics();
    const QColor muted = tone(picture.palette, Tone::Muted);
    const RowSpan rows = visibleRows(picture);
    int free = geometry.labels.top() - metrics.height();
    for (int row = rows.first; row < rows.last; ++row) {
        const int top = geometry.rowTop(row);
        const bool layerStart = row == 0 || startsLayer(map, row) || map.rows[size_t(row)].step >= 0;
        // Where rows are thinner than text, only layers are named, and only as many as fit.
        const bool named = geometry.rowHeight >= metrics.height() - 2 || layerStart;
        if (!named || top < free) {
            continue;
        }
        const bool current = row == picture.view.cursorRow && picture.focused;
        painter.setPen(current ? picture.palette.color(QPalette::WindowText) : muted);
        const int height = std::max(geometry.rowHeight, metrics.height());
        const QString text = geometry.rowHeight >= metrics.height() - 2 || map.rows[size_t(row)].step >= 0
                                 ? map.rowLabelShort(row)
                                 : QString::number(map.rows[size_t(row)].layer + 1);
        const QRect box(0, top, geometry.labels.width() - kSpacing, height);
        painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(text, Qt::ElideRight, box.width()));
        free = top + height;
    }
    painter.restore();
}

void paintNominations(QPainter& painter, const MapPicture& picture) {
    const AttentionMap& map = picture.map;
    const MapGeometry& geometry = picture.geometry;
    const int64_t block = picture.view.selectedBlock;
    if (map.options.layer != MapLayer::Document || block < 0) {
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double left = geometry.cells.left();
    // Arcs in the cursor's row: from the nominating region inside the block to what it brought in.
    const int row = std::clamp(picture.view.cursorRow, 0, static_cast<int>(map.rows.size()) - 1);
    const std::vector<LodItem> items = itemsOf(map, nominationsOf(map, row, block));
    const double base = geometry.cells.top();
    painter.setClipRect(geometry.cells.united(geometry.brackets));
    for (const LodBlock& mark : mergeRuns(items, picture.view.axis)) {
        const int32_t nominator = items[static_cast<size_t>(mark.first)].tag;
        const double token = static_cast<double>(block * map.blockTokens) + (nominator + 0.5) * map.regionTokens;
        // Far outside, the rasteriser would walk along the whole invisible curve.
        const double from = left + std::clamp(picture.view.axis.xOf(token), -1000.0, geometry.cells.width() + 1000.0);
        const double to = left + (mark.x0 + mark.x1) / 2;
        const double target = std::clamp<double>(geometry.rowTop(row), base, geometry.cells.bottom());
        QPainterPath path(QPointF(from, base));
        const double sag = std::max(target, base) + std::min(60.0, std::abs(to - from) / 6) * 0.4;
        path.cubicTo(QPointF(from, sag), QPointF(to, base), QPointF(to, target));
        QColor color = colorOf(picture, nominator);
        color.setAlphaF(0.75f);
        // Hairlines take Qt's quick stroker; a wider pen costs ten times as much over a hundred arcs.
        painter.setPen(QPen(color, 0));
        painter.drawPath(path);
        if (mark.count > 1 && mark.x1 - mark.x0 >= painter.fontMetrics().horizontalAdvance(QStringLiteral("00"))) {
            painter.drawText(QPointF(to, target), QString::number(mark.count));
        }
    }
    painter.restore();
}

void paintMap(QPainter& painter, const MapPicture& picture) {
    const MapGeometry& geometry = picture.geometry;
    paintStrip(painter, picture);
    paintRuler(painter, picture);
    paintBrackets(painter, picture);
    paintWords(painter, picture);
    paintRows(painter, picture);
    paintNominations(painter, picture);
    paintRowLabels(painter, picture);

    const MapView& view = picture.view;
    painter.save();
    painter.setClipRect(geometry.cells);
    const double left = geometry.cells.left();
    for (const TokenRange& mark : view.marks) {
        const double x0 = view.axis.xOf(double(mark.begin));
        const double x1 = std::max(view.axis.xOf(double(mark.end)), x0 + 2);
        QColor color = tone(picture.palette, Tone::Citation);
        painter.setPen(color);
        painter.drawLine(QPointF(left + x0, geometry.cells.top()), QPointF(left + x0, geometry.cells.bottom()));
        color.setAlphaF(0.22f);
        painter.fillRect(QRectF(left + x0, geometry.cells.top(), x1 - x0, geometry.cells.height()), color);
    }
    if (view.cursorCells.size() > 0 && view.cursorRow >= 0) {
        const TokenRange tokens = view.cursorTokens;
        const double x0 = left + view.axis.xOf(double(tokens.begin));
        const double x1 = std::max(left + view.axis.xOf(double(tokens.end)), x0 + 3);
        const QRectF box(x0 - 1, geometry.rowTop(view.cursorRow) - 1, x1 - x0 + 2, geometry.rowHeight + 2);
        painter.setPen(QPen(picture.palette.color(QPalette::WindowText), picture.focused ? 2 : 1));
        painter.drawRect(box);
    }
    painter.restore();
}

}  // namespace lectern::ui
