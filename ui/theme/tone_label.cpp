#include "ui/theme/tone_label.h"

#include <QEvent>

namespace lectern::ui {

ToneLabel::ToneLabel(Tone tone, const QString& text, QWidget* parent) : QLabel(text, parent), m_tone(tone) {
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setFocusPolicy(Qt::NoFocus);
    applyTone();
}

void ToneLabel::setTone(Tone tone) {
    m_tone = tone;
    applyTone();
}

void ToneLabel::applyTone() {
    QPalette colors;
    const QPalette program = QApplication::palette();
    colors.setColor(QPalette::WindowText, tone(program, m_tone));
    setPalette(colors);
}

void ToneLabel::changeEvent(QEvent* event) {
    QLabel::changeEvent(event);
    // Setting the palette sends such an event itself: the colour stays then, which ends it.
    const QColor wanted = tone(QApplication::palette(), m_tone);
    if (event->type() == QEvent::PaletteChange && palette().color(QPalette::WindowText) != wanted) {
        applyTone();
    }
}

}  // namespace lectern::ui
