#include "ui/models/models_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTreeView>
#include <QUrl>

#include "ui/models/model_card_view.h"
#include "ui/settings/setting_names.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

const QString kModelKey = QStringLiteral("model/current");
const QString kAdapterKey = QStringLiteral("model/adapter");
const QString kFoldersKey = QStringLiteral("model/folders");

}  // namespace

ModelsDialog::ModelsDialog(Services& services, QWidget* parent)
    : QDialog(parent),
      m_services(services),
      m_view(new QTreeView),
      m_card(new ModelCardView),
      m_status(new QLabel),
      m_use(new QPushButton(tr("Use This Model"))),
      m_device(boundChoice(QStringLiteral("model/device"))),
      m_kvType(boundChoice(QStringLiteral("model/kv_type"))),
      m_deviceNote(new QLabel) {
    setWindowTitle(tr("Models"));
    setAcceptDrops(true);
    m_view->setModel(&m_list);
    m_view->setRootIsDecorated(false);
    m_view->setUniformRowHeights(true);
    m_view->setAccessibleName(tr("Models and adapters"));
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->header()->setSectionResizeMode(ModelList::Name, QHeaderView::Stretch);
    m_view->header()->setMinimumSectionSize(72);
    m_view->setMinimumWidth(600);
    auto* addFolderButton = new QPushButton(icon(QStringLiteral("add")), tr("Add Folder…"));
    auto* refreshButton = new QPushButton(icon(QStringLiteral("regenerate")), tr("Look Again"));
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_status->setWordWrap(true);
    auto* under = new QHBoxLayout;
    under->addWidget(addFolderButton);
    under->addWidget(refreshButton);
    under->addWidget(m_status, 1);
    auto* left = new QWidget;
    auto* leftLayout = new QVBoxLayout(left);
    leftLayout->setContentsMargins(0, 0, 0, 0);
    leftLayout->addWidget(m_view, 1);
    leftLayout->addLayout(under);

    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_card);
    auto* right = new QWidget;
    auto* rightLayout = new QVBoxLayout(right);
    rightLayout->setContentsMargins(2 * kSpacing, 0, 0, 0);
    rightLayout->addWidget(scroll, 1);
    rightLayout->addWidget(buildRunArea());
    auto* splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(left);
    splitter->addWidget(right);
    splitter->setSizes({640, 440});
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(m_use, QDialogButtonBox::ActionRole);
    m_use->setDefault(true);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(splitter, 1);
    layout->addWidget(buttons);
    resize(1020, 640);

    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_use, &QPushButton::clicked, this, &ModelsDialog::use);
    connect(m_view, &QTreeView::doubleClicked, this, &ModelsDialog::use);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &ModelsDialog::showCurrent);
    connect(refreshButton, &QPushButton::clicked, this, &ModelsDialog::refresh);
    connect(addFolderButton, &QPushButton::clicked, this, [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder with models"));
        if (!folder.isEmpty()) {
            addFolder(folder);
        }
    });
    connect(&m_loader, &ModelCatalogLoader::loaded, this,
            [this](const std::vector<app::ModelCard>& models, const std::vector<app::AdapterEntry>& adapters) {
                const QModelIndex before = m_view->currentIndex();
                const int row = before.isValid() ? before.row() : -1;
                m_list.setEntries(models, adapters);
                m_status->setText(tr("Models: %1, adapters: %2").arg(models.size()).arg(adapters.size()));
                updateChosen();
                const int chosen = row >= 0 && row < m_list.rowCount() ? row : m_list.chosenModelRow();
                m_view->setCurrentIndex(m_list.index(chosen, 0));
                showCurrent();
                emit loaded();
            });
    connect(&m_loader, &ModelCatalogLoader::hashed, this, [this](const QString& path, const QString& sha256) {
        if (m_view->currentIndex().row() == m_list.rowOfPath(path)) {
            m_card->setHash(sha256);
        }
    });
    connect(&m_services.settings, &app::Settings::changed, this, [this](const QString& key) {
        if (key == kFoldersKey) {
            refresh();
        } else if (key == kModelKey || key == kAdapterKey) {
            updateChosen();
            showCurrent();
        }
    });
    refresh();
}

