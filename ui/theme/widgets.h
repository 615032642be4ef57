#pragma once
// Small widgets that look alike in every part of the window.

#include <QLabel>
#include <QToolButton>

namespace lectern::ui {

/// A flat button with an icon; `tip` is its name too.
QToolButton* toolButton(const QString& iconName, const QString& tip);
/// Muted text in the middle of a place that has nothing to show yet, `margin` pixels from its edges.
QLabel* emptyLabel(int margin);
/// The text of an action or a button without the mark of its key: "Open" for "&Open", "打开" for "打开(&O)".
QString withoutMnemonic(QString text);

}  // namespace lectern::ui
