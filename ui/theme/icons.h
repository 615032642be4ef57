#pragma once
// Icons by name, tinted with the palette so that one drawing serves light and dark.

#include <QIcon>
#include <QStyle>

namespace lectern::ui {

/// The icon `name` of the resources (":/icons/NAME.svg"); the style's own `fallback` where there is none.
QIcon icon(const QString& name, QStyle::StandardPixmap fallback = QStyle::SP_CustomBase);
/// As wide as an icon, so that the texts of a list stand below each other.
QIcon blankIcon();

}  // namespace lectern::ui
