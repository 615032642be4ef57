#include "ui/training/export_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDesktopServices>
#include <QHeaderView>
#include <QLocale>
#include <QPushButton>
#include <QTreeWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {
namespace {

/// Below this share of equal likeliest tokens an export is marked; products in int8 alone cost about one in a hundred.
constexpr double kGoodShare = 0.95;

QString kindText(const std::string& kind) {
    return kind == "adapter"  ? QObject::tr("Adapter (PEFT layout)")
           : kind == "folder" ? QObject::tr("Merged model, safetensors")
                              : QObject::tr("Merged model, GGUF");
}

}  // namespace

ExportPage::ExportPage(TuneState& state, QWidget* parent)
    : TunePage(
          state, tr("Export"),
          tr("Each export is read back from disk, and its predictions are compared with those of the trained model."),
          parent),
      m_folder(new QCheckBox(tr("Merged model as safetensors (Hugging Face layout)"))),
      m_gguf(new QCheckBox(tr("Merged model as GGUF"))),
      m_type(new QComboBox),
      m_export(new QPushButton(icon(QStringLiteral("export")), tr("Export"))),
      m_use(new QPushButton(icon(QStringLiteral("tune")), tr("Use This Adapter in Lectern"))),
      m_showFolder(new QPushButton(icon(QStringLiteral("folder")), tr("Show in Folder"))),
      m_results(new QTreeWidget),
      m_status(new ToneLabel(Tone::Muted)) {
    m_type->addItem(tr("8 bits (Q8_0)"), QStringLiteral("q8_0"));
    m_type->addItem(tr("16 bits (bf16)"), QStringLiteral("bf16"));
    m_type->setAccessibleName(tr("Number format of the GGUF file"));
    m_layout->addWidget(m_folder);
    auto* line = new QHBoxLayout;
    line->addWidget(m_gguf);
    line->addWidget(m_type);
    line->addStretch();
    m_layout->addLayout(line);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_export);
    buttons->addWidget(m_showFolder);
    buttons->addWidget(m_use);
    buttons->addStretch();
    m_layout->addLayout(buttons);
    m_layout->addWidget(m_status);
    m_results->setHeaderLabels({tr("Export"), tr("Largest difference of a logit"), tr("Likeliest words"), tr("Place")});
    m_results->setRootIsDecorated(false);
    m_results->setAccessibleName(tr("Exports and their checks"));
    m_results->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_layout->addWidget(m_results, 1);
    connect(m_export, &QPushButton::clicked, this, &ExportPage::start);
    for (const QCheckBox* box : {m_folder, m_gguf}) {
        connect(box, &QCheckBox::toggled, this, &ExportPage::refresh);
    }
    connect(m_showFolder, &QPushButton::clicked, this, [this] {
        QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(m_state.run->folder().string())));
    });
    connect(m_use, &QPushButton::clicked, this, [this] {
        auto& settings = m_state.services.settings;
        const QString adapter = QString::fromStdString((m_state.run->folder() / "adapter").string());
        Result<void> stored =
            settings.setValue(QStringLiteral("model/current"), QString::fromStdString(m_state.plan.model));
        stored = stored ? settings.setValue(QStringLiteral("model/adapter"), adapter) : stored;
        m_status->setTone(stored ? Tone::Verified : Tone::Error);
        m_status->setText(stored ? tr("The adapter is in use from the next document on.")
                                 : QString::fromStdString(stored.error().message));
    });
}

void ExportPage::enter() {
    if (m_state.run != nullptr) {
        connect(m_state.run.get(), &app::TrainingRunProcess::changed, this, &ExportPage::refresh, Qt::UniqueConnection);
    }
    refresh();
}

void ExportPage::start() {
    app::TrainingPlan plan = m_state.plan;
    plan.exportFolder = m_folder->isChecked();
    plan.exportGguf = m_gguf->isChecked();
    plan.exportType = m_type->currentData().toString().toStdString();
    const auto config = app::configWithExports(m_state.run->folder(), plan);
    // The worker finds every step done and only exports.
    const Result<void> started = config ? m_state.run->start(*config, true) : Result<void>(config.error());
    m_status->setTone(started ? Tone::Muted : Tone::Error);
    m_status->setText(started ? tr("The worker writes and checks the exports…")
                              : QString::fromStdString(started.error().message));
    refresh();
}

void ExportPage::refresh() {
    const bool has = m_state.run != nullptr;
    const bool alive = has && m_state.run->isAlive();
    m_export->setEnabled(has && !alive && (m_folder->isChecked() || m_gguf->isChecked()));
    m_use->setEnabled(has && !alive && !m_state.run->log().exports.empty());
    m_showFolder->setEnabled(has);
    m_results->clear();
    if (!has) {
        return;
    }
    for (const app::TrainingExport& each : m_state.run->log().exports) {
        auto* item =
            new QTreeWidgetItem({kindText(each.kind),
                                 tr("%1 of %2")
                                     .arg(QLocale().toString(each.largestDifference, 'g', 3),
                                          QLocale().toString(each.largestLogit, 'g', 3)),
                                 tr("the same at %1%").arg(QLocale().toString(100 * each.sameTopShare, 'f', 1)),
                                 QString::fromStdString(each.path)});
        item->setIcon(0,
                      icon(each.sameTopShare >= kGoodShare ? QStringLiteral("verified") : QStringLiteral("warning")));
        m_results->addTopLevelItem(item);
    }
    if (!alive && !m_state.run->log().exports.empty() && m_status->text().startsWith(tr("The worker writes"))) {
        m_status->setTone(Tone::Verified);
        m_status->setText(tr("Written and checked."));
    }
}

}  // namespace lectern::ui
