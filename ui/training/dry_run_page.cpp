#include "ui/training/dry_run_page.h"

#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "app/core/format.h"
#include "ui/models/model_list.h"
#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {

DryRunPage::DryRunPage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Dry Run"), tr("One whole step on the longest sample: if it fits now, it fits to the end."),
               parent),
      m_start(new QPushButton(icon(QStringLiteral("play")), tr("Start Dry Run"))),
      m_cancel(new QPushButton(tr("Cancel"))),
      m_busy(new QProgressBar),
      m_verdict(new ToneLabel(Tone::Muted)) {
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_start);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_busy, 1);
    buttons->addStretch();
    m_busy->setRange(0, 0);
    m_busy->setTextVisible(false);
    m_busy->setAccessibleName(tr("Dry run at work"));
    m_layout->addLayout(buttons);
    m_layout->addWidget(m_verdict);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(4 * kSpacing);
    m_longest = addFact(form, tr("Longest sample"));
    m_seconds = addFact(form, tr("Time per step"));
    m_eta = addFact(form, tr("Time for the whole run"));
    m_memory = addFact(form, tr("Memory, measured"));
    m_estimate = addFact(form, tr("Memory, estimated before"));
    m_disk = addFact(form, tr("Disk per checkpoint"));
    m_layout->addLayout(form);
    m_layout->addStretch(1);
    connect(m_start, &QPushButton::clicked, this, &DryRunPage::start);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_dryRun.cancel();
        showReport();
        emit completeChanged();
    });
    connect(&m_dryRun, &app::TrainingDryRun::finished, this, [this] {
        m_failed = !m_dryRun.log().dryRun;
        showReport();
        emit completeChanged();
        emit measured();
    });
}

QLabel* DryRunPage::addFact(QFormLayout* form, const QString& title) {
    auto* value = new QLabel(QStringLiteral("–"));
    value->setAccessibleName(title);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    form->addRow(title, value);
    return value;
}

void DryRunPage::enter() {
    const std::string config = app::trainingConfig(m_state.plan, "dry-run");
    if (config != m_config && !m_dryRun.isRunning()) {
        m_config = config;
        m_failed = false;
        for (QLabel* label : {m_longest, m_seconds, m_eta, m_memory, m_disk}) {
            label->setText(QStringLiteral("–"));
        }
        m_verdict->setTone(Tone::Muted);
        m_verdict->setText(tr("Not measured yet with these settings."));
    }
    m_estimate->setText(sizeText(app::estimateTrainingMemory(m_state.plan, m_state.card).total()));
    m_cancel->setEnabled(m_dryRun.isRunning());
    m_busy->setVisible(m_dryRun.isRunning());
}

void DryRunPage::start() {
    m_failed = false;
    if (const Result<void> started = m_dryRun.start(m_config); !started) {
        m_failed = true;
        m_verdict->setTone(Tone::Error);
        m_verdict->setText(QString::fromStdString(started.error().message));
    } else {
        m_verdict->setTone(Tone::Muted);
        m_verdict->setText(tr("The worker loads the model and trains on the longest sample…"));
    }
    m_start->setEnabled(!m_dryRun.isRunning());
    m_cancel->setEnabled(m_dryRun.isRunning());
    m_busy->setVisible(m_dryRun.isRunning());
    emit completeChanged();
}

void DryRunPage::showReport() {
    m_start->setEnabled(true);
    m_cancel->setEnabled(false);
    m_busy->hide();
    const app::TrainingLog& log = m_dryRun.log();
    if (!log.dryRun) {
        m_verdict->setTone(m_failed ? Tone::Error : Tone::Muted);
        m_verdict->setText(m_failed ? QString::fromStdString(log.problem) : tr("Cancelled."));
        return;
    }
    const app::DryRunReport& report = *log.dryRun;
    m_longest->setText(tokensText(report.longestTokens));
    m_seconds->setText(tr("%1 s").arg(QLocale().toString(report.secondsPerStep, 'f', 2)));
    m_eta->setText(QString::fromStdString(app::duration(report.etaSeconds)));
    m_memory->setText(tr("%1 on the device, %2 in the whole process")
                          .arg(sizeText(report.devicePeakBytes), sizeText(report.processPeakBytes)));
    m_disk->setText(sizeText(report.checkpointBytes));
    const bool fits = m_state.plan.device != "cpu" || report.processPeakBytes < app::freeMemoryBytes();
    m_verdict->setTone(fits ? Tone::Verified : Tone::Warning);
    m_verdict->setText(fits ? tr("It fits: the longest sample was trained on %1.").arg(deviceText(log.device))
                            : tr("It ran, but less memory than that is free now."));
}

}  // namespace lectern::ui
