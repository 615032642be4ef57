#include "ui/ask/coverage_note.h"

#include <QEvent>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

/// The largest places are enough to read; the rest is counted.
constexpr size_t kShownPlaces = 12;

}  // namespace

CoverageNote::CoverageNote(QWidget* parent) : QFrame(parent), m_headline(new QLabel), m_detail(new QLabel) {
    setObjectName(QStringLiteral("coverage"));
    setFrameShape(QFrame::StyledPanel);
    setAccessibleName(tr("What was not looked at"));
    QFont bold = m_headline->font();
    bold.setWeight(QFont::DemiBold);
    m_headline->setFont(bold);
    for (QLabel* label : {m_headline, m_detail}) {
        label->setWordWrap(true);
    }
    m_detail->setTextFormat(Qt::RichText);
    m_detail->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_detail->setFocusPolicy(Qt::StrongFocus);
    connect(m_detail, &QLabel::linkActivated, this, [this](const QString& link) { emit placeActivated(link.toInt()); });
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSpacing, kSpacing, kSpacing, kSpacing);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(m_headline);
    layout->addWidget(m_detail);
}

void CoverageNote::showCoverage(const AnswerCoverage& coverage, bool abstained) {
    m_headline->setText(abstained ? tr("Not in the document, as far as the model looked") : tr("What was looked at"));
    // Rounded down: "100 %" is said only where nothing was left out.
    const int percent = static_cast<int>(std::floor(coverage.lookedShare * 100));
    QString text = tr("The model looked at %1 % of the document for this answer.").arg(percent);
    std::vector<size_t> order(coverage.unseen.size());
    for (size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    if (order.size() > kShownPlaces) {
        std::nth_element(order.begin(), order.begin() + kShownPlaces, order.end(),
                         [&](size_t a, size_t b) { return coverage.unseen[a].tokens > coverage.unseen[b].tokens; });
        order.resize(kShownPlaces);
        std::sort(order.begin(), order.end());
    }
    QStringList links;
    for (const size_t index : order) {
        links.push_back(
            QStringLiteral("<a href=\"%1\">%2</a>").arg(index).arg(coverage.unseen[index].label.toHtmlEscaped()));
    }
    if (coverage.unseen.size() > order.size()) {
        links.push_back(tr("smaller places: %1").arg(coverage.unseen.size() - order.size()));
    }
    text +=
        QStringLiteral("<br>") + (links.isEmpty() ? tr("No part of it was left out altogether.")
                                                  : tr("Never looked at: %1").arg(links.join(QStringLiteral(", "))));
    m_detail->setText(text);
}

void CoverageNote::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        // Links keep the colour that they were laid out with.
        const QString text = m_detail->text();
        m_detail->clear();
        m_detail->setText(text);
    }
}

QString CoverageNote::text() const {
    return m_headline->text() + QLatin1Char('\n') + m_detail->text();
}

}  // namespace lectern::ui
