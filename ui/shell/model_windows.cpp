#include "ui/shell/model_windows.h"

#include "ui/models/models_dialog.h"
#include "ui/training/evaluation_dialog.h"
#include "ui/training/training_wizard.h"

namespace lectern::ui {
namespace {

void bringUp(QWidget* window) {
    window->show();
    window->raise();
    window->activateWindow();
}

}  // namespace

ModelWindows::ModelWindows(Services& services, std::function<app::DocumentId()> currentDocument, QWidget* window)
    : QObject(window), m_services(services), m_currentDocument(std::move(currentDocument)), m_window(window) {}

void ModelWindows::showModels() {
    if (m_models == nullptr) {
        m_models = new ModelsDialog(m_services, m_window);
    } else {
        m_models->refresh();
    }
    bringUp(m_models);
}

void ModelWindows::showTuning() {
    if (m_tuning == nullptr) {
        m_tuning = new TrainingWizard(m_services, m_currentDocument(), m_window);
        // The next opening starts afresh; a run at work is found in its list.
        connect(m_tuning, &QDialog::finished, m_tuning, &QObject::deleteLater);
    }
    bringUp(m_tuning);
}

void ModelWindows::showEvaluation() {
    if (m_evaluation == nullptr) {
        m_evaluation = new EvaluationDialog(m_services, m_window);
    }
    bringUp(m_evaluation);
}

}  // namespace lectern::ui
