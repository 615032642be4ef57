#include "ui/training/evaluation_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFile>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/tone_label.h"
#include "ui/training/plot_card.h"
#include "ui/training/retrieval_grid.h"

namespace lectern::ui {
namespace {

constexpr int64_t kShortest = 1024;
constexpr qint64 kMaximumFileBytes = 64 << 20;

}  // namespace

EvaluationDialog::EvaluationDialog(Services& services, QWidget* parent)
    : QDialog(parent),
      m_services(services),
      m_task(new QComboBox),
      m_context(new QComboBox),
      m_depths(new QSpinBox),
      m_trials(new QSpinBox),
      m_run(new QPushButton(icon(QStringLiteral("play")), tr("Run"))),
      m_cancel(new QPushButton(tr("Cancel"))),
      m_status(new ToneLabel(Tone::Muted, tr("Measures the model in use, with its adapter, on this computer."))),
      m_stack(new QStackedWidget),
      m_table(new RetrievalTable(this)),
      m_curve(new PlotCard(tr("Perplexity by position"))) {
    setWindowTitle(tr("Evaluation"));
    auto* grid = new QSplitter(Qt::Vertical);
    grid->setChildrenCollapsible(false);
    auto* twin = new QTableView;
    twin->setModel(m_table);
    twin->setAccessibleName(tr("Facts found, as a table"));
    twin->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    grid->addWidget(new RetrievalGrid(m_table));
    grid->addWidget(twin);
    grid->setSizes({320, 180});
    m_curve->plot()->setXName(tr("Position"));
    m_curve->plot()->setLogarithmicX(true);
    m_stack->addWidget(grid);
    m_stack->addWidget(m_curve);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    auto* open = buttons->addButton(tr("Open Results…"), QDialogButtonBox::ActionRole);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(buildControls());
    layout->addWidget(m_status);
    layout->addWidget(m_stack, 1);
    layout->addWidget(buttons);
    resize(760, 600);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(open, &QPushButton::clicked, this, [this] {
        const Result<void> opened =
            openFiles(QFileDialog::getOpenFileNames(this, tr("Results"), {}, tr("JSON (*.json)")));
        if (!opened) {
            m_status->setTone(Tone::Error);
            m_status->setText(QString::fromStdString(opened.error().message));
        }
    });
    connect(m_run, &QPushButton::clicked, this, &EvaluationDialog::start);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_evaluation.cancel();
        updateButtons();
        m_status->setText(tr("Cancelled."));
    });
    connect(&m_evaluation, &app::EvaluationRun::said, m_status, &QLabel::setText);
    connect(&m_evaluation, &app::EvaluationRun::progressed, this, [this] { showResult(m_evaluation.result()); });
    connect(&m_evaluation, &app::EvaluationRun::finished, this, [this] {
        updateButtons();
        const bool good = m_evaluation.problem().empty();
        m_status->setTone(good ? Tone::Verified : Tone::Error);
        m_status->setText(good ? tr("Measured.") : QString::fromStdString(m_evaluation.problem()));
        emit measured();
    });
    updateButtons();
}

QWidget* EvaluationDialog::buildControls() {
    m_task->addItem(tr("Passkey"), QStringLiteral("passkey"));
    m_task->addItem(tr("Facts hidden in prose"), QStringLiteral("needle"));
    m_task->addItem(tr("Perplexity"), QStringLiteral("perplexity"));
    for (int64_t tokens = kShortest; tokens <= int64_t{1} << 20; tokens *= 4) {
        m_context->addItem(tr("up to %1 K tokens").arg(tokens >> 10), qlonglong{tokens});
    }
    m_context->setCurrentIndex(1);
    m_depths->setRange(1, 20);
    m_depths->setValue(5);
    m_trials->setRange(1, 100);
    m_trials->setValue(2);
    auto* area = new QWidget;
    auto* layout = new QHBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_task);
    layout->addWidget(m_context);
    layout->addWidget(new QLabel(tr("Depths")));
    layout->addWidget(m_depths);
    layout->addWidget(new QLabel(tr("Trials")));
    layout->addWidget(m_trials);
    layout->addWidget(m_run);
    layout->addWidget(m_cancel);
    layout->addStretch();
    m_task->setAccessibleName(tr("Evaluation"));
    m_context->setAccessibleName(tr("Longest context"));
    m_depths->setAccessibleName(tr("Depths"));
    m_trials->setAccessibleName(tr("Trials per depth"));
    connect(m_task, &QComboBox::currentIndexChanged, this, [this] {
        const bool perplexity = m_task->currentData().toString() == QLatin1String("perplexity");
        m_depths->setEnabled(!perplexity);
        m_trials->setEnabled(!perplexity);
        m_stack->setCurrentIndex(perplexity ? 1 : 0);
    });
    return area;
}

QString EvaluationDialog::statusText() const {
    return m_status->text();
}

void EvaluationDialog::updateButtons() {
    m_run->setEnabled(!m_evaluation.isRunning());
    m_cancel->setEnabled(m_evaluation.isRunning());
}

void EvaluationDialog::start() {
    app::EvaluationRequest request;
    request.task = m_task->currentData().toString().toStdString();
    request.model = m_services.settings.text(QStringLiteral("model/current")).toStdString();
    request.adapter = m_services.settings.text(QStringLiteral("model/adapter")).toStdString();
    request.depths = m_depths->value();
    request.trials = m_trials->value();
    request.contexts.clear();
    for (int64_t tokens = kShortest; tokens <= m_context->currentData().toLongLong(); tokens *= 4) {
        request.contexts.push_back(tokens);
    }
    const Result<void> started = m_evaluation.start(request);
    m_status->setTone(started ? Tone::Muted : Tone::Error);
    m_status->setText(started ? tr("Loading the model…") : QString::fromStdString(started.error().message));
    updateButtons();
}

void EvaluationDialog::showResult(const app::EvaluationResult& result) {
    m_table->setCells(result.cells);
    const auto line = [](const QString& name, Tone color, const std::vector<app::PerplexityBucket>& buckets) {
        PlotSeries series{name, color, false, {}};
        for (const app::PerplexityBucket& bucket : buckets) {
            series.points.emplace_back(static_cast<double>(bucket.end), bucket.perplexity);
        }
        return series;
    };
    m_curve->plot()->setSeries({line(tr("in blocks, as prefill"), Tone::Accent, result.blockwise),
                                line(tr("each token for itself"), Tone::BudgetReply, result.decodeConsistent)});
    if (!result.task.empty()) {
        m_stack->setCurrentIndex(result.task == "perplexity" ? 1 : 0);
    }
}

Result<void> EvaluationDialog::openFiles(const QStringList& paths) {
    app::EvaluationResult result;
    for (const QString& path : paths) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > kMaximumFileBytes) {
            return Error{ErrorCode::Io, tr("The file %1 cannot be read.").arg(path).toStdString()};
        }
        LECTERN_TRY(result.add(file.readAll().toStdString()));
    }
    showResult(result);
    return {};
}

}  // namespace lectern::ui
