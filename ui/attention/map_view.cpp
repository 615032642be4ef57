#include "ui/attention/map_view.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>

#include "ui/attention/lod_runs.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {

QString translated(const char* text, int count = -1) {
    return QCoreApplication::translate("AttentionMap", text, nullptr, count);
}

/// "“lamp”, token 1,605"; the region that the value is of stands beside it.
QString tokenText(const AttentionMap& map, int64_t token, const QString& word) {
    const TokenRange region = map.tokensOf(map.cellOf(token));
    const QString text = translated(QT_TRANSLATE_NOOP("AttentionMap", "token %1 of the region %2\xe2\x80\x93%3"))
                             .arg(numberText(token), numberText(region.begin), numberText(region.end));
    return word.trimmed().isEmpty() ? text
                                    : translated(QT_TRANSLATE_NOOP("AttentionMap", "\xe2\x80\x9c%1\xe2\x80\x9d, %2"))
                                          .arg(word.trimmed(), text);
}

QString placeOf(const AttentionMap& map, TokenRange tokens, const QString& word = {}) {
    QString place = tokens.size() == 1 && map.options.grain == MapGrain::Token
                        ? tokenText(map, tokens.begin, word)
                        : translated(QT_TRANSLATE_NOOP("AttentionMap", "tokens %1\xe2\x80\x93%2"))
                              .arg(numberText(tokens.begin), numberText(tokens.end));
    if (tokens.begin >= map.source.documentTokens) {
        return place + translated(QT_TRANSLATE_NOOP("AttentionMap", " (conversation)"));
    }
    const QString first = map.source.marks.pageLabelAt(tokens.begin);
    const QString last = map.source.marks.pageLabelAt(std::max(tokens.begin, tokens.end - 1));
    if (!first.isEmpty()) {
        place += first == last
                     ? translated(QT_TRANSLATE_NOOP("AttentionMap", ", page %1")).arg(first)
                     : translated(QT_TRANSLATE_NOOP("AttentionMap", ", pages %1\xe2\x80\x93%2")).arg(first, last);
    }
    return place;
}

QString valueText(const AttentionMap& map, int row, CellRange cells) {
    const HeatPyramid::Sample sample = map.heat.sample(row, cells);
    const int64_t present = map.heat.countPresent(row, cells);
    if (present == 0) {
        return translated(QT_TRANSLATE_NOOP("AttentionMap", "nothing selected here"));
    }
    const float high = map.heat.value(row, sample.max);
    QString text = cells.size() == 1
                       ? QString()
                       : translated(QT_TRANSLATE_NOOP("AttentionMap", "%1 of %2 regions selected, at most "))
                             .arg(numberText(present), numberText(cells.size()));
    if (map.options.layer == MapLayer::Document) {
        text += translated(QT_TRANSLATE_NOOP("AttentionMap", "merged into %1 of %2 blocks"))
                    .arg(QLocale().toString(high, 'g', 4), numberText(map.blockCount()));
    } else if (map.options.measure == MapMeasure::Mass) {
        text += translated(QT_TRANSLATE_NOOP("AttentionMap", "%1 % of the attention"))
                    .arg(QLocale().toString(high * 100.0, 'g', 3));
    } else {
        text += translated(QT_TRANSLATE_NOOP("AttentionMap", "score %1")).arg(QLocale().toString(high, 'g', 4));
    }
    return text;
}

}  // namespace

MapArea MapGeometry::areaAt(QPoint point) const {
    return strip.contains(point)      ? MapArea::Strip
           : ruler.contains(point)    ? MapArea::Ruler
           : brackets.contains(point) ? MapArea::Brackets
           : words.contains(point)    ? MapArea::Words
           : labels.contains(point)   ? MapArea::RowLabels
           : cells.contains(point)    ? MapArea::Cells
                                      : MapArea::None;
}

MapGeometry layoutMap(const AttentionMap& map, const MapView& view, QSize size, int lineHeight, int labelWidth) {
    constexpr int kGap = 4;
    MapGeometry geometry;
    const int width = std::max(1, size.width() - labelWidth);
    int y = 0;
    const auto take = [&](int height) {
        const QRect rect(labelWidth, y, width, height);
        y += height;
        return rect;
    };
    geometry.strip = take(lineHeight * 2);
    y += kGap;
    // A line of text, and ticks below it.
    geometry.ruler = take(lineHeight + 7);
    if (map.options.layer == MapLayer::Document && map.blockTokens > 0) {
        geometry.brackets = take(lineHeight + 10);
    }
    if (map.options.grain == MapGrain::Token) {
        geometry.words = take(lineHeight + 4);
    }
    geometry.rowHeight = view.rowHeight;
    geometry.scrollY = view.scrollY;
    geometry.cells = QRect(labelWidth, y, width, std::max(0, size.height() - y));
    geometry.labels = QRect(0, y, labelWidth, geometry.cells.height());
    return geometry;
}

bool showsTokens(const AttentionMap& map, const MapAxis& axis) {
    constexpr double kTokensPerPixel = 1.0 / 4;
    return map.options.grain == MapGrain::Token && axis.tokensPerPixel() <= kTokensPerPixel;
}

CellColumns columnsOf(const AttentionMap& map, const MapAxis& axis, double pixelsPerColumn) {
    return CellColumns(axis.firstToken() / map.regionTokens, axis.tokensPerPixel() * pixelsPerColumn / map.regionTokens,
                       map.regionCount);
}

