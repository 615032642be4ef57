#pragma once
// Search results as they stream in.

#include <QAbstractListModel>
#include <functional>

#include "ui/reader/document_view.h"

namespace lectern::ui {

/// In the order of the document. Holds at most kMaxHits; isFull() says that there are more.
class SearchHitModel : public QAbstractListModel {
    Q_OBJECT

  public:
    static constexpr int kMaxHits = 5000;
    using LabelOfPage = std::function<QString(int)>;

    using QAbstractListModel::QAbstractListModel;
    void clear(LabelOfPage label);
    void append(const QVector<ReaderHit>& hits);
    const ReaderHit& hitAt(int row) const { return m_hits[row]; }
    const QVector<ReaderHit>& hits() const { return m_hits; }
    bool isFull() const { return m_hits.size() >= kMaxHits; }
    /// First hit on `page` or after it; -1: none.
    int firstFrom(int page) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    QVector<ReaderHit> m_hits;
    LabelOfPage m_label;
};

}  // namespace lectern::ui
