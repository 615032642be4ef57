#include "ui/training/training_wizard.h"

#include <QCloseEvent>
#include <QDialogButtonBox>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/theme/theme.h"
#include "ui/training/base_model_page.h"
#include "ui/training/compare_page.h"
#include "ui/training/data_page.h"
#include "ui/training/dry_run_page.h"
#include "ui/training/export_page.h"
#include "ui/training/goal_page.h"
#include "ui/training/method_page.h"
#include "ui/training/run_page.h"

namespace lectern::ui {
namespace {
constexpr int kStepListWidth = 150;
}  // namespace

TrainingWizard::TrainingWizard(Services& services, app::DocumentId document, QWidget* parent)
    : QDialog(parent),
      m_state(services),
      m_goal(new GoalPage(m_state)),
      m_model(new BaseModelPage(m_state)),
      m_data(new DataPage(m_state)),
      m_method(new MethodPage(m_state)),
      m_dryRun(new DryRunPage(m_state)),
      m_run(new RunPage(m_state)),
      m_compare(new ComparePage(m_state)),
      m_export(new ExportPage(m_state)),
      m_pages{m_goal, m_model, m_data, m_method, m_dryRun, m_run, m_compare, m_export},
      m_steps(new QListWidget),
      m_stack(new QStackedWidget),
      m_back(new QPushButton(tr("Back"))),
      m_next(new QPushButton(tr("Next"))) {
    setWindowTitle(tr("Tune a Model"));
    m_steps->setFixedWidth(kStepListWidth);
    m_steps->setAccessibleName(tr("Steps"));
    int number = 0;
    for (TunePage* page : m_pages) {
        m_stack->addWidget(page);
        m_steps->addItem(tr("%1. %2").arg(++number).arg(page->title()));
        connect(page, &TunePage::completeChanged, this, &TrainingWizard::updateButtons);
    }
    auto* middle = new QHBoxLayout;
    middle->setSpacing(3 * kSpacing);
    middle->addWidget(m_steps);
    middle->addWidget(m_stack, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(m_back, QDialogButtonBox::ActionRole);
    buttons->addButton(m_next, QDialogButtonBox::ActionRole);
    m_next->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(middle, 1);
    layout->addWidget(buttons);
    resize(980, 660);
    connect(buttons, &QDialogButtonBox::rejected, this, &TrainingWizard::reject);
    connect(m_back, &QPushButton::clicked, this, [this] { showPage(static_cast<Page>(page() - 1)); });
    connect(m_next, &QPushButton::clicked, this, [this] { showPage(static_cast<Page>(page() + 1)); });
    connect(m_steps, &QListWidget::currentRowChanged, this, [this](int row) {
        if (row >= 0 && row != m_stack->currentIndex()) {
            showPage(static_cast<Page>(row));
        }
    });
    connect(m_goal, &GoalPage::runChosen, this, &TrainingWizard::openRun);
    app::applyGoal(m_state.plan, m_state.plan.goal);
    if (document != 0) {
        m_data->addDocument(document);
    }
    showPage(Goal);
}

TrainingWizard::~TrainingWizard() {
    // Pages refer to the state, which is a member: they go first.
    delete m_stack;
}

TrainingWizard::Page TrainingWizard::page() const {
    return static_cast<Page>(m_stack->currentIndex());
}

bool TrainingWizard::reachable(int index) const {
    if (m_state.run != nullptr && index >= Run) {
        return index == Run || m_run->isComplete();
    }
    for (int before = 0; before < index; ++before) {
        if (!pageAt(before)->isComplete()) {
            return false;
        }
    }
    return true;
}

void TrainingWizard::showPage(Page page) {
    if (page < 0 || page >= PageCount || !reachable(page)) {
        m_steps->setCurrentRow(m_stack->currentIndex());
        return;
    }
    m_stack->setCurrentIndex(page);
    m_steps->setCurrentRow(page);
    pageAt(page)->enter();
    updateButtons();
}

void TrainingWizard::updateButtons() {
    const int current = m_stack->currentIndex();
    m_back->setEnabled(current > 0);
    m_next->setEnabled(current + 1 < PageCount && reachable(current + 1));
    for (int i = 0; i < PageCount; ++i) {
        QListWidgetItem* item = m_steps->item(i);
        const bool open = i <= current || reachable(i);
        item->setFlags(open ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags);
    }
}

void TrainingWizard::openRun(const QString& folder) {
    if (folder.isEmpty()) {
        return;
    }
    m_state.run = std::make_unique<app::TrainingRunProcess>(folder.toStdString());
    m_state.plan.model = app::modelOfRun(m_state.run->folder());
    m_state.run->attach();
    m_run->follow();
    showPage(Run);
}

bool TrainingWizard::isRunAtWork() const {
    return m_state.run != nullptr && m_state.run->isAlive();
}

void TrainingWizard::closeEvent(QCloseEvent* event) {
    event->ignore();
    reject();
}

void TrainingWizard::reject() {
    if (!isRunAtWork()) {
        QDialog::reject();
        return;
    }
    auto* box =
        new QMessageBox(QMessageBox::Question, tr("Training"), tr("The run is at work."), QMessageBox::Cancel, this);
    box->setInformativeText(tr("It can go on by itself; you find it again in the list of runs."));
    QPushButton* keep = box->addButton(tr("Let It Go On"), QMessageBox::AcceptRole);
    QPushButton* stop = box->addButton(tr("Stop and Save"), QMessageBox::DestructiveRole);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::buttonClicked, this, [this, keep, stop](QAbstractButton* button) {
        if (button == stop) {
            m_state.run->stopAndSave();
        }
        if (button == stop || button == keep) {
            QDialog::reject();
        }
    });
    box->open();
}

}  // namespace lectern::ui
