#pragma once
// What the pages of the Tune wizard share.

#include <QWidget>
#include <memory>

#include "app/jobs/training_runs.h"
#include "ui/services/services.h"

class QLabel;
class QVBoxLayout;

namespace lectern::ui {

/// The fine-tune being set up or watched. Pages write into the plan; the later ones work with the run.
struct TuneState {
    explicit TuneState(Services& all) : services(all) {}

    std::filesystem::path runsFolder() const { return services.dataDirectory / "training"; }
    /// Texts taken from the library for training, before there is a run folder for them.
    std::filesystem::path dataFolder() const { return runsFolder() / ".data"; }

    Services& services;
    app::TrainingPlan plan;
    app::ModelCard card;           ///< of plan.model; empty until it is read
    app::DocumentId document = 0;  ///< a document of the library that is trained on; 0: none
    QString runName;
    std::unique_ptr<app::TrainingRunProcess> run;  ///< set once started or opened
};

class TunePage : public QWidget {
    Q_OBJECT

  public:
    TunePage(TuneState& state, const QString& title, const QString& sentence, QWidget* parent = nullptr);

    const QString& title() const { return m_title; }
    /// Called each time the page comes up.
    virtual void enter() {}
    /// Whether the next page may be opened.
    virtual bool isComplete() const { return true; }

  signals:
    void completeChanged();

  protected:
    TuneState& m_state;
    QVBoxLayout* m_layout;

  private:
    QString m_title;
};

/// A title in the wizard's pages.
QLabel* sectionLabel(const QString& text);

}  // namespace lectern::ui
