#pragma once
// Writes what the attention map shows: the table as CSV, the picture as PNG or SVG.

#include <QImage>
#include <QPainter>
#include <QString>
#include <functional>

#include "engine/core/result.h"
#include "ui/attention/region_table_model.h"

namespace lectern::ui {

/// RFC 4180, UTF-8, header line, numbers with a decimal point whatever the locale. One line per region and row with a
/// value, in the map's order, regions of `visible` only. Errors: Io, DiskFull; nothing is left behind then.
Result<void> writeMapCsv(const QString& filePath, const AttentionMap& map, TokenRange visible);
/// A drawing of `size`, made by `paint`, that stays sharp at any scale.
Result<void> writeSvg(const QString& filePath, QSize size, const QString& title,
                      const std::function<void(QPainter&)>& paint);
Result<void> writePng(const QString& filePath, const QImage& image);

}  // namespace lectern::ui
