#pragma once
// Draws an attention map on any QPainter: the canvas, a PNG, a printer.

#include <QFont>
#include <QPainter>
#include <QPalette>

#include "ui/attention/map_view.h"

namespace lectern::ui {

/// Borrowed inputs of one picture.
struct MapPicture {
    const AttentionMap& map;
    const MapView& view;
    const MapGeometry& geometry;
    QPalette palette;
    double devicePixelRatio = 1.0;
    bool focused = false;
};

/// Draws everything. Cost: O(rows in sight x pixel columns), independent of the document's length.
void paintMap(QPainter& painter, const MapPicture& picture);

void paintStrip(QPainter& painter, const MapPicture& picture);
void paintRuler(QPainter& painter, const MapPicture& picture);
void paintBrackets(QPainter& painter, const MapPicture& picture);
/// The texts of the tokens in sight, where tokens are shown one by one; else how to get there.
void paintWords(QPainter& painter, const MapPicture& picture);
void paintRows(QPainter& painter, const MapPicture& picture);
void paintRowLabels(QPainter& painter, const MapPicture& picture);
/// Arcs from the nominating regions of the selected block to what they brought into its set, in the cursor's row.
void paintNominations(QPainter& painter, const MapPicture& picture);

}  // namespace lectern::ui
