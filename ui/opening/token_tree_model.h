#pragma once
// The files of a folder with their tokens, to be taken or left out with check boxes.

#include <QAbstractItemModel>
#include <QHash>
#include <vector>

#include "app/ingest/preflight.h"

namespace lectern::ui {

/// Holds the token tree of one PreflightDocument. A folder's box follows those of its files. Files that rules leave out
/// are listed with the reason; they are taken only where their own box, or that of a folder of nothing else, is
/// checked, and their tokens are guesses.
class TokenTreeModel : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column { Name, Tokens, Size, State, ColumnCount };

    using QAbstractItemModel::QAbstractItemModel;

    /// Everything that is included is checked, but for the paths in `leaveOut` and what lies below them; of what rules
    /// leave out, the paths in `takeIn`. Where the same rows come again, with other states, views keep what they have
    /// opened.
    void setFiles(std::vector<app::PreflightFile> files, const std::vector<std::string>& leaveOut = {},
                  const std::vector<std::string>& takeIn = {});
    /// Tokens of the checked files.
    int64_t checkedTokens() const;
    int checkedFiles() const;
    /// Paths to leave out: folders where nothing below is checked, single files elsewhere.
    std::vector<std::string> leftOut() const;
    /// Paths to take in against the rules: folders that rules leave out and that are taken whole, single files
    /// elsewhere.
    std::vector<std::string> takenIn() const;
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
    /// A box was clicked; not for setFiles().
    void checksChanged();

  private:
    struct Node {
        app::PreflightFile file;
        int parent = -1;
        int row = 0;
        std::vector<int> children;
        int includable = 0;  ///< files at or below it that the rules take
        int checked = 0;     ///< of them
        int others = 0;      ///< files at or below it that rules leave out and that can be read
        int otherTexts = 0;  ///< of them, those that hold text
        int taken = 0;       ///< of the others
        int64_t checkedTokens = 0;
    };
    const std::vector<int>& childrenOf(const QModelIndex& parent) const;
    QModelIndex indexOf(int node, int column = 0) const;
    void count(const std::vector<std::string>& leaveOut, const std::vector<std::string>& takeIn);
    /// Says dataChanged() for these rows and all below them.
    void changed(const std::vector<int>& siblings);
    void click(int node, bool checked);
    void setChecked(int node, bool checked, bool othersToo);
    void addUp(int node);
    void addUpAbove(int node);
    bool isTakenWhole(const Node& node) const;
    QString stateText(const Node& node) const;
    QString tokensText(const Node& node) const;

    std::vector<Node> m_nodes;
    std::vector<int> m_roots;
    QHash<QString, int> m_byPath;
};

}  // namespace lectern::ui
