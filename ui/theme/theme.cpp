#include "ui/theme/theme.h"

#include <QStyle>
#include <QStyleFactory>
#include <cmath>

#include "ui/theme/lectern_style.h"

namespace lectern::ui {
namespace {

QPalette lightPalette() {
    QPalette palette;
    const QColor text(0x1f, 0x24, 0x2a);
    palette.setColor(QPalette::Window, QColor(0xf4, 0xf5, 0xf7));
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::AlternateBase, QColor(0xf7, 0xf8, 0xfa));
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, QColor(0x6e, 0x76, 0x80));
    palette.setColor(QPalette::Button, QColor(0xf4, 0xf5, 0xf7));
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::Light, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::Midlight, QColor(0xea, 0xec, 0xef));
    palette.setColor(QPalette::Mid, QColor(0xc4, 0xc9, 0xd0));
    palette.setColor(QPalette::Dark, QColor(0xa6, 0xad, 0xb6));
    palette.setColor(QPalette::Shadow, QColor(0x6b, 0x73, 0x7d));
    palette.setColor(QPalette::Highlight, QColor(0x1f, 0x6f, 0xb2));
    palette.setColor(QPalette::HighlightedText, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::Link, QColor(0x1a, 0x62, 0xa0));
    palette.setColor(QPalette::LinkVisited, QColor(0x6a, 0x4c, 0x93));
    palette.setColor(QPalette::ToolTipBase, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::ToolTipText, text);
    return palette;
}

QPalette darkPalette() {
    QPalette palette;
    const QColor text(0xdf, 0xe3, 0xe8);
    palette.setColor(QPalette::Window, QColor(0x22, 0x26, 0x2b));
    palette.setColor(QPalette::WindowText, text);
    palette.setColor(QPalette::Base, QColor(0x1a, 0x1d, 0x21));
    palette.setColor(QPalette::AlternateBase, QColor(0x20, 0x24, 0x29));
    palette.setColor(QPalette::Text, text);
    palette.setColor(QPalette::PlaceholderText, QColor(0x8d, 0x96, 0xa1));
    palette.setColor(QPalette::Button, QColor(0x2b, 0x30, 0x36));
    palette.setColor(QPalette::ButtonText, text);
    palette.setColor(QPalette::BrightText, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::Light, QColor(0x41, 0x48, 0x51));
    palette.setColor(QPalette::Midlight, QColor(0x33, 0x39, 0x40));
    palette.setColor(QPalette::Mid, QColor(0x3d, 0x44, 0x4c));
    palette.setColor(QPalette::Dark, QColor(0x14, 0x17, 0x1a));
    palette.setColor(QPalette::Shadow, QColor(0x0c, 0x0e, 0x10));
    palette.setColor(QPalette::Highlight, QColor(0x2d, 0x7c, 0xbe));
    palette.setColor(QPalette::HighlightedText, QColor(0xff, 0xff, 0xff));
    palette.setColor(QPalette::Link, QColor(0x7c, 0xb8, 0xea));
    palette.setColor(QPalette::LinkVisited, QColor(0xb9, 0xa1, 0xdc));
    palette.setColor(QPalette::ToolTipBase, QColor(0x2e, 0x33, 0x3a));
    palette.setColor(QPalette::ToolTipText, text);
    return palette;
}

void greyOutDisabled(QPalette& palette) {
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, mixed(palette.color(role), palette.color(QPalette::Window), 0.55));
    }
    palette.setColor(QPalette::Disabled, QPalette::Highlight, palette.color(QPalette::Mid));
    palette.setColor(QPalette::Disabled, QPalette::Base, palette.color(QPalette::Window));
}

/// Linear interpolation between evenly spaced stops.
QColor atStop(std::initializer_list<QRgb> stops, double place) {
    const double at = std::clamp(place, 0.0, 1.0) * static_cast<double>(stops.size() - 1);
    const auto index = std::min(static_cast<size_t>(at), stops.size() - 2);
    const QRgb* first = stops.begin() + index;
    return mixed(QColor::fromRgb(first[0]), QColor::fromRgb(first[1]), at - static_cast<double>(index));
}

