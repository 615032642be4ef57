#pragma once
// Pictures of widgets for people to look at.

#include <QString>

class QWidget;

namespace lectern::ui {

/// Writes NAME-light.png and NAME-dark.png of the widget into $LECTERN_SCREENSHOTS, with the scale factor in the name
/// where it is not 1; does nothing where that is not set.
void shoot(QWidget& widget, const QString& name);

}  // namespace lectern::ui
