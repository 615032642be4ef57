#include "ui/training/run_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

#include "app/core/format.h"
#include "app/jobs/training_import.h"
#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"
#include "ui/training/goal_page.h"
#include "ui/training/plot_card.h"

namespace lectern::ui {
namespace {

template <typename Value>
PlotSeries stepSeries(const app::TrainingLog& log, const QString& name, Tone color, Value value) {
    PlotSeries series{name, color, false, {}};
    series.points.reserve(log.steps.size());
    for (const app::TrainingStep& step : log.steps) {
        series.points.emplace_back(static_cast<double>(step.step), static_cast<double>(value(step)));
    }
    return series;
}

}  // namespace

RunPage::RunPage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Run"),
               tr("The run is a process of its own: it goes on when this window or Lectern is closed, and is found "
                  "again here."),
               parent),
      m_start(new QPushButton(icon(QStringLiteral("play")), tr("Start"))),
      m_pause(new QPushButton(icon(QStringLiteral("pause")), tr("Pause"))),
      m_stop(new QPushButton(icon(QStringLiteral("stop")), tr("Stop and Save"))),
      m_progress(new QProgressBar),
      m_status(new ToneLabel(Tone::Muted)),
      m_alarm(new ToneLabel(Tone::Warning)),
      m_loss(new PlotCard(tr("Loss"))),
      m_rate(new PlotCard(tr("Learning rate"))),
      m_norm(new PlotCard(tr("Gradient norm"))),
      m_speed(new PlotCard(tr("Tokens per second"))),
      m_positions(new PlotCard(tr("Positions"))),
      m_samples(new QTextBrowser) {
    auto* line = new QHBoxLayout;
    for (QPushButton* button : {m_start, m_pause, m_stop}) {
        line->addWidget(button);
    }
    m_progress->setAccessibleName(tr("Steps done"));
    line->addWidget(m_progress, 1);
    m_layout->addLayout(line);
    m_layout->addWidget(m_status);
    m_layout->addWidget(m_alarm);
    m_alarm->hide();
    auto* grid = new QGridLayout;
    grid->setSpacing(kSpacing);
    grid->addWidget(m_loss, 0, 0, 1, 2);
    grid->addWidget(m_rate, 0, 2);
    grid->addWidget(m_norm, 1, 0);
    grid->addWidget(m_speed, 1, 1);
    grid->addWidget(m_positions, 1, 2);
    m_layout->addLayout(grid, 3);
    m_samples->setAccessibleName(tr("Sample answers"));
    m_samples->setPlaceholderText(tr("Sample answers appear at each checkpoint."));
    m_samples->setMaximumHeight(130);
    m_layout->addWidget(m_samples, 1);
    connect(m_start, &QPushButton::clicked, this, &RunPage::start);
    connect(m_pause, &QPushButton::clicked, this, [this] {
        if (m_state.run != nullptr) {
            m_state.run->log().state == app::RunState::Paused ? m_state.run->resume() : m_state.run->pause();
        }
    });
    connect(m_stop, &QPushButton::clicked, this, [this] {
        if (m_state.run != nullptr) {
            m_state.run->stopAndSave();
            m_stop->setEnabled(false);
        }
    });
    refresh();
}

void RunPage::enter() {
    refresh();
}

bool RunPage::isComplete() const {
    return m_state.run != nullptr && !m_state.run->isAlive() && !m_state.run->log().exports.empty();
}

QString RunPage::statusText() const {
    return m_status->text();
}

void RunPage::follow() {
    m_shownSamples = 0;
    m_samples->clear();
    if (m_state.run != nullptr) {
        connect(m_state.run.get(), &app::TrainingRunProcess::changed, this, &RunPage::refresh, Qt::UniqueConnection);
        connect(m_state.run.get(), &app::TrainingRunProcess::ended, this, &RunPage::refresh, Qt::UniqueConnection);
    }
    refresh();
}

void RunPage::start() {
    const bool resume = m_state.run != nullptr && !m_state.run->log().checkpoints.empty();
    Result<void> started;
    if (m_state.run == nullptr) {
        const auto folder = app::makeRunFolder(m_state.runsFolder(), m_state.runName.toStdString());
        if (!folder) {
            m_status->setTone(Tone::Error);
            m_status->setText(QString::fromStdString(folder.error().message));
            return;
        }
        // Sample questions are asked about the beginning of the text, as much as one sequence holds.
        app::TrainingPlan plan = m_state.plan;
        constexpr int64_t kBytesPerToken = 3;
        if (!plan.sampleDocument.empty()) {
            const auto excerpt =
                app::makeExcerpt(plan.sampleDocument, kBytesPerToken * std::min<int64_t>(plan.sequenceTokens, 2048),
                                 *folder / "sample.txt");
            plan.sampleDocument = excerpt ? excerpt->string() : std::string();
            plan.sampleQuestions = {tr("What is this text about?").toStdString()};
        }
        m_state.run = std::make_unique<app::TrainingRunProcess>(*folder);
        started = m_state.run->start(app::trainingConfig(plan, *folder), false);
        follow();
    } else {
        started = m_state.run->start({}, resume);
    }
    if (!started) {
        m_status->setTone(Tone::Error);
        m_status->setText(QString::fromStdString(started.error().message));
    }
}

