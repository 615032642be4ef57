#pragma once
// A stacked bar of memory needs against what there is.

#include <QWidget>
#include <vector>

#include "ui/theme/theme.h"

namespace lectern::ui {

/// The parts' names and sizes are the accessible description and the tool tip; callers show them as text too.
class MemoryBar : public QWidget {
    Q_OBJECT

  public:
    struct Part {
        QString name;
        int64_t bytes = 0;
        Tone color = Tone::Accent;
    };

    explicit MemoryBar(QWidget* parent = nullptr);
    /// `available`: drawn as a mark; 0: none.
    void setParts(std::vector<Part> parts, int64_t available);
    int64_t total() const;
    bool fits() const { return m_available == 0 || total() <= m_available; }

    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<Part> m_parts;
    int64_t m_available = 0;
};

}  // namespace lectern::ui
