#pragma once
// The files of a folder with their tokens, to be taken or left out with check boxes.

#include <QAbstractItemModel>
#include <vector>

#include "app/ingest/preflight.h"

namespace lectern::ui {

/// Holds the token tree of one PreflightDocument. A folder's box follows those of its files; files that rules leave out
/// are listed with the reason and cannot be checked.
class TokenTreeModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column { Name, Tokens, Size, State, ColumnCount };

    using QAbstractItemModel::QAbstractItemModel;

    /// Everything that is included is checked.
    void setFiles(std::vector<app::PreflightFile> files);
    /// Tokens of the checked files.
    int64_t checkedTokens() const;
    int checkedFiles() const;
    /// Paths to leave out: folders where nothing below is checked, single files elsewhere.
    std::vector<std::string> leftOut() const;
    /// The row of a path inside the tree; invalid where there is none.
    QModelIndex indexOf(const QString& path) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  signals:
    void checksChanged();

  private:
    struct Node {
        app::PreflightFile file;
        int parent = -1;
        int row = 0;
        std::vector<int> children;
        int includable = 0;  ///< files at or below it that can be taken
        int checked = 0;     ///< of them
        int64_t checkedTokens = 0;
    };
    const std::vector<int>& childrenOf(const QModelIndex& parent) const;
    void setChecked(int node, bool checked);
    void addUp(int node);
    QString stateText(const Node& node) const;

    std::vector<Node> m_nodes;
    std::vector<int> m_roots;
};

}  // namespace lectern::ui
