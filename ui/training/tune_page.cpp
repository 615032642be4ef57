#include "ui/training/tune_page.h"

#include <QLabel>
#include <QVBoxLayout>

#include "ui/theme/tone_label.h"

namespace lectern::ui {

TunePage::TunePage(TuneState& state, const QString& title, const QString& sentence, QWidget* parent)
    : QWidget(parent), m_state(state), m_layout(new QVBoxLayout(this)), m_title(title) {
    auto* heading = new QLabel(title);
    QFont font = heading->font();
    font.setPointSizeF(font.pointSizeF() * 1.35);
    font.setWeight(QFont::DemiBold);
    heading->setFont(font);
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(2 * kSpacing);
    m_layout->addWidget(heading);
    m_layout->addWidget(new ToneLabel(Tone::Muted, sentence));
}

QLabel* sectionLabel(const QString& text) {
    auto* label = new QLabel(text);
    QFont font = label->font();
    font.setWeight(QFont::DemiBold);
    label->setFont(font);
    return label;
}

}  // namespace lectern::ui