QComboBox* ModelsDialog::boundChoice(const QString& key) {
    auto* box = new QComboBox;
    for (const QString& choice : app::findSetting(key)->choices) {
        box->addItem(settingChoiceText(choice), choice);
    }
    box->setCurrentIndex(box->findData(m_services.settings.value(key)));
    connect(box, &QComboBox::currentIndexChanged, this, [this, box, key] {
        if (const Result<void> stored = m_services.settings.setValue(key, box->currentData()); !stored) {
            m_status->setText(QString::fromStdString(stored.error().message));
        }
    });
    connect(&m_services.settings, &app::Settings::changed, box,
            [box, key](const QString& changed, const QVariant& value) {
                if (changed == key) {
                    box->setCurrentIndex(box->findData(value));
                }
            });
    return box;
}

QWidget* ModelsDialog::buildRunArea() {
    auto* area = new QWidget;
    auto* form = new QFormLayout(area);
    form->setContentsMargins(0, kSpacing, 0, 0);
    form->setLabelAlignment(Qt::AlignLeft);
    form->addRow(tr("Runs on"), m_device);
    form->addRow({}, m_deviceNote);
    form->addRow(tr("Cache format"), m_kvType);
    m_device->setAccessibleName(tr("Device"));
    m_kvType->setAccessibleName(tr("Cache format"));
    m_deviceNote->setWordWrap(true);
    m_deviceNote->setForegroundRole(QPalette::PlaceholderText);
    const QString problem = QString::fromStdString(app::cudaProblem());
    m_deviceNote->setText(problem.isEmpty() ? tr("A graphics card was found.") : problem);
    connect(m_kvType, &QComboBox::currentIndexChanged, this,
            [this] { m_card->setKvType(m_kvType->currentData().toString()); });
    m_card->setKvType(m_kvType->currentData().toString());
    return area;
}

std::vector<std::filesystem::path> ModelsDialog::folders() const {
    std::vector<std::filesystem::path> folders;
    for (const QString& folder : m_services.settings.pathList(kFoldersKey)) {
        folders.emplace_back(folder.toStdString());
    }
    folders.push_back(m_services.dataDirectory / "models");
    folders.push_back(m_services.dataDirectory / "training");
    return folders;
}

void ModelsDialog::refresh() {
    m_status->setText(tr("Looking for models…"));
    m_loader.load(folders());
}

void ModelsDialog::addFolder(const QString& path) {
    QStringList list = m_services.settings.pathList(kFoldersKey);
    if (!list.contains(path)) {
        list << path;
    }
    if (const Result<void> stored = m_services.settings.setValue(kFoldersKey, list); !stored) {
        m_status->setText(QString::fromStdString(stored.error().message));
    }
}

void ModelsDialog::updateChosen() {
    m_list.setChosen(m_services.settings.text(kModelKey), m_services.settings.text(kAdapterKey));
}

void ModelsDialog::showCurrent() {
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid()) {
        m_card->showNothing();
        m_use->setEnabled(false);
        return;
    }
    const int row = index.row();
    const bool usable = m_list.problemAt(row).isEmpty();
    if (m_list.isAdapter(row)) {
        m_card->showAdapter(m_list.adapterAt(row));
        m_use->setText(m_list.isChosen(row) ? tr("Switch Adapter Off") : tr("Use This Adapter"));
        m_use->setEnabled(usable);
        return;
    }
    const app::ModelCard& card = m_list.modelAt(row);
    m_card->showModel(card);
    m_loader.requestHash(QString::fromStdString(card.entry.path.string()));
    m_use->setText(m_list.isChosen(row) ? tr("In Use") : tr("Use This Model"));
    m_use->setEnabled(usable && !m_list.isChosen(row));
}

void ModelsDialog::use() {
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid() || !m_use->isEnabled()) {
        return;
    }
    const int row = index.row();
    const auto set = [this](const QString& key, const QString& value) {
        if (const Result<void> stored = m_services.settings.setValue(key, value); !stored) {
            m_status->setText(QString::fromStdString(stored.error().message));
        }
    };
    if (m_list.isAdapter(row)) {
        set(kAdapterKey,
            m_list.isChosen(row) ? QString() : QString::fromStdString(m_list.adapterAt(row).path.string()));
        return;
    }
    const app::ModelEntry& entry = m_list.modelAt(row).entry;
    // An adapter belongs to one model.
    set(kAdapterKey, {});
    set(kModelKey, entry.isDefault ? QString() : QString::fromStdString(entry.path.string()));
}

void ModelsDialog::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) {
        event->acceptProposedAction();
    }
}

void ModelsDialog::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        const QFileInfo file(url.toLocalFile());
        if (url.isLocalFile() && file.exists()) {
            addFolder(file.isDir() ? file.absoluteFilePath() : file.absolutePath());
            event->acceptProposedAction();
        }
    }
}

}  // namespace lectern::ui
