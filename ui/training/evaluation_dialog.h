#pragma once
// Evaluations: how well facts are found by length and depth, and perplexity by position.

#include <QDialog>

#include "app/jobs/evaluation.h"
#include "ui/services/services.h"

class QComboBox;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace lectern::ui {

class PlotCard;
class RetrievalTable;
class ToneLabel;

/// Runs lectern-engine eval with the model in use, or shows its JSON output from files.
class EvaluationDialog : public QDialog {
    Q_OBJECT

  public:
    explicit EvaluationDialog(Services& services, QWidget* parent = nullptr);

    Result<void> openFiles(const QStringList& paths);
    QComboBox* taskChoice() const { return m_task; }
    QComboBox* contextChoice() const { return m_context; }
    QSpinBox* depthsField() const { return m_depths; }
    QSpinBox* trialsField() const { return m_trials; }
    QPushButton* runButton() const { return m_run; }
    RetrievalTable* table() const { return m_table; }
    PlotCard* curve() const { return m_curve; }
    QString statusText() const;

  signals:
    void measured();

  private:
    QWidget* buildControls();
    void start();
    void showResult(const app::EvaluationResult& result);
    void updateButtons();

    Services& m_services;
    app::EvaluationRun m_evaluation;
    QComboBox *m_task, *m_context;
    QSpinBox *m_depths, *m_trials;
    QPushButton *m_run, *m_cancel;
    ToneLabel* m_status;
    QStackedWidget* m_stack;
    RetrievalTable* m_table;
    PlotCard* m_curve;
};

}  // namespace lectern::ui
