#pragma once
// The table of contents as a tree.

#include <QAbstractItemModel>
#include <functional>
#include <limits>
#include <vector>

#include "app/ingest/document.h"

namespace lectern::ui {

/// Built from the flat, depth-marked list of a document. Columns: title, page label or line.
class OutlineModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    using LabelOfPage = std::function<QString(int)>;

    using QAbstractItemModel::QAbstractItemModel;
    void setOutline(std::vector<app::OutlineEntry> entries, LabelOfPage label);
    /// The labels of pages are others now.
    void refreshLabels();
    const app::OutlineEntry& entryAt(const QModelIndex& index) const;
    /// The last entry that begins on or before `page`; invalid when there is none. Of entries with lines on that page,
    /// the last that begins on or before `line`, of those with heights at or above `top`.
    QModelIndex indexForPage(int page, int line = std::numeric_limits<int>::max(), float top = 1) const;
    const std::vector<app::OutlineEntry>& entries() const { return m_entries; }
    bool isEmpty() const { return m_entries.empty(); }

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Node {
        int parent = -1;
        int row = 0;
        std::vector<int> children;
    };
    QString placeText(const app::OutlineEntry& entry) const;
    const std::vector<int>& childrenOf(const QModelIndex& parent) const;

    std::vector<app::OutlineEntry> m_entries;
    std::vector<Node> m_nodes;
    std::vector<int> m_roots;
    LabelOfPage m_label;
};

}  // namespace lectern::ui
