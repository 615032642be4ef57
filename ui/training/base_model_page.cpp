#include "ui/training/base_model_page.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/settings/setting_names.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {

BaseModelPage::BaseModelPage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Base Model"), tr("The model that the adapter is made for."), parent),
      m_view(new QTreeView),
      m_device(new QComboBox),
      m_facts(new ToneLabel(Tone::Muted)) {
    m_view->setModel(&m_list);
    m_view->setRootIsDecorated(false);
    m_view->setAccessibleName(tr("Models"));
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->header()->setSectionResizeMode(ModelList::Name, QHeaderView::Stretch);
    m_layout->addWidget(m_view, 1);
    m_layout->addWidget(m_facts);
    auto* form = new QFormLayout;
    form->addRow(tr("Train on"), m_device);
    m_layout->addLayout(form);
    m_device->setAccessibleName(tr("Training device"));
    m_device->addItem(settingChoiceText(QStringLiteral("cpu")), QStringLiteral("cpu"));
    const std::string problem = app::cudaProblem();
    if (problem.empty()) {
        m_device->addItem(settingChoiceText(QStringLiteral("cuda")), QStringLiteral("cuda"));
        m_device->setCurrentIndex(1);
        m_state.plan.device = "cuda";
    } else {
        auto* note = new ToneLabel(Tone::Muted, QString::fromStdString(problem));
        m_layout->addWidget(note);
    }
    connect(m_device, &QComboBox::currentIndexChanged, this,
            [this] { m_state.plan.device = m_device->currentData().toString().toStdString(); });
    connect(&m_loader, &ModelCatalogLoader::loaded, this, [this](const std::vector<app::ModelCard>& models) {
        m_list.setEntries(models, {});
        m_list.setChosen(m_state.services.settings.text(QStringLiteral("model/current")), {});
        m_view->setCurrentIndex(m_list.index(m_list.chosenModelRow(), 0));
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this](const QModelIndex& index) { choose(index.row()); });
}

void BaseModelPage::enter() {
    if (m_list.rowCount() > 0) {
        return;
    }
    std::vector<std::filesystem::path> folders{m_state.services.dataDirectory / "models"};
    for (const QString& folder : m_state.services.settings.pathList(QStringLiteral("model/folders"))) {
        folders.emplace_back(folder.toStdString());
    }
    m_loader.load(folders);
}

bool BaseModelPage::isComplete() const {
    return m_state.card.parameters > 0 && m_state.card.entry.problem.empty();
}

void BaseModelPage::choose(int row) {
    if (row < 0 || row >= m_list.rowCount()) {
        return;
    }
    m_state.card = m_list.modelAt(row);
    m_state.plan.model = m_state.card.entry.isDefault ? std::string() : m_state.card.entry.path.string();
    const QString problem = m_list.problemAt(row);
    m_facts->setTone(problem.isEmpty() ? Tone::Muted : Tone::Error);
    m_facts->setText(problem.isEmpty() ? tr("%1 parameters in %2, trained on contexts of %3.")
                                             .arg(parameterText(m_state.card.parameters),
                                                  QString::fromStdString(m_state.card.weightFormat),
                                                  tokensText(m_state.card.trainedContext))
                                       : problem);
    emit completeChanged();
}

}  // namespace lectern::ui
