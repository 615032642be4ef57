#pragma once
// The Tune wizard: goal, base model, data, method, dry run, run, compare, export.

#include <QDialog>
#include <vector>

#include "ui/training/tune_page.h"

class QListWidget;
class QPushButton;
class QStackedWidget;

namespace lectern::ui {

class BaseModelPage;
class ComparePage;
class DataPage;
class DryRunPage;
class ExportPage;
class GoalPage;
class MethodPage;
class RunPage;

/// Not modal; the window stays usable. Closing it leaves a run at work alone, after telling so.
class TrainingWizard : public QDialog {
    Q_OBJECT

  public:
    enum Page { Goal, BaseModel, Data, Method, DryRun, Run, Compare, Export, PageCount };

    /// `document`: of the library, offered as data at once; 0: none.
    explicit TrainingWizard(Services& services, app::DocumentId document = 0, QWidget* parent = nullptr);
    ~TrainingWizard() override;

    void showPage(Page page);
    Page page() const;
    /// Shows an earlier run, following it where it is at work.
    void openRun(const QString& folder);
    /// Whether a run that this wizard follows is at work.
    bool isRunAtWork() const;

    QPushButton* nextButton() const { return m_next; }
    QPushButton* backButton() const { return m_back; }
    TuneState& state() { return m_state; }
    GoalPage* goalPage() const { return m_goal; }
    BaseModelPage* baseModelPage() const { return m_model; }
    DataPage* dataPage() const { return m_data; }
    MethodPage* methodPage() const { return m_method; }
    DryRunPage* dryRunPage() const { return m_dryRun; }
    RunPage* runPage() const { return m_run; }
    ComparePage* comparePage() const { return m_compare; }
    ExportPage* exportPage() const { return m_export; }

  protected:
    void closeEvent(QCloseEvent* event) override;
    void reject() override;

  private:
    TunePage* pageAt(int index) const { return m_pages[static_cast<size_t>(index)]; }
    bool reachable(int index) const;
    void updateButtons();

    TuneState m_state;
    GoalPage* m_goal;
    BaseModelPage* m_model;
    DataPage* m_data;
    MethodPage* m_method;
    DryRunPage* m_dryRun;
    RunPage* m_run;
    ComparePage* m_compare;
    ExportPage* m_export;
    std::vector<TunePage*> m_pages;
    QListWidget* m_steps;
    QStackedWidget* m_stack;
    QPushButton *m_back, *m_next;
};

}  // namespace lectern::ui
