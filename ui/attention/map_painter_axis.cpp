// The parts above the rows: document strip, token ruler, brackets of merged blocks.
#include <algorithm>
#include <cmath>

#include <QLocale>

#include "ui/attention/lod_runs.h"
#include "ui/attention/map_painter.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

QString shortCount(double tokens) {
    const QLocale locale;
    if (tokens >= 1e6) {
        return locale.toString(tokens / 1e6, 'g', 5) + QStringLiteral("M");
    }
    return tokens >= 1e4 ? locale.toString(tokens / 1e3, 'g', 6) + QStringLiteral("K")
                         : locale.toString(static_cast<qlonglong>(tokens));
}

/// Chapter ticks: deeper entries are shorter, and at most one tick per three pixels.
void paintChapterTicks(QPainter& painter, const MapPicture& picture, const QRect& area) {
    double free = -1;
    painter.setPen(tone(picture.palette, Tone::Muted));
    for (const AxisMark& chapter : picture.map.source.marks.chapters) {
        const double x = std::floor(stripX(picture.map, area, double(chapter.token))) + 0.5;
        if (x < free) {
            continue;
        }
        const int height = std::max(3, area.height() - 4 * chapter.depth);
        painter.drawLine(QPointF(x, area.bottom() - height + 1), QPointF(x, area.bottom()));
        free = x + kMinBlockPixels;
    }
}

}  // namespace

void paintStrip(QPainter& painter, const MapPicture& picture) {
    const AttentionMap& map = picture.map;
    const QRect strip = picture.geometry.strip;
    const int ticks = strip.height() / 3;
    const QRect heat = strip.adjusted(0, 2, 0, -ticks);
    const auto& ramp = heatRamp(isDark(picture.palette));
    painter.fillRect(strip, picture.palette.window());
    const int columns = std::max(1, static_cast<int>(std::lround(heat.width() * picture.devicePixelRatio)));
    QImage image(columns, 1, QImage::Format_RGB32);
    auto* line = reinterpret_cast<QRgb*>(image.scanLine(0));
    const CellColumns scale(0, static_cast<double>(map.overview.cells()) / columns, map.overview.cells());
    for (int x = 0; x < columns; ++x) {
        const uint16_t value = map.overview.rows() == 0 ? 0 : map.overview.sample(0, scale.column(x)).max;
        line[x] = ramp[static_cast<size_t>(value) * (kRampSteps - 1) / 65535];
    }
    painter.drawImage(heat, image);
    painter.setPen(tone(picture.palette, Tone::Line));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(heat.adjusted(0, 0, -1, -1));

    paintChapterTicks(painter, picture, QRect(strip.left(), heat.bottom() + 1, strip.width(), ticks));

    painter.save();
    painter.setClipRect(strip);
    for (const TokenRange& mark : picture.view.marks) {
        const double x = stripX(map, strip, double(mark.begin + mark.size() / 2));
        painter.fillRect(QRectF(x - 1.5, strip.top(), 3, heat.bottom() - strip.top() + 3),
                         tone(picture.palette, Tone::Citation));
    }
    // The reader's pages: a filled tab under the heat. The map's own window: a frame around it.
    if (picture.view.readerRange.size() > 0) {
        const double x0 = stripX(map, strip, double(picture.view.readerRange.begin));
        const double x1 = std::max(stripX(map, strip, double(picture.view.readerRange.end)), x0 + 4);
        QColor color = tone(picture.palette, Tone::Accent);
        painter.fillRect(QRectF(x0, heat.bottom() + 1, x1 - x0, ticks), color);
        painter.setPen(color);
        painter.drawLine(QPointF(x0, heat.top()), QPointF(x0, heat.bottom()));
    }
    if (!picture.view.axis.isFitted()) {
        const double x0 = stripX(map, strip, picture.view.axis.firstToken());
        const double x1 = std::max(stripX(map, strip, picture.view.axis.lastToken()), x0 + 5);
        QColor shade = picture.palette.color(QPalette::Window);
        shade.setAlphaF(0.55f);
        painter.fillRect(QRectF(heat.left(), heat.top(), x0 - heat.left(), heat.height()), shade);
        painter.fillRect(QRectF(x1, heat.top(), heat.right() + 1 - x1, heat.height()), shade);
        painter.setPen(QPen(picture.palette.color(QPalette::WindowText), 1.5));
        painter.drawRect(QRectF(x0, heat.top(), x1 - x0, heat.height()));
    }
    painter.restore();
}

void paintRuler(QPainter& painter, const MapPicture& picture) {
    const QRect ruler = picture.geometry.ruler;
    const MapAxis& axis = picture.view.axis;
    painter.fillRect(ruler, picture.palette.window());
    painter.save();
    painter.setClipRect(ruler);
    const QFontMetrics metrics = painter.fontMetrics();
    const QColor muted = tone(picture.palette, Tone::Muted);
    const double step = roundStep(axis.tokensPerPixel() * metrics.horizontalAdvance(QStringLiteral("000.00M p. 0000")));
    painter.setPen(muted);
    const double end = std::min(axis.lastToken(), double(picture.map.source.contextTokens));
    for (double token = std::ceil(axis.firstToken() / step) * step; token <= end; token += step) {
        const double x = ruler.left() + axis.xOf(token);
        painter.drawLine(QPointF(x, ruler.bottom() - 4), QPointF(x, ruler.bottom()));
        QString text = shortCount(token);
        const QString page = token < double(picture.map.source.documentTokens)
                                 ? picture.map.source.marks.pageLabelAt(static_cast<int64_t>(token))
                                 : QString();
        if (!page.isEmpty() && page.size() <= 8) {
            text += QString::fromUtf8(" \xc2\xb7 ") + QObject::tr("p. %1").arg(page);
        }
        const int width = metrics.horizontalAdvance(text);
        const double textX = std::clamp(x - (token > 0 ? width / 2.0 : 0.0), double(ruler.left()),
                                        std::max<double>(ruler.left(), ruler.right() - width));
        painter.drawText(QPointF(textX, ruler.top() + metrics.ascent() + 1), text);
    }
    painter.restore();
}

