#pragma once
// Last page: the adapter, and merged models where they are wanted, each checked against the live model.

#include "ui/training/tune_page.h"

class QCheckBox;
class QComboBox;
class QPushButton;
class QTreeWidget;

namespace lectern::ui {

class ToneLabel;

class ExportPage : public TunePage {
    Q_OBJECT

  public:
    explicit ExportPage(TuneState& state, QWidget* parent = nullptr);
    void enter() override;

    QTreeWidget* results() const { return m_results; }
    QCheckBox* ggufBox() const { return m_gguf; }
    QPushButton* exportButton() const { return m_export; }
    QPushButton* useButton() const { return m_use; }

  private:
    void start();
    void refresh();

    QCheckBox *m_folder, *m_gguf;
    QComboBox* m_type;
    QPushButton *m_export, *m_use, *m_showFolder;
    QTreeWidget* m_results;
    ToneLabel* m_status;
};

}  // namespace lectern::ui
