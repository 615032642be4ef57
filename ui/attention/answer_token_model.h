#pragma once
// The tokens of question and answer, to choose whose selections the map shows.

#include <QAbstractListModel>
#include <memory>

#include "ui/attention/attention_map.h"

namespace lectern::ui {

/// One line per step of the answer trace that belongs to the reply.
class AnswerTokenModel : public QAbstractListModel {
    Q_OBJECT

  public:
    using QAbstractListModel::QAbstractListModel;
    void setSource(const TraceSnapshot& source);
    int stepAt(int row) const { return m_steps[static_cast<size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    TraceSnapshot m_source;
    std::vector<int> m_steps;
};

}  // namespace lectern::ui