int64_t stripTokenAt(const AttentionMap& map, const QRect& strip, int x) {
    const double place = static_cast<double>(x - strip.left()) / std::max(1, strip.width());
    return static_cast<int64_t>(std::clamp(place, 0.0, 1.0) * static_cast<double>(map.source.contextTokens));
}

double stripX(const AttentionMap& map, const QRect& strip, double token) {
    return strip.left() + token / static_cast<double>(std::max<int64_t>(1, map.source.contextTokens)) * strip.width();
}

MapHit hitTest(const AttentionMap& map, const MapView& view, const MapGeometry& geometry, QPoint point) {
    MapHit hit;
    hit.area = geometry.areaAt(point);
    if (map.regionCount == 0 || hit.area == MapArea::None) {
        return {};
    }
    if (hit.area == MapArea::Strip) {
        hit.token = stripTokenAt(map, geometry.strip, point.x());
        const int64_t region = std::min(hit.token / map.regionTokens, map.regionCount - 1);
        hit.cells = {region, region + 1};
        hit.tokens = map.tokensOf(hit.cells);
        return hit;
    }
    if (hit.area == MapArea::RowLabels || hit.area == MapArea::Cells) {
        hit.row = geometry.rowAt(point.y());
        if (hit.row < 0 || hit.row >= static_cast<int>(map.rows.size())) {
            return {};
        }
        if (hit.area == MapArea::RowLabels) {
            return hit;
        }
    }
    const int x = point.x() - geometry.cells.left();
    hit.cells = columnsOf(map, view.axis).column(x);
    if (hit.cells.size() <= 0) {
        return {};
    }
    hit.token = std::clamp<int64_t>(static_cast<int64_t>(view.axis.tokenAt(x)), 0, map.source.contextTokens);
    hit.tokens = map.tokensOf(hit.cells);
    if (showsTokens(map, view.axis) && hit.token < map.source.contextTokens) {
        hit.cells = map.cellOf(hit.token);
        hit.tokens = {hit.token, hit.token + 1};
    }
    if (hit.area == MapArea::Brackets) {
        for (const LodBlock& block : mergeUniformRuns(map.blockTokens, map.source.documentTokens, view.axis)) {
            if (hit.token >= block.tokens.begin && hit.token < block.tokens.end) {
                hit.block = block.first;
                hit.blockCount = block.count;
            }
        }
    }
    return hit;
}

QString describeHit(const AttentionMap& map, const MapHit& hit, const QString& word) {
    switch (hit.area) {
        case MapArea::Strip: {
            const QString chapter = map.source.marks.chapterAt(hit.token);
            const QString place = placeOf(map, hit.tokens);
            return chapter.isEmpty() ? place : chapter + QStringLiteral(": ") + place;
        }
        case MapArea::Ruler:
        case MapArea::Words:
            return placeOf(map, hit.tokens, word);
        case MapArea::RowLabels:
            return map.rowLabel(hit.row);
        case MapArea::Cells:
            return QStringLiteral("%1, %2: %3")
                .arg(map.rowLabel(hit.row), placeOf(map, hit.tokens, word), valueText(map, hit.row, hit.cells));
        case MapArea::Brackets: {
            if (hit.block < 0) {
                return {};
            }
            const TokenRange tokens{map.blockRange(hit.block).begin,
                                    map.blockRange(hit.block + hit.blockCount - 1).end};
            const QString place = placeOf(map, tokens);
            if (hit.blockCount > 1) {
                return translated(QT_TRANSLATE_NOOP("AttentionMap", "%1 blocks, %2"))
                    .arg(numberText(hit.blockCount), place);
            }
            const int64_t regions = (tokens.size() + map.regionTokens - 1) / map.regionTokens;
            return hit.block < map.denseBlocks
                       ? translated(QT_TRANSLATE_NOOP("AttentionMap", "Block %1, %2: saw everything before it"))
                             .arg(numberText(hit.block + 1), place)
                       : translated(
                             QT_TRANSLATE_NOOP("AttentionMap",
                                               "Block %1, %2: the choices of %3 regions merged into one shared set"))
                             .arg(numberText(hit.block + 1), place, numberText(regions));
        }
        case MapArea::None:
            break;
    }
    return {};
}

QString describeNomination(const AttentionMap& map, int row, int64_t block, CellRange cells) {
    int64_t found = 0;
    Nomination first;
    for (const Nomination& nomination : nominationsOf(map, row, block)) {
        if (nomination.region >= cells.begin && nomination.region < cells.end) {
            first = found == 0 ? nomination : first;
            ++found;
        }
    }
    if (found == 0) {
        return {};
    }
    if (found > 1) {
        return translated(QT_TRANSLATE_NOOP("AttentionMap", "%1 regions here belong to the set of block %2"))
            .arg(numberText(found), numberText(block + 1));
    }
    const int64_t nominator = block * map.blockTokens / map.regionTokens + first.nominator;
    return translated(QT_TRANSLATE_NOOP("AttentionMap", "In the set of block %1, nominated by %2"))
        .arg(numberText(block + 1), placeOf(map, map.tokensOf({nominator, nominator + 1})));
}

}  // namespace lectern::ui
