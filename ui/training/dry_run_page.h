#pragma once
// Fifth page: one step on the longest sample, before hours are spent.

#include "ui/training/tune_page.h"

class QFormLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace lectern::ui {

class ToneLabel;

class DryRunPage : public TunePage {
    Q_OBJECT

  public:
    explicit DryRunPage(TuneState& state, QWidget* parent = nullptr);
    void enter() override;
    /// A run may be started without a dry run, but not after one that failed.
    bool isComplete() const override { return !m_failed && !m_dryRun.isRunning(); }

    QPushButton* startButton() const { return m_start; }
    const app::TrainingLog& log() const { return m_dryRun.log(); }

  signals:
    void measured();

  private:
    void start();
    void showReport();
    QLabel* addFact(QFormLayout* form, const QString& title);

    app::TrainingDryRun m_dryRun;
    std::string m_config;
    bool m_failed = false;
    QPushButton *m_start, *m_cancel;
    QProgressBar* m_busy;
    ToneLabel* m_verdict;
    QLabel *m_longest, *m_seconds, *m_eta, *m_memory, *m_estimate, *m_disk;
};

}  // namespace lectern::ui
