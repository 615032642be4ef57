#pragma once
// Accuracy by context length and depth, as a grid of cells; the same numbers as an item model are its table twin.

#include <QAbstractTableModel>
#include <QWidget>

#include "app/jobs/evaluation.h"

namespace lectern::ui {

/// Rows are depths, columns context lengths.
class RetrievalTable : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;
    void setCells(const std::vector<app::RetrievalCell>& cells);
    /// Null where nothing was measured.
    const app::RetrievalCell* cellAt(int row, int column) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<app::RetrievalCell> m_cells;
    std::vector<int64_t> m_contexts;
    std::vector<double> m_depths;
};

class RetrievalGrid : public QWidget {
    Q_OBJECT

  public:
    explicit RetrievalGrid(RetrievalTable* table, QWidget* parent = nullptr);
    QSize sizeHint() const override { return {420, 260}; }

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    RetrievalTable* m_table;
};

}  // namespace lectern::ui
