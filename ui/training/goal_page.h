#pragma once
// First page: what the fine-tune is for, or an earlier run to look at.

#include "ui/training/tune_page.h"

class QAbstractButton;
class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace lectern::ui {

class GoalPage : public TunePage {
    Q_OBJECT

  public:
    explicit GoalPage(TuneState& state, QWidget* parent = nullptr);
    void enter() override;
    bool isComplete() const override;

    QAbstractButton* goalButton(app::TuneGoal goal) const;
    QLineEdit* nameField() const { return m_name; }
    QTreeWidget* runList() const { return m_runs; }
    QPushButton* openRunButton() const { return m_open; }

  signals:
    void runChosen(const QString& folder);

  private:
    void loadRuns();
    void removeRun();
    void showWhetherAny();
    QString currentRun() const;

    QButtonGroup* m_goals;
    QLineEdit* m_name;
    QTreeWidget* m_runs;
    QLabel* m_none;
    QPushButton* m_open;
    QPushButton* m_remove;
};

/// "running", "paused", ... in the user's language.
QString runStateText(app::RunState state);

}  // namespace lectern::ui
