#pragma once
// Fourth page: how it is trained, what positions it sees, and what memory that takes.

#include "app/jobs/task_thread.h"
#include "ui/training/tune_page.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QSpinBox;

namespace lectern::ui {

class MemoryBar;
class PlotCard;
class ToneLabel;

class MethodPage : public TunePage {
    Q_OBJECT

  public:
    explicit MethodPage(TuneState& state, QWidget* parent = nullptr);
    ~MethodPage() override;
    void enter() override;

    QComboBox* sequenceChoice() const { return m_sequence; }
    QSpinBox* stepsField() const { return m_steps; }
    QComboBox* policyChoice() const { return m_policy; }
    PlotCard* positionsPlot() const { return m_positions; }
    const app::TrainingMemory& memory() const { return m_memory; }

  private:
    QWidget* buildFields();
    void readFields();
    void showMemory();
    void requestPositions();
    void showPositions(const app::TrainingPreview& preview);

    QComboBox *m_method, *m_sequence, *m_policy, *m_attention, *m_kept, *m_decay;
    QSpinBox *m_rank, *m_steps, *m_accumulation, *m_warmup;
    QDoubleSpinBox* m_rate;
    MemoryBar* m_bar;
    ToneLabel* m_memoryText;
    PlotCard* m_positions;
    app::TrainingMemory m_memory;
    bool m_filling = false;
    uint64_t m_request = 0;
    std::unique_ptr<app::TaskThread> m_thread;
};

}  // namespace lectern::ui
