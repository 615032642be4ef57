#include "ui/shell/status_strip.h"

#include <unistd.h>

#include <QFile>
#include <QLabel>

#include "ui/ask/budget_bar.h"
#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {
constexpr int kMemoryMs = 2000;
}  // namespace

int64_t residentBytes() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.size() < 2 ? 0 : fields[1].toLongLong() * sysconf(_SC_PAGESIZE);
}

StatusStrip::StatusStrip(EngineModel& model, QWidget* parent)
    : QStatusBar(parent),
      m_engineModel(model),
      m_activity(new QLabel),
      m_budget(new BudgetBar),
      m_model(new QLabel),
      m_memory(new QLabel) {
    setSizeGripEnabled(false);
    setAccessibleName(tr("Status"));
    m_activity->setAccessibleName(tr("What is running"));
    m_activity->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_activity->setIndent(kSpacing);
    for (QLabel* label : {m_model, m_memory}) {
        label->setForegroundRole(QPalette::PlaceholderText);
        label->setMargin(kSpacing / 2);
    }
    m_memory->setToolTip(tr("Memory that Lectern uses"));
    addWidget(m_activity, 1);
    addPermanentWidget(m_budget);
    addPermanentWidget(m_model);
    addPermanentWidget(m_memory);
    connect(&model, &EngineModel::changed, this, &StatusStrip::showModel);
    m_timer.setInterval(kMemoryMs);
    connect(&m_timer, &QTimer::timeout, this, &StatusStrip::showMemory);
    m_timer.start();
    showModel();
    showMemory();
}

void StatusStrip::setActivity(const QString& text) {
    m_activity->setText(text);
    m_activity->setToolTip(text);
}

void StatusStrip::showModel() {
    const auto& summary = m_engineModel.summary();
    if (!m_engineModel.problem().isEmpty()) {
        m_model->setText(tr("No model"));
        m_model->setToolTip(m_engineModel.problem());
    } else if (!summary) {
        m_model->setText(tr("Model not loaded"));
        m_model->setToolTip(tr("The model is loaded when a document is opened."));
    } else {
        m_model->setText(tr("%1 on %2").arg(QString::fromStdString(summary->name), deviceText(summary->device)));
        m_model->setToolTip(tr("Trained on %1 tokens, reads up to %2. Weights %3, %4 per 1,000 tokens of context.")
                                .arg(numberText(summary->trainedContext), numberText(summary->largestContext),
                                     sizeText(summary->weightBytes), sizeText(1000 * summary->cacheBytesPerToken)));
    }
}

void StatusStrip::showMemory() {
    m_memory->setText(sizeText(residentBytes()));
}

}  // namespace lectern::ui
