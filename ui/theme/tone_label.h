#pragma once
// Text in a colour of meaning that follows the theme.

#include <QLabel>

#include "ui/theme/theme.h"

namespace lectern::ui {

/// Wraps its words; its text can be selected.
class ToneLabel : public QLabel {
    Q_OBJECT

  public:
    explicit ToneLabel(Tone tone, const QString& text = {}, QWidget* parent = nullptr);
    void setTone(Tone tone);

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void applyTone();

    Tone m_tone;
};

}  // namespace lectern::ui