void paintBrackets(QPainter& painter, const MapPicture& picture) {
    const AttentionMap& map = picture.map;
    const QRect area = picture.geometry.brackets;
    if (area.isEmpty()) {
        return;
    }
    painter.fillRect(area, picture.palette.window());
    painter.save();
    painter.setClipRect(area);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QFontMetrics metrics = painter.fontMetrics();
    const QColor line = mixed(tone(picture.palette, Tone::Muted), picture.palette.color(QPalette::Window), 0.25);
    const QColor text = tone(picture.palette, Tone::Muted);
    const int top = area.top() + metrics.height() + 2;
    const int bottom = area.bottom() - 1;
    for (const LodBlock& block : mergeUniformRuns(map.blockTokens, map.source.documentTokens, picture.view.axis)) {
        const int x0 = area.left() + static_cast<int>(std::lround(block.x0));
        const int x1 = area.left() + static_cast<int>(std::lround(block.x1)) - 2;
        const int64_t chosen = picture.view.selectedBlock;
        const bool selected = chosen >= block.first && chosen < block.first + block.count;
        const auto& merging = picture.view.mergingBlocks;
        const auto found = std::lower_bound(merging.begin(), merging.end(), block.first);
        const bool mergesCursor = found != merging.end() && *found < block.first + block.count;
        painter.setPen(selected       ? QPen(picture.palette.color(QPalette::WindowText), 2)
                       : mergesCursor ? QPen(nominatorColor(isDark(picture.palette), 0.5), 2)
                                      : QPen(line));
        painter.drawLine(x0, bottom, x0, top);
        painter.drawLine(x0, top, std::max(x0, x1), top);
        painter.drawLine(std::max(x0, x1), top, std::max(x0, x1), bottom);
        const int64_t regions = (block.tokens.size() + map.regionTokens - 1) / map.regionTokens;
        QString label;
        if (block.count > 1) {
            label = QString::fromUtf8("\xc3\x97%1").arg(block.count);
        } else if (block.first < map.denseBlocks) {
            label = QObject::tr("all");
        } else {
            label = QString::fromUtf8("%1 \xe2\x86\x92 1").arg(regions);
        }
        if (metrics.horizontalAdvance(label) <= x1 - x0) {
            painter.setPen(selected ? picture.palette.color(QPalette::WindowText) : text);
            painter.drawText(QRect(x0, area.top(), x1 - x0, metrics.height() + 1), Qt::AlignCenter, label);
        }
    }
    painter.restore();
}

void paintWords(QPainter& painter, const MapPicture& picture) {
    const QRect area = picture.geometry.words;
    if (area.isEmpty()) {
        return;
    }
    const MapView& view = picture.view;
    painter.fillRect(area, picture.palette.window());
    painter.save();
    painter.setClipRect(area);
    const QFontMetrics metrics = painter.fontMetrics();
    // Narrower, words would be dots alone.
    const double narrowest = metrics.horizontalAdvance(QStringLiteral("nn"));
    if (!showsTokens(picture.map, view.axis) || view.axis.tokensPerPixel() * narrowest > 1) {
        painter.setPen(tone(picture.palette, Tone::Muted));
        painter.drawText(area, Qt::AlignCenter, QObject::tr("Zoom in to read single tokens"));
        painter.restore();
        return;
    }
    const int regionTokens = picture.map.regionTokens;
    for (int i = 0; i < view.words.size(); ++i) {
        const int64_t token = view.firstWord + i;
        const double x0 = area.left() + view.axis.xOf(double(token));
        const double x1 = area.left() + view.axis.xOf(double(token + 1));
        // Where a region begins, the line is as high as the words.
        painter.setPen(tone(picture.palette, Tone::Line));
        painter.drawLine(QPointF(x0, token % regionTokens == 0 ? area.top() : area.bottom() - 3),
                         QPointF(x0, area.bottom()));
        QString word = view.words[i];
        word = word.trimmed().isEmpty() && word.contains(QLatin1Char('\n')) ? QString(QChar(0x21b5)) : word.trimmed();
        const bool current = view.cursorTokens.size() == 1 && view.cursorTokens.begin == token;
        painter.setPen(picture.palette.color(current ? QPalette::Highlight : QPalette::WindowText));
        const QRectF box(x0 + 1, area.top(), x1 - x0 - 2, area.height());
        painter.drawText(box, Qt::AlignCenter, metrics.elidedText(word, Qt::ElideRight, static_cast<int>(box.width())));
    }
    painter.restore();
}

}  // namespace lectern::ui
