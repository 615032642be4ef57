#pragma once
// The status bar: what runs, the token budget, the model, memory.

#include <QStatusBar>
#include <QTimer>

#include "ui/services/engine_model.h"

class QLabel;

namespace lectern::ui {

class BudgetBar;

class StatusStrip : public QStatusBar {
    Q_OBJECT

  public:
    explicit StatusStrip(EngineModel& model, QWidget* parent = nullptr);
    BudgetBar* budget() const { return m_budget; }
    void setActivity(const QString& text);

  private:
    void showModel();
    void showMemory();

    EngineModel& m_engineModel;
    QLabel* m_activity;
    BudgetBar* m_budget;
    QLabel* m_model;
    QLabel* m_memory;
    QTimer m_timer;
};

/// Resident memory of this process in bytes; 0 where it cannot be told.
int64_t residentBytes();

}  // namespace lectern::ui
