#include "ui/opening/coverage_strip.h"

#include <QPainter>
#include <algorithm>
#include <array>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

QColor colorOf(const QPalette& palette, app::PageState state) {
    switch (state) {
        case app::PageState::Text:
            return tone(palette, Tone::BudgetDocument);
        case app::PageState::Blank:
            return tone(palette, Tone::Line);
        case app::PageState::NoText:
            return tone(palette, Tone::Warning);
        case app::PageState::Unreadable:
            return tone(palette, Tone::Error);
    }
    return {};
}

}  // namespace

QByteArray coverageBytes(const std::vector<app::PageState>& coverage) {
    QByteArray bytes;
    for (const app::PageState state : coverage) {
        bytes.push_back(static_cast<char>(state));
    }
    return bytes;
}

QString coverageText(const QByteArray& coverage) {
    std::array<int, 4> counts{};
    for (const char state : coverage) {
        ++counts[static_cast<size_t>(std::clamp<int>(state, 0, 3))];
    }
    const std::array<QString, 4> names = {CoverageDelegate::tr("%1 with text"), CoverageDelegate::tr("%1 blank"),
                                          CoverageDelegate::tr("%1 pictures without text"),
                                          CoverageDelegate::tr("%1 unreadable")};
    QStringList parts;
    for (size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] > 0) {
            parts.push_back(names[i].arg(counts[i]));
        }
    }
    return parts.join(QStringLiteral(", "));
}

void CoverageDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyledItemDelegate::paint(painter, option, index);
    const QByteArray coverage = index.data(kCoverageRole).toByteArray();
    const QRect area = option.rect.adjusted(kSpacing, kSpacing / 2, -kSpacing, -kSpacing / 2);
    if (coverage.isEmpty() || area.width() <= 0) {
        return;
    }
    painter->save();
    for (int x = 0; x < area.width(); ++x) {
        const auto first = coverage.size() * x / area.width();
        const auto last = std::max(first + 1, coverage.size() * (x + 1) / area.width());
        // The worst page of a pixel column is the one to see.
        const char worst =
            *std::max_element(coverage.begin() + first, coverage.begin() + std::min(last, coverage.size()));
        const auto state = static_cast<app::PageState>(worst);
        const int inset = state == app::PageState::Text    ? area.height() / 4
                          : state == app::PageState::Blank ? area.height() / 2 - 1
                                                           : 0;
        painter->fillRect(QRect(area.left() + x, area.top() + inset, 1, area.height() - 2 * inset),
                          colorOf(option.palette, state));
    }
    painter->restore();
}

}  // namespace lectern::ui
