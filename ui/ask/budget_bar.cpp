#include "ui/ask/budget_bar.h"

#include <QPainter>
#include <algorithm>

#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {
constexpr int kBarWidth = 120;
constexpr int kBarHeight = 8;
}  // namespace

BudgetBar::BudgetBar(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Token budget"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    updateText();
}

void BudgetBar::setBudget(const app::TokenBudget& budget) {
    m_budget = budget;
    updateText();
}

void BudgetBar::setQuestionTokens(int64_t tokens) {
    m_questionTokens = tokens;
    updateText();
}

void BudgetBar::clear() {
    m_budget = {};
    m_questionTokens = 0;
    updateText();
}

void BudgetBar::updateText() {
    if (m_budget.capacity == 0) {
        m_text.clear();
        setToolTip({});
        setAccessibleDescription(tr("No document has been read by the model."));
    } else {
        m_text =
            tr("%1 of %2 tokens")
                .arg(numberText(m_budget.capacity - m_budget.free() + m_questionTokens), numberText(m_budget.capacity));
        const QString sentence =
            tr("Document %1, conversation %2, kept for the reply %3, free %4 tokens")
                .arg(numberText(m_budget.document), numberText(m_budget.conversation + m_questionTokens),
                     numberText(m_budget.reply), numberText(m_budget.free() - m_questionTokens));
        setToolTip(sentence);
        setAccessibleDescription(sentence);
    }
    setVisible(m_budget.capacity > 0);
    updateGeometry();
    update();
}

QSize BudgetBar::sizeHint() const {
    return {kBarWidth + 2 * kSpacing + fontMetrics().horizontalAdvance(m_text), fontMetrics().height()};
}

QSize BudgetBar::minimumSizeHint() const {
    return {kBarWidth, fontMetrics().height()};
}

void BudgetBar::paintEvent(QPaintEvent*) {
    if (m_budget.capacity <= 0) {
        return;
    }
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF bar(0.5, (height() - kBarHeight) / 2.0, kBarWidth, kBarHeight);
    painter.setPen(Qt::NoPen);
    painter.setBrush(mixed(palette().color(QPalette::Window), palette().color(QPalette::WindowText), 0.14));
    painter.drawRoundedRect(bar, 3, 3);
    double x = bar.left();
    const auto part = [&](int64_t tokens, Tone color) {
        if (tokens <= 0) {
            return;
        }
        const double share = static_cast<double>(tokens) / static_cast<double>(m_budget.capacity);
        const double width = std::clamp(share * bar.width(), 1.5, std::max(1.5, bar.right() - x));
        painter.setBrush(tone(palette(), color));
        painter.drawRoundedRect(QRectF(x, bar.top(), width, bar.height()), 2, 2);
        x += width + 1;
    };
    part(m_budget.document, Tone::BudgetDocument);
    part(m_budget.conversation + m_questionTokens, Tone::BudgetConversation);
    part(m_budget.reply, Tone::BudgetReply);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRectF(kBarWidth + kSpacing, 0, width() - kBarWidth - kSpacing, height()),
                     Qt::AlignVCenter | Qt::AlignLeft, m_text);
}

}  // namespace lectern::ui
