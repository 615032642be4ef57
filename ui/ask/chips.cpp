#include "ui/ask/chips.h"

#include <QApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QTextDocument>
#include <QUrl>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kNumber = QTextFormat::UserProperty + 1;
constexpr int kState = QTextFormat::UserProperty + 2;
constexpr double kPadding = 5;
constexpr double kMargin = 2;
constexpr double kAir = 3;  ///< between the number and the outline, above and below together

QFont chipFont(const QTextDocument& document) {
    QFont font = document.defaultFont();
    font.setPointSizeF(font.pointSizeF() * 0.82);
    return font;
}

QString chipText(const QTextFormat& format) {
    const QString number = QString::number(format.intProperty(kNumber));
    switch (static_cast<app::CitationState>(format.intProperty(kState))) {
        case app::CitationState::Verified:
            return QString::fromUtf8("%1 \xe2\x9c\x93").arg(number);
        case app::CitationState::Unsupported:
            return QStringLiteral("%1 ?").arg(number);
        case app::CitationState::Selected:
            break;
    }
    return number;
}

}  // namespace

QString stateText(app::CitationState state) {
    switch (state) {
        case app::CitationState::Verified:
            return ChipRenderer::tr("verified by ablation");
        case app::CitationState::Unsupported:
            return ChipRenderer::tr("not supported");
        case app::CitationState::Selected:
            break;
    }
    return ChipRenderer::tr("selected");
}

QTextCharFormat ChipRenderer::format(int number, app::CitationState state, size_t citation, const QString& toolTip) {
    QTextCharFormat format;
    format.setObjectType(kObjectType);
    format.setProperty(kNumber, number);
    format.setProperty(kState, static_cast<int>(state));
    format.setAnchor(true);
    format.setAnchorHref(QStringLiteral("cite:%1").arg(citation));
    format.setToolTip(toolTip);
    format.setVerticalAlignment(QTextCharFormat::AlignMiddle);
    return format;
}

QSizeF ChipRenderer::intrinsicSize(QTextDocument* document, int, const QTextFormat& format) {
    const QFontMetricsF metrics(chipFont(*document));
    const double width =
        std::max(metrics.horizontalAdvance(chipText(format)) + 2 * kPadding, metrics.height() + kAir + 2);
    return {width + 2 * kMargin, metrics.height() + kAir};
}

void ChipRenderer::drawObject(QPainter* painter, const QRectF& rect, QTextDocument* document, int,
                              const QTextFormat& format) {
    const QPalette palette = QApplication::palette();
    const auto state = static_cast<app::CitationState>(format.intProperty(kState));
    const bool chosen = format.boolProperty(kChosen);
    const QColor color = chosen ? QColor(Qt::black)
                                : tone(palette, state == app::CitationState::Verified      ? Tone::Verified
                                                : state == app::CitationState::Unsupported ? Tone::Unsupported
                                                                                           : Tone::Accent);
    const QRectF pill = rect.adjusted(kMargin + 0.5, 0.5, -kMargin - 0.5, -0.5);
    const double radius = state == app::CitationState::Unsupported ? 3.0 : pill.height() / 2;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QPen pen(chosen ? palette.color(QPalette::Text) : color, 1);
    pen.setStyle(state == app::CitationState::Unsupported ? Qt::DashLine : Qt::SolidLine);
    painter->setPen(pen);
    const bool filled = state == app::CitationState::Verified && !chosen;
    painter->setBrush(chosen   ? tone(palette, Tone::Citation)
                      : filled ? color
                               : mixed(palette.color(QPalette::Base), color, 0.12));
    painter->drawRoundedRect(pill, radius, radius);
    painter->setFont(chipFont(*document));
    painter->setPen(filled ? palette.color(QPalette::Base) : color);
    painter->drawText(pill, Qt::AlignCenter, chipText(format));
    painter->restore();
}

}  // namespace lectern::ui
