#pragma once
// Pictures of widgets for people to look at, in both themes.

#include <QStringList>

class QWidget;

namespace lectern::ui {

/// Saves NAME-light.png and NAME-dark.png into $LECTERN_SCREENSHOTS; does nothing without it. What has been cut off is
/// said in a warning.
void shoot(QWidget& widget, const QString& name);

/// Texts of visible labels, buttons, choices, tabs and headers below `root` that are cut off or shortened.
QStringList clippedTexts(const QWidget& root);

}  // namespace lectern::ui
