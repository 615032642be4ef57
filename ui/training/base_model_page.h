#pragma once
// Second page: which model is tuned, and on what device.

#include "ui/models/model_catalog_loader.h"
#include "ui/models/model_list.h"
#include "ui/training/tune_page.h"

class QComboBox;
class QTreeView;

namespace lectern::ui {

class ModelCardView;
class ToneLabel;

class BaseModelPage : public TunePage {
    Q_OBJECT

  public:
    explicit BaseModelPage(TuneState& state, QWidget* parent = nullptr);
    void enter() override;
    bool isComplete() const override;
    QTreeView* view() const { return m_view; }

  private:
    void choose(int row);

    ModelCatalogLoader m_loader;
    ModelList m_list;
    QTreeView* m_view;
    QComboBox* m_device;
    ToneLabel* m_facts;
};

}  // namespace lectern::ui
