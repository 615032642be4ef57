#pragma once
// How long the documents or examples are: one bar per power of two.

#include <QWidget>
#include <vector>

#include "app/jobs/training_log.h"

namespace lectern::ui {

/// Bars beyond the sequence length are drawn as overlong. Its table twin belongs to the page.
class LengthChart : public QWidget {
    Q_OBJECT

  public:
    explicit LengthChart(QWidget* parent = nullptr);
    void setBins(std::vector<app::LengthBin> bins, int64_t sequenceTokens);
    QSize sizeHint() const override { return {260, 110}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<app::LengthBin> m_bins;
    int64_t m_sequenceTokens = 0;
};

}  // namespace lectern::ui
