#pragma once
// What of an attention map is in sight, where its parts lie, and what is under a point. Pure values and functions.

#include <QRect>
#include <QSize>
#include <optional>
#include <vector>

#include "ui/attention/attention_map.h"
#include "ui/attention/map_axis.h"

namespace lectern::ui {

enum class MapArea { None, Strip, Ruler, Brackets, Words, RowLabels, Cells };

/// Areas in widget pixels. `cells` holds the rows; `ruler`, `brackets`, `words` and `cells` share the horizontal axis,
/// `strip` always shows the whole context.
struct MapGeometry {
    QRect strip, ruler, brackets, words, labels, cells;
    int rowHeight = 1;
    int scrollY = 0;

    int rowTop(int row) const { return cells.top() + row * rowHeight - scrollY; }
    int rowAt(int y) const { return (y - cells.top() + scrollY) / rowHeight; }
    MapArea areaAt(QPoint point) const;
};

/// What is under a point. `cells` is the column that was drawn there, `tokens` what it stands for, one token where they
/// are shown one by one; for brackets, `block` .. `block + blockCount`.
struct MapHit {
    MapArea area = MapArea::None;
    int row = -1;
    CellRange cells;
    TokenRange tokens;
    int64_t token = 0;
    int64_t block = -1;
    int64_t blockCount = 0;
    bool operator==(const MapHit&) const = default;
};

struct MapView {
    MapAxis axis;
    int rowHeight = 8;
    int scrollY = 0;
    bool normaliseRows = true;
    bool showMean = false;               ///< false: peak of a column
    int64_t selectedBlock = -1;          ///< whose nominations are drawn
    int cursorRow = 0;                   ///< keyboard cursor; its row also names the nominations drawn as arcs
    CellRange cursorCells;               ///< empty: no cursor
    TokenRange cursorTokens;             ///< what the cursor stands on
    int64_t firstWord = 0;               ///< token of the first of `words`
    QVector<QString> words;              ///< texts of the tokens in sight, where they are shown one by one
    TokenRange readerRange;              ///< what the reader shows
    std::vector<TokenRange> marks;       ///< cited or otherwise pointed-at places, ascending
    std::vector<int64_t> mergingBlocks;  ///< blocks that merged the chosen region
};

constexpr int kMinRowHeight = 1;
constexpr int kMaxRowHeight = 28;

/// Whether tokens are shown one by one: wanted, and wide enough on the screen.
bool showsTokens(const AttentionMap& map, const MapAxis& axis);

/// Lays out the areas in `size`; brackets take room only in the document layer, words only where tokens are wanted.
MapGeometry layoutMap(const AttentionMap& map, const MapView& view, QSize size, int lineHeight, int labelWidth);

/// The pixel <-> region scale of the visible part.
CellColumns columnsOf(const AttentionMap& map, const MapAxis& axis, double pixelsPerColumn = 1.0);

MapHit hitTest(const AttentionMap& map, const MapView& view, const MapGeometry& geometry, QPoint point);

/// Token under x of the strip.
int64_t stripTokenAt(const AttentionMap& map, const QRect& strip, int x);
double stripX(const AttentionMap& map, const QRect& strip, double token);

/// One sentence for a hit: place, page, and what was selected or merged there. `word` is the text of a single token.
QString describeHit(const AttentionMap& map, const MapHit& hit, const QString& word = {});
/// The same for a nominated region of the selected block, empty if `cells` holds none.
QString describeNomination(const AttentionMap& map, int row, int64_t block, CellRange cells);

}  // namespace lectern::ui
