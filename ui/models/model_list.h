#pragma once
// Models and adapters on this computer as a table.

#include <QAbstractTableModel>
#include <vector>

#include "app/models/model_card.h"

namespace lectern::ui {

/// One row per model, then one per adapter.
class ModelList : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Name, Kind, Context, Size, State, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setEntries(std::vector<app::ModelCard> models, std::vector<app::AdapterEntry> adapters);
    /// The chosen model's path (empty: the default) and adapter (empty: none).
    void setChosen(const QString& model, const QString& adapter);

    bool isAdapter(int row) const { return row >= static_cast<int>(m_models.size()); }
    const app::ModelCard& modelAt(int row) const { return m_models[static_cast<size_t>(row)]; }
    const app::AdapterEntry& adapterAt(int row) const { return m_adapters[static_cast<size_t>(row) - m_models.size()]; }
    QString problemAt(int row) const;
    bool isChosen(int row) const;
    int chosenModelRow() const;
    int rowOfPath(const QString& path) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString display(int row, int column) const;

    std::vector<app::ModelCard> m_models;
    std::vector<app::AdapterEntry> m_adapters;
    QString m_model;
    QString m_adapter;
};

/// "44.9 million", "6.7 billion".
QString parameterText(int64_t parameters);
/// "131,072 tokens".
QString tokensText(int64_t tokens);

}  // namespace lectern::ui
