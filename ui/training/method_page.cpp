#include "ui/training/method_page.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLocale>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/models/memory_bar.h"
#include "ui/models/model_list.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"
#include "ui/training/plot_card.h"

namespace lectern::ui {
namespace {

QSpinBox* numberField(int low, int high) {
    auto* box = new QSpinBox;
    box->setRange(low, high);
    box->setGroupSeparatorShown(true);
    return box;
}

void select(QComboBox* box, const QVariant& value) {
    box->setCurrentIndex(std::max(0, box->findData(value)));
}

}  // namespace

MethodPage::MethodPage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Method"),
               tr("The proposals suit the goal; longer sequences and higher ranks take more memory."), parent),
      m_method(new QComboBox),
      m_sequence(new QComboBox),
      m_policy(new QComboBox),
      m_attention(new QComboBox),
      m_kept(new QComboBox),
      m_decay(new QComboBox),
      m_rank(numberField(1, 512)),
      m_steps(numberField(1, 1'000'000)),
      m_accumulation(numberField(1, 1024)),
      m_warmup(numberField(0, 100'000)),
      m_rate(new QDoubleSpinBox),
      m_bar(new MemoryBar),
      m_memoryText(new ToneLabel(Tone::Muted)),
      m_positions(new PlotCard(tr("Positions that training sees"))),
      m_thread(std::make_unique<app::TaskThread>()) {
    auto* columns = new QHBoxLayout;
    columns->setSpacing(3 * kSpacing);
    columns->addWidget(buildFields());
    auto* right = new QVBoxLayout;
    right->addWidget(m_positions, 1);
    right->addWidget(sectionLabel(tr("Memory, estimated")));
    right->addWidget(m_bar);
    right->addWidget(m_memoryText);
    columns->addLayout(right, 1);
    m_layout->addLayout(columns, 1);
    m_positions->plot()->setLogarithmicY(true);
}

MethodPage::~MethodPage() = default;

QWidget* MethodPage::buildFields() {
    m_method->addItem(tr("LoRA adapter"), QStringLiteral("lora"));
    m_method->addItem(tr("All weights"), QStringLiteral("full"));
    for (const int tokens : {512, 1024, 2048, 4096, 8192, 16384, 32768, 65536}) {
        m_sequence->addItem(tr("%1 tokens").arg(QLocale().toString(tokens)), tokens);
    }
    m_policy->addItem(tr("As the model was trained"), QStringLiteral("none"));
    m_policy->addItem(tr("CRD NTK (cyclic, random, growing)"), QStringLiteral("crd_ntk"));
    m_policy->addItem(tr("Fixed NTK factor"), QStringLiteral("fixed_ntk"));
    m_policy->addItem(tr("Linear interpolation"), QStringLiteral("linear_pi"));
    m_attention->addItem(tr("Merged selection (ms_train)"), QStringLiteral("ms_train"));
    m_attention->addItem(tr("Dense"), QStringLiteral("dense"));
    m_kept->addItem(tr("Attention outputs"), QStringLiteral("attention"));
    m_kept->addItem(tr("Layer inputs only: least memory"), QStringLiteral("layer_inputs"));
    m_kept->addItem(tr("Everything: fastest"), QStringLiteral("all"));
    m_decay->addItem(tr("Cosine"), QStringLiteral("cosine"));
    m_decay->addItem(tr("Linear"), QStringLiteral("linear"));
    m_decay->addItem(tr("Constant"), QStringLiteral("constant"));
    m_rate->setDecimals(6);
    m_rate->setRange(0.000001, 0.1);
    m_rate->setSingleStep(0.00005);
    auto* area = new QWidget;
    auto* form = new QFormLayout(area);
    form->setContentsMargins(0, 0, 0, 0);
    const std::pair<QString, QWidget*> rows[] = {{tr("What is trained"), m_method},
                                                 {tr("Rank"), m_rank},
                                                 {tr("Sequence"), m_sequence},
                                                 {tr("Steps"), m_steps},
                                                 {tr("Sequences per step"), m_accumulation},
                                                 {tr("Learning rate"), m_rate},
                                                 {tr("Warm-up steps"), m_warmup},
                                                 {tr("Decay"), m_decay},
                                                 {tr("Attention"), m_attention},
                                                 {tr("Positions"), m_policy},
                                                 {tr("Kept activations"), m_kept}};
    for (const auto& [title, field] : rows) {
        field->setAccessibleName(title);
        form->addRow(title, field);
    }
    for (QComboBox* box : {m_method, m_sequence, m_policy, m_attention, m_kept, m_decay}) {
        connect(box, &QComboBox::currentIndexChanged, this, &MethodPage::readFields);
    }
    for (QSpinBox* box : {m_rank, m_steps, m_accumulation, m_warmup}) {
        connect(box, &QSpinBox::valueChanged, this, &MethodPage::readFields);
    }
    connect(m_rate, &QDoubleSpinBox::valueChanged, this, &MethodPage::readFields);
    return area;
}

void MethodPage::enter() {
    m_filling = true;
    const app::TrainingPlan& plan = m_state.plan;
    select(m_method, QString::fromStdString(plan.method));
    select(m_sequence, static_cast<int>(plan.sequenceTokens));
    select(m_policy, QString::fromStdString(plan.positions.policy));
    select(m_attention, QString::fromStdString(plan.attention));
    select(m_kept, QString::fromStdString(plan.keptActivations));
    select(m_decay, QString::fromStdString(plan.decay));
    m_rank->setValue(plan.rank);
    m_steps->setValue(static_cast<int>(plan.steps));
    m_accumulation->setValue(static_cast<int>(plan.accumulation));
    m_warmup->setValue(static_cast<int>(plan.warmupSteps));
    m_rate->setValue(plan.learningRate);
    m_filling = false;
    readFields();
}

void MethodPage::readFields() {
    if (m_filling) {
        return;
    }
    app::TrainingPlan& plan = m_state.plan;
    plan.method = m_method->currentData().toString().toStdString();
    plan.sequenceTokens = m_sequence->currentData().toLongLong();
    plan.positions.policy = m_policy->currentData().toString().toStdString();
    plan.attention = m_attention->currentData().toString().toStdString();
    plan.keptActivations = m_kept->currentData().toString().toStdString();
    plan.decay = m_decay->currentData().toString().toStdString();
    plan.rank = m_rank->value();
    plan.steps = m_steps->value();
    plan.accumulation = m_accumulation->value();
    plan.warmupSteps = m_warmup->value();
    plan.learningRate = m_rate->value();
    plan.evaluateEvery = std::max<int64_t>(1, plan.steps / 10);
    plan.checkpointEvery = std::max<int64_t>(1, plan.steps / 4);
    m_rank->setEnabled(plan.method == "lora");
    showMemory();
    requestPositions();
}

void MethodPage::showMemory() {
    m_memory = app::estimateTrainingMemory(m_state.plan, m_state.card);
    const int64_t available = m_state.plan.device == "cpu" ? app::freeMemoryBytes() : 0;
    m_bar->setParts({{tr("model"), m_memory.weights, Tone::BudgetDocument},
                     {tr("trained values"), m_memory.trained, Tone::BudgetConversation},
                     {tr("activations"), m_memory.activations, Tone::BudgetReply},
                     {tr("working memory"), m_memory.working, Tone::Muted}},
                    available);
    m_memoryText->setTone(m_bar->fits() ? Tone::Muted : Tone::Error);
    QString text = tr("%1: model %2, trained values %3, activations %4, working memory %5.")
                       .arg(sizeText(m_memory.total()), sizeText(m_memory.weights), sizeText(m_memory.trained),
                            sizeText(m_memory.activations), sizeText(m_memory.working));
    if (available > 0) {
        text += QStringLiteral(" ") +
                (m_bar->fits() ? tr("%1 are free.") : tr("Only %1 are free.")).arg(sizeText(available));
    }
    m_memoryText->setText(text + u' ' + tr("The dry run measures it."));
}

void MethodPage::requestPositions() {
    const uint64_t request = ++m_request;
    m_thread->cancelAll();
    m_thread->add(request, [this, request, plan = m_state.plan](const std::stop_token&) {
        auto preview = app::previewPositions(plan);
        QMetaObject::invokeMethod(
            this,
            [this, request, preview = std::move(preview)] {
                if (request == m_request && preview) {
                    showPositions(*preview);
                }
            },
            Qt::QueuedConnection);
    });
}

void MethodPage::showPositions(const app::TrainingPreview& preview) {
    PlotSeries largest{tr("largest period"), Tone::Muted, false, {}};
    PlotSeries drawn{tr("drawn, per layer"), Tone::Accent, true, {}};
    PlotSeries scale{tr("RoPE scale"), Tone::BudgetReply, true, {}};
    for (const app::PositionPoint& point : preview.positions) {
        const auto step = static_cast<double>(point.step);
        drawn.points.emplace_back(step, static_cast<double>(point.period));
        if (largest.points.empty() || largest.points.back().x() != step) {
            largest.points.emplace_back(step, static_cast<double>(point.maxPeriod));
            scale.points.emplace_back(step, point.ropeScale);
        }
    }
    std::vector<PlotSeries> series{drawn};
    if (m_state.plan.positions.policy == "crd_ntk") {
        series = {largest, drawn, scale};
    }
    m_positions->plot()->setRange(0, static_cast<double>(m_state.plan.steps));
    m_positions->plot()->setSeries(std::move(series));
}

}  // namespace lectern::ui
