#pragma once
// A plot that can be looked at as a table.

#include <QStackedWidget>

#include "ui/training/line_plot.h"

class QTableView;
class QToolButton;

namespace lectern::ui {

class PlotCard : public QFrame {
    Q_OBJECT

  public:
    explicit PlotCard(const QString& title, QWidget* parent = nullptr);
    LinePlot* plot() const { return m_plot; }
    QTableView* tableView() const { return m_table; }
    void showTable(bool on);

  private:
    /// While a run goes on, the numbers come often: only a table that is looked at takes them.
    void fillTable();
    QStackedWidget* m_stack;
    LinePlot* m_plot;
    QTableView* m_table;
    QToolButton* m_toggle;
};

}  // namespace lectern::ui