void RunPage::refresh() {
    const bool has = m_state.run != nullptr;
    const bool alive = has && m_state.run->isAlive();
    const app::RunState runState = has ? m_state.run->log().state : app::RunState::Starting;
    m_start->setText(has && !m_state.run->log().checkpoints.empty() ? tr("Resume") : tr("Start"));
    m_start->setEnabled(!alive && runState != app::RunState::Completed);
    m_pause->setEnabled(alive);
    m_pause->setText(runState == app::RunState::Paused ? tr("Go On") : tr("Pause"));
    m_stop->setEnabled(alive);
    if (!has) {
        m_progress->setRange(0, 1);
        m_progress->setValue(0);
        m_status->setText(tr("Ready to start."));
        emit completeChanged();
        return;
    }
    const app::TrainingLog& log = m_state.run->log();
    m_progress->setRange(0, static_cast<int>(std::max<int64_t>(1, log.totalSteps)));
    m_progress->setValue(static_cast<int>(log.lastStep()));
    m_progress->setFormat(tr("%1 of %2 steps").arg(log.lastStep()).arg(log.totalSteps));
    const bool failed = runState == app::RunState::Failed;
    m_status->setTone(failed ? Tone::Error : Tone::Muted);
    QString status =
        alive && runState == app::RunState::Starting ? tr("The worker is starting…") : runStateText(runState);
    if (failed) {
        status = QString::fromStdString(log.problem);
    } else if (runState == app::RunState::Running && !log.steps.empty()) {
        status = tr("Running on %1: %2 s per step, %3 left.")
                     .arg(deviceText(log.device), QLocale().toString(log.steps.back().seconds, 'f', 1),
                          QString::fromStdString(app::duration(log.secondsLeft())));
    } else if (runState == app::RunState::Completed && log.exports.empty() && alive) {
        status = tr("Writing the adapter…");
    } else if (runState == app::RunState::Completed) {
        status = tr("Completed. The adapter is written and checked; compare it on the next page.");
    }
    m_status->setText(status);
    const QString alarm = QString::fromStdString(log.alarm());
    m_alarm->setText(alarm);
    m_alarm->setVisible(!alarm.isEmpty());
    showPlots(log);
    showSamples(log);
    emit completeChanged();
}

void RunPage::showPlots(const app::TrainingLog& log) {
    const auto steps = static_cast<double>(log.totalSteps);
    for (const PlotCard* card : {m_loss, m_rate, m_norm, m_speed, m_positions}) {
        card->plot()->setRange(0, steps);
    }
    PlotSeries heldOut{tr("held out"), Tone::BudgetReply, false, {}};
    for (const app::TrainingEvaluation& evaluation : log.evaluations) {
        heldOut.points.emplace_back(static_cast<double>(evaluation.step), evaluation.loss);
    }
    using Step = app::TrainingStep;
    m_loss->plot()->setSeries(
        {stepSeries(log, tr("training"), Tone::Accent, [](const Step& s) { return s.loss; }), heldOut});
    m_rate->plot()->setSeries(
        {stepSeries(log, tr("learning rate"), Tone::Accent, [](const Step& s) { return s.learningRate; })});
    m_norm->plot()->setSeries(
        {stepSeries(log, tr("norm"), Tone::Accent, [](const Step& s) { return s.gradientNorm; })});
    m_speed->plot()->setSeries(
        {stepSeries(log, tr("tokens/s"), Tone::Accent, [](const Step& s) { return s.tokensPerSecond; })});
    m_positions->plot()->setSeries(
        {stepSeries(log, tr("longest period"), Tone::Accent, [](const Step& s) { return s.periodHigh; }),
         stepSeries(log, tr("shortest"), Tone::BudgetConversation, [](const Step& s) { return s.periodLow; })});
}

void RunPage::showSamples(const app::TrainingLog& log) {
    for (; m_shownSamples < log.samples.size(); ++m_shownSamples) {
        const app::TrainingSample& sample = log.samples[m_shownSamples];
        m_samples->append(tr("<b>Step %1.</b> <i>%2</i> %3")
                              .arg(sample.step)
                              .arg(QString::fromStdString(sample.question).toHtmlEscaped(),
                                   QString::fromStdString(sample.answer).simplified().toHtmlEscaped()));
    }
}

}  // namespace lectern::ui
