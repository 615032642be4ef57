#include "ui/training/goal_page.h"

#include <QButtonGroup>
#include <QDateTime>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QRadioButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/library/library_model.h"
#include "ui/theme/tone_label.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {

QString runStateText(app::RunState state) {
    switch (state) {
        case app::RunState::Starting:
            return QObject::tr("not started");
        case app::RunState::Running:
            return QObject::tr("running");
        case app::RunState::Paused:
            return QObject::tr("paused");
        case app::RunState::Completed:
            return QObject::tr("completed");
        case app::RunState::Stopped:
            return QObject::tr("stopped");
        case app::RunState::Failed:
            return QObject::tr("failed");
    }
    return {};
}

GoalPage::GoalPage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Goal"), tr("A fine-tune makes a small adapter for a model. The model itself is not changed."),
               parent),
      m_goals(new QButtonGroup(this)),
      m_name(new QLineEdit),
      m_runs(new QTreeWidget),
      m_none(emptyLabel(2 * kSpacing)),
      m_open(new QPushButton(tr("Open Run"))),
      m_remove(new QPushButton(tr("Delete Run…"))) {
    const struct {
        app::TuneGoal goal;
        QString title, sentence;
    } goals[] = {
        {app::TuneGoal::DomainQuestions, tr("Answer questions about my texts"),
         tr("Cloze and quotation questions are made from the texts themselves, and your own examples can be added.")},
        {app::TuneGoal::Style, tr("Write like my texts"), tr("The model learns to continue the texts, word by word.")},
        {app::TuneGoal::LongContext, tr("Read longer contexts"),
         tr("Positions are trained with the CRD NTK schedule, so that contexts far beyond the training length can be "
            "read.")},
    };
    for (const auto& each : goals) {
        auto* button = new QRadioButton(each.title);
        auto* words = new ToneLabel(Tone::Muted, each.sentence);
        words->setContentsMargins(24, 0, 0, 0);
        m_goals->addButton(button, static_cast<int>(each.goal));
        auto* pair = new QVBoxLayout;
        pair->setSpacing(1);
        pair->addWidget(button);
        pair->addWidget(words);
        m_layout->addLayout(pair);
    }
    m_goals->button(static_cast<int>(state.plan.goal))->setChecked(true);
    connect(m_goals, &QButtonGroup::idClicked, this,
            [this](int id) { app::applyGoal(m_state.plan, static_cast<app::TuneGoal>(id)); });
    auto* nameLine = new QHBoxLayout;
    auto* nameLabel = new QLabel(tr("Name of the run"));
    nameLabel->setBuddy(m_name);
    nameLine->addWidget(nameLabel);
    nameLine->addWidget(m_name, 1);
    m_layout->addLayout(nameLine);
    m_name->setText(tr("tune"));
    m_state.runName = m_name->text();
    connect(m_name, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_state.runName = text;
        emit completeChanged();
    });

    m_layout->addWidget(sectionLabel(tr("Earlier runs")));
    m_runs->setHeaderLabels({tr("Run"), tr("State"), tr("Steps"), tr("Changed")});
    m_runs->setRootIsDecorated(false);
    m_runs->setAccessibleName(tr("Earlier runs"));
    m_runs->header()->setStretchLastSection(false);
    m_runs->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_runs->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_layout->addWidget(m_runs, 1);
    m_none->setText(tr("Runs stand here from their first step on, also after Lectern was closed."));
    m_layout->addWidget(m_none, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_open);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    m_layout->addLayout(buttons);
    const auto update = [this] {
        m_open->setEnabled(!currentRun().isEmpty());
        m_remove->setEnabled(!currentRun().isEmpty());
    };
    connect(m_runs, &QTreeWidget::currentItemChanged, this, update);
    connect(m_runs, &QTreeWidget::itemActivated, this, [this] { emit runChosen(currentRun()); });
    connect(m_open, &QPushButton::clicked, this, [this] { emit runChosen(currentRun()); });
    connect(m_remove, &QPushButton::clicked, this, &GoalPage::removeRun);
    update();
    showWhetherAny();
}

void GoalPage::enter() {
    loadRuns();
}

bool GoalPage::isComplete() const {
    return !m_name->text().trimmed().isEmpty();
}

QAbstractButton* GoalPage::goalButton(app::TuneGoal goal) const {
    return m_goals->button(static_cast<int>(goal));
}

QString GoalPage::currentRun() const {
    const QTreeWidgetItem* item = m_runs->currentItem();
    return item != nullptr ? item->data(0, Qt::UserRole).toString() : QString();
}

void GoalPage::loadRuns() {
    // On the library's thread: event files of long runs take a moment.
    m_state.services.library.run(
        this,
        [folder = m_state.runsFolder()](app::Library&) -> Result<std::vector<app::RunSummary>> {
            return app::listTrainingRuns(folder);
        },
        [this](const Result<std::vector<app::RunSummary>>& runs) {
            m_runs->clear();
            for (const app::RunSummary& run : runs ? *runs : std::vector<app::RunSummary>()) {
                auto* item = new QTreeWidgetItem({QString::fromStdString(run.name), runStateText(run.state),
                                                  tr("%1 of %2").arg(run.step).arg(run.totalSteps),
                                                  agoText(run.changedAtMs, QDateTime::currentMSecsSinceEpoch())});
                item->setData(0, Qt::UserRole, QString::fromStdString(run.folder.string()));
                m_runs->addTopLevelItem(item);
            }
            showWhetherAny();
        });
}

void GoalPage::showWhetherAny() {
    const bool any = m_runs->topLevelItemCount() > 0;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_runs, m_open, m_remove}) {
        widget->setVisible(any);
    }
    m_none->setVisible(!any);
}

void GoalPage::removeRun() {
    const QString folder = currentRun();
    auto* box =
        new QMessageBox(QMessageBox::Warning, tr("Delete Run"),
                        tr("Delete the run “%1” with its checkpoints and adapter?").arg(m_runs->currentItem()->text(0)),
                        QMessageBox::Cancel, this);
    QPushButton* remove = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this, [this, remove, folder](QAbstractButton* button) {
        if (button != remove) {
            return;
        }
        m_state.services.library.run(
            this, [folder](app::Library&) { return app::removeTrainingRun(folder.toStdString()); },
            [this](const Result<void>& done) {
                if (!done) {
                    QMessageBox::warning(this, tr("Delete Run"), QString::fromStdString(done.error().message));
                }
                loadRuns();
            });
    });
    box->open();
}

}  // namespace lectern::ui
