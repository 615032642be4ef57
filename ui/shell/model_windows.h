#pragma once
// The windows about models: which one answers, tuning, evaluation. Made when they are first wanted.

#include <QObject>
#include <QPointer>
#include <functional>

#include "app/library/records.h"
#include "ui/services/services.h"

class QWidget;

namespace lectern::ui {

class EvaluationDialog;
class ModelsDialog;
class TrainingWizard;

class ModelWindows : public QObject {
    Q_OBJECT

  public:
    /// `currentDocument`: the document in front, which tuning offers as data; 0: none.
    ModelWindows(Services& services, std::function<app::DocumentId()> currentDocument, QWidget* window);

  public slots:
    void showModels();
    void showTuning();
    void showEvaluation();

  private:
    Services& m_services;
    std::function<app::DocumentId()> m_currentDocument;
    QWidget* m_window;
    QPointer<ModelsDialog> m_models;
    QPointer<TrainingWizard> m_tuning;
    QPointer<EvaluationDialog> m_evaluation;
};

}  // namespace lectern::ui
