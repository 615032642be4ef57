#pragma once
// Pages of white paper turned dark, with their photographs left alone.

#include <QColor>
#include <QImage>

namespace lectern::ui {

/// What white paper becomes.
QColor darkPaper();

/// `page` (Format_RGB32) with the lightness of its pixels turned round, hues kept. Areas that look like photographs,
/// many tones of grey or colour side by side rather than ink on paper, stay as they are. A few milliseconds per
/// megapixel.
QImage darkPage(const QImage& page);

}  // namespace lectern::ui
