#pragma once
// Sixth page: the run at work, with its curves, answers and controls.

#include "ui/training/tune_page.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTextBrowser;

namespace lectern::ui {

class PlotCard;
class ToneLabel;

class RunPage : public TunePage {
    Q_OBJECT

  public:
    explicit RunPage(TuneState& state, QWidget* parent = nullptr);
    void enter() override;
    /// Comparing needs an adapter.
    bool isComplete() const override;

    /// Follows the state's run; called when a run was opened or started.
    void follow();
    QPushButton* startButton() const { return m_start; }
    QPushButton* pauseButton() const { return m_pause; }
    QPushButton* stopButton() const { return m_stop; }
    PlotCard* lossPlot() const { return m_loss; }
    QTextBrowser* samples() const { return m_samples; }
    QString statusText() const;

  private:
    void start();
    void refresh();
    void showPlots(const app::TrainingLog& log);
    void showSamples(const app::TrainingLog& log);

    QPushButton *m_start, *m_pause, *m_stop;
    QProgressBar* m_progress;
    ToneLabel *m_status, *m_alarm;
    PlotCard *m_loss, *m_rate, *m_norm, *m_speed, *m_positions;
    QTextBrowser* m_samples;
    size_t m_shownSamples = 0;
};

}  // namespace lectern::ui
