#include "ui/models/model_card_view.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/models/memory_bar.h"
#include "ui/models/model_list.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {
namespace {

constexpr int64_t kShortest = 4096;

QString contextLabel(int64_t tokens) {
    return tokens % 1024 == 0 && tokens >= 1 << 20 ? QObject::tr("%1 M tokens").arg(tokens >> 20)
           : tokens % 1024 == 0                    ? QObject::tr("%1 K tokens").arg(tokens >> 10)
                                                   : tokensText(tokens);
}

}  // namespace

ModelCardView::ModelCardView(QWidget* parent)
    : QWidget(parent),
      m_name(new QLabel),
      m_problem(new ToneLabel(Tone::Error)),
      m_facts(new QFormLayout),
      m_memoryArea(new QWidget),
      m_context(new QComboBox),
      m_bar(new MemoryBar),
      m_memoryText(new QLabel) {
    QFont font = m_name->font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setWeight(QFont::DemiBold);
    m_name->setFont(font);
    m_name->setWordWrap(true);
    m_memoryText->setWordWrap(true);
    m_context->setAccessibleName(tr("Context length for the memory estimate"));
    m_facts->setLabelAlignment(Qt::AlignLeft);
    m_facts->setHorizontalSpacing(3 * kSpacing);
    m_facts->setVerticalSpacing(kSpacing / 2);
    auto* line = new QHBoxLayout;
    line->addWidget(new QLabel(tr("Memory for a context of")));
    line->addWidget(m_context);
    line->addStretch();
    auto* memory = new QVBoxLayout(m_memoryArea);
    memory->setContentsMargins(0, kSpacing, 0, 0);
    memory->addLayout(line);
    memory->addWidget(m_bar);
    memory->addWidget(m_memoryText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_name);
    layout->addWidget(m_problem);
    layout->addLayout(m_facts);
    layout->addWidget(m_memoryArea);
    layout->addStretch();
    connect(m_context, &QComboBox::currentIndexChanged, this, &ModelCardView::updateMemory);
    showNothing();
}

void ModelCardView::clearFacts() {
    while (m_facts->rowCount() > 0) {
        m_facts->removeRow(0);
    }
    m_hash = nullptr;
}

QLabel* ModelCardView::fact(const QString& title, const QString& text) {
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setAccessibleName(title);
    auto* heading = new QLabel(title);
    heading->setForegroundRole(QPalette::PlaceholderText);
    m_facts->addRow(heading, label);
    return label;
}

QString ModelCardView::factText(const QString& title) const {
    for (const QLabel* label : findChildren<QLabel*>()) {
        if (label->accessibleName() == title) {
            return label->text();
        }
    }
    return {};
}

void ModelCardView::setProblem(const QString& sentence) {
    m_problem->setText(sentence);
    m_problem->setVisible(!sentence.isEmpty());
}

void ModelCardView::showNothing() {
    clearFacts();
    m_name->setText(tr("No model is chosen."));
    setProblem({});
    m_memoryArea->hide();
}

void ModelCardView::showAdapter(const app::AdapterEntry& adapter) {
    clearFacts();
    m_name->setText(QString::fromStdString(adapter.name));
    setProblem(QString::fromStdString(adapter.problem));
    QStringList modules;
    for (const std::string& module : adapter.modules) {
        modules << QString::fromStdString(module);
    }
    fact(tr("Kind"), tr("LoRA adapter of rank %1").arg(adapter.rank));
    fact(tr("For the model"), QString::fromStdString(adapter.baseModel));
    fact(tr("Changes"), modules.join(QStringLiteral(", ")));
    fact(tr("Size"), sizeText(adapter.sizeBytes));
    fact(tr("Folder"), QString::fromStdString(adapter.path.string()));
    m_memoryArea->hide();
}

void ModelCardView::showModel(const app::ModelCard& card) {
    clearFacts();
    m_card = card;
    m_name->setText(QString::fromStdString(card.entry.name));
    setProblem(QString::fromStdString(card.entry.problem));
    const bool usable = card.entry.problem.empty();
    if (usable) {
        const auto& config = card.entry.config;
        fact(tr("Architecture"), tr("%1, %2 layers, %3 heads, %4 key/value heads")
                                     .arg(QString::fromStdString(config.architecture))
                                     .arg(config.layerCount)
                                     .arg(config.headCount)
                                     .arg(config.kvHeadCount));
        fact(tr("Parameters"),
             tr("%1 in %2").arg(parameterText(card.parameters), QString::fromStdString(card.weightFormat)));
        fact(tr("Trained context"), tokensText(card.trainedContext));
        fact(tr("Extended context"), card.extendedContext > card.trainedContext
                                         ? tr("%1, by its profile").arg(tokensText(card.extendedContext))
                                         : tr("not extended"));
        fact(tr("Attention"), QString::fromStdString(card.attentionMode));
        fact(tr("Licence"),
             card.licence.empty() ? tr("not stated in its files") : QString::fromStdString(card.licence));
    }
    fact(tr("File size"), sizeText(card.entry.sizeBytes));
    m_hash = fact(tr("SHA-256"), tr("being computed…"));
    fact(tr("Place"), card.entry.isDefault
                          ? tr("%1 (comes with Lectern)").arg(QString::fromStdString(card.entry.path.string()))
                          : QString::fromStdString(card.entry.path.string()));
    m_memoryArea->setVisible(usable);
    const QSignalBlocker blocker(m_context);
    m_context->clear();
    for (int64_t tokens = kShortest; usable && tokens < card.extendedContext; tokens *= 4) {
        m_context->addItem(contextLabel(tokens), qlonglong{tokens});
    }
    m_context->addItem(contextLabel(card.extendedContext), qlonglong{card.extendedContext});
    m_context->setCurrentIndex(m_context->count() / 2);
    updateMemory();
}

void ModelCardView::setHash(const QString& sha256) {
    if (m_hash != nullptr) {
        // A zero-width space every eight digits lets the line break.
        QString text;
        for (int i = 0; i < sha256.size(); i += 8) {
            text += sha256.mid(i, 8) + QChar(0x200b);
        }
        m_hash->setText(sha256.isEmpty() ? tr("cannot be computed") : text);
    }
}

void ModelCardView::setKvType(const QString& type) {
    m_kvType = type;
    updateMemory();
}

void ModelCardView::updateMemory() {
    m_need = app::memoryNeed(m_card, m_context->currentData().toLongLong(), m_kvType.toStdString());
    const int64_t available = app::freeMemoryBytes();
    m_bar->setParts({{tr("weights"), m_need.weights, Tone::BudgetDocument},
                     {tr("keys and values"), m_need.keysAndValues, Tone::BudgetConversation},
                     {tr("region summaries"), m_need.summaries, Tone::BudgetReply}},
                    available);
    m_memoryText->setText(
        tr("%1: weights %2, keys and values %3, region summaries %4. %5 are free: %6")
            .arg(sizeText(m_need.total()), sizeText(m_need.weights), sizeText(m_need.keysAndValues),
                 sizeText(m_need.summaries), sizeText(available),
                 m_bar->fits() ? tr("it fits.") : tr("it does not fit; choose a smaller cache format or context.")));
}

}  // namespace lectern::ui
