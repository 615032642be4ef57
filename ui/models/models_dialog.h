#pragma once
// Choosing a model, an adapter and where they run.

#include <QDialog>

#include "ui/models/model_catalog_loader.h"
#include "ui/models/model_list.h"
#include "ui/services/services.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTreeView;

namespace lectern::ui {

class ModelCardView;

/// Folders are looked through, nothing is copied; folders and model files can be dropped in. The choice is kept in the
/// settings (model/current, model/adapter, model/device, model/kv_type). Not modal.
class ModelsDialog : public QDialog {
    Q_OBJECT

  public:
    explicit ModelsDialog(Services& services, QWidget* parent = nullptr);

    void refresh();
    ModelList* list() { return &m_list; }
    QTreeView* view() const { return m_view; }
    ModelCardView* card() const { return m_card; }
    QPushButton* useButton() const { return m_use; }
    QComboBox* deviceChoice() const { return m_device; }
    QComboBox* kvTypeChoice() const { return m_kvType; }
    QLabel* deviceNote() const { return m_deviceNote; }

  signals:
    void loaded();

  protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    QWidget* buildRunArea();
    QComboBox* boundChoice(const QString& key);
    std::vector<std::filesystem::path> folders() const;
    void addFolder(const QString& path);
    void showCurrent();
    void updateChosen();
    void use();

    Services& m_services;
    ModelCatalogLoader m_loader;
    ModelList m_list;
    QTreeView* m_view;
    ModelCardView* m_card;
    QLabel* m_status;
    QPushButton* m_use;
    QComboBox* m_device;
    QComboBox* m_kvType;
    QLabel* m_deviceNote;
};

}  // namespace lectern::ui