std::array<QRgb, kRampSteps> makeRamp(bool dark) {
    std::array<QRgb, kRampSteps> ramp{};
    for (int i = 0; i < kRampSteps; ++i) {
        // The square root lifts rare, weak selections off the background.
        const double place = std::sqrt(static_cast<double>(i) / (kRampSteps - 1));
        const QColor color = dark ? atStop({0xff1a1d21, 0xff1d3a52, 0xff236a9c, 0xff57b0e6, 0xffe3f4ff}, place)
                                  : atStop({0xffffffff, 0xffd3e5f3, 0xff86b9de, 0xff2f7ab8, 0xff0b3355}, place);
        ramp[static_cast<size_t>(i)] = color.rgb();
    }
    return ramp;
}

}  // namespace

ThemeChoice themeChoiceFromName(const QString& name) {
    return name == QLatin1String("light")  ? ThemeChoice::Light
           : name == QLatin1String("dark") ? ThemeChoice::Dark
                                           : ThemeChoice::System;
}

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Base).lightnessF() < palette.color(QPalette::Text).lightnessF();
}

QColor mixed(const QColor& a, const QColor& b, double shareOfB) {
    const auto mix = [&](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * shareOfB)); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()), mix(a.alpha(), b.alpha()));
}

QColor tone(const QPalette& palette, Tone tone) {
    const bool dark = isDark(palette);
    const auto pick = [dark](QRgb light, QRgb darkColor) { return QColor::fromRgb(dark ? darkColor : light); };
    switch (tone) {
        case Tone::Accent:
            return palette.color(QPalette::Link);
        case Tone::Muted:
            return palette.color(QPalette::PlaceholderText);
        case Tone::Line:
            return mixed(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.16);
        case Tone::Card:
            return mixed(palette.color(QPalette::Base), palette.color(QPalette::WindowText), dark ? 0.06 : 0.035);
        case Tone::Citation:
            return pick(0xffffc845, 0xffe0a52c);
        case Tone::FindHit:
            return pick(0xff7cc4ff, 0xff3f8fd0);
        case Tone::Verified:
            return pick(0xff1d7a46, 0xff69c58f);
        case Tone::Unsupported:
            return pick(0xffb0421f, 0xfff0936c);
        case Tone::Warning:
            return pick(0xff8a5a00, 0xffe5b454);
        case Tone::Error:
            return pick(0xffb3261e, 0xfff2938c);
        case Tone::BudgetDocument:
            return pick(0xff3b7db5, 0xff4a90c8);
        case Tone::BudgetConversation:
            return pick(0xff5a9e8c, 0xff62b09c);
        case Tone::BudgetReply:
            return pick(0xffc98a2b, 0xffd9a04a);
    }
    return palette.color(QPalette::Text);
}

void applyTheme(QApplication& application, ThemeChoice choice) {
    // The palette of the desktop, before the first change of ours.
    static const bool systemIsDark = isDark(QApplication::palette());
    static const bool styled = [] {
        QApplication::setStyle(new LecternStyle(QStyleFactory::create(QStringLiteral("Fusion"))));
        return true;
    }();
    Q_UNUSED(styled)
    const bool dark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && systemIsDark);
    QPalette palette = dark ? darkPalette() : lightPalette();
    greyOutDisabled(palette);
    application.setPalette(palette);
}

const std::array<QRgb, kRampSteps>& heatRamp(bool dark) {
    static const std::array<QRgb, kRampSteps> light = makeRamp(false);
    static const std::array<QRgb, kRampSteps> night = makeRamp(true);
    return dark ? night : light;
}

QColor nominatorColor(bool dark, double place) {
    return dark ? atStop({0xfff6d365, 0xfff0936c, 0xffd977b5}, place)
                : atStop({0xffb07d00, 0xffb8451c, 0xff8e2f73}, place);
}

}  // namespace lectern::ui
