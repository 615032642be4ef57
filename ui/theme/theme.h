#pragma once
// Light and dark palettes, and the few colours of meaning that a palette has no role for.

#include <QApplication>
#include <QColor>
#include <QPalette>
#include <array>

namespace lectern::ui {

enum class ThemeChoice { System, Light, Dark };
ThemeChoice themeChoiceFromName(const QString& name);  ///< "light", "dark", anything else: System

/// Colours of meaning. Each is readable on the palette's Base colour; none carries meaning alone (shape or text does).
enum class Tone {
    Accent,       ///< links, focus, the chosen thing
    Muted,        ///< secondary text
    Line,         ///< hairlines between areas
    Card,         ///< background of raised blocks
    Citation,     ///< highlight behind cited text
    FindHit,      ///< highlight behind a search hit
    Verified,     ///< checked by ablation
    Unsupported,  ///< checked and not supported
    Warning,
    Error,
    BudgetDocument,
    BudgetConversation,
    BudgetReply,
};

bool isDark(const QPalette& palette);
QColor tone(const QPalette& palette, Tone tone);
QColor mixed(const QColor& a, const QColor& b, double shareOfB);

/// Sets style and palette of the whole program; may be called again at any time.
void applyTheme(QApplication& application, ThemeChoice choice);

/// Colours of the attention map: kRampSteps from "nothing" to "most", and the colour of a nominator by its place.
constexpr int kRampSteps = 1024;
const std::array<QRgb, kRampSteps>& heatRamp(bool dark);
QColor nominatorColor(bool dark, double place);

/// One unit of spacing in pixels; layouts use whole multiples.
constexpr int kSpacing = 6;

}  // namespace lectern::ui
