#include "ui/opening/token_tree_model.h"

#include <QHash>
#include <QLocale>

#include "ui/ask/ask_status.h"
#include "ui/theme/icons.h"

namespace lectern::ui {

void TokenTreeModel::setFiles(std::vector<app::PreflightFile> files) {
    beginResetModel();
    m_nodes.clear();
    m_roots.clear();
    QHash<QString, int> folders;
    m_nodes.reserve(files.size());
    for (app::PreflightFile& file : files) {
        const auto index = static_cast<int>(m_nodes.size());
        const QString path = QString::fromStdString(file.path);
        const auto slash = path.lastIndexOf(QLatin1Char('/'));
        Node node;
        // Folders come before what is in them.
        node.parent = slash < 0 ? -1 : folders.value(path.left(slash), -1);
        std::vector<int>& siblings = node.parent < 0 ? m_roots : m_nodes[static_cast<size_t>(node.parent)].children;
        node.row = static_cast<int>(siblings.size());
        siblings.push_back(index);
        if (file.isFolder) {
            folders.insert(path, index);
        }
        node.file = std::move(file);
        const bool takes = !node.file.isFolder && node.file.state == app::TreeEntryState::Included;
        node.includable = node.checked = takes ? 1 : 0;
        node.checkedTokens = takes ? node.file.tokens : 0;
        m_nodes.push_back(std::move(node));
    }
    for (size_t i = m_nodes.size(); i-- > 0;) {
        const Node& node = m_nodes[i];
        if (node.parent >= 0) {
            Node& parent = m_nodes[static_cast<size_t>(node.parent)];
            parent.includable += node.includable;
            parent.checked += node.checked;
            parent.checkedTokens += node.checkedTokens;
        }
    }
    endResetModel();
    emit checksChanged();
}

int64_t TokenTreeModel::checkedTokens() const {
    int64_t tokens = 0;
    for (const int root : m_roots) {
        tokens += m_nodes[static_cast<size_t>(root)].checkedTokens;
    }
    return tokens;
}

int TokenTreeModel::checkedFiles() const {
    int files = 0;
    for (const int root : m_roots) {
        files += m_nodes[static_cast<size_t>(root)].checked;
    }
    return files;
}

std::vector<std::string> TokenTreeModel::leftOut() const {
    std::vector<std::string> paths;
    for (const Node& node : m_nodes) {
        const bool nothing = node.includable > 0 && node.checked == 0;
        const bool byParent = node.parent >= 0 && m_nodes[static_cast<size_t>(node.parent)].checked == 0;
        if (nothing && !byParent) {
            paths.push_back(node.file.path);
        }
    }
    return paths;
}

QModelIndex TokenTreeModel::indexOf(const QString& path) const {
    for (size_t i = 0; i < m_nodes.size(); ++i) {
        if (QString::fromStdString(m_nodes[i].file.path) == path) {
            return createIndex(m_nodes[i].row, 0, static_cast<quintptr>(i));
        }
    }
    return {};
}

const std::vector<int>& TokenTreeModel::childrenOf(const QModelIndex& parent) const {
    return parent.isValid() ? m_nodes[parent.internalId()].children : m_roots;
}

QModelIndex TokenTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, static_cast<quintptr>(childrenOf(parent)[static_cast<size_t>(row)]));
}

QModelIndex TokenTreeModel::parent(const QModelIndex& index) const {
    const int parent = index.isValid() ? m_nodes[index.internalId()].parent : -1;
    return parent < 0 ? QModelIndex()
                      : createIndex(m_nodes[static_cast<size_t>(parent)].row, 0, static_cast<quintptr>(parent));
}

int TokenTreeModel::rowCount(const QModelIndex& parent) const {
    return parent.column() > 0 ? 0 : static_cast<int>(childrenOf(parent).size());
}

int TokenTreeModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QString TokenTreeModel::stateText(const Node& node) const {
    switch (node.file.state) {
        case app::TreeEntryState::Included:
            return node.file.isFolder ? tr("%1 of %2 files").arg(node.checked).arg(node.includable) : QString();
        case app::TreeEntryState::Ignored:
            return tr("ignored by .gitignore");
        case app::TreeEntryState::LockFile:
            return tr("lock file");
        case app::TreeEntryState::Vendored:
            return tr("vendored or built");
        case app::TreeEntryState::Binary:
            return tr("no text");
        case app::TreeEntryState::TooLarge:
            return tr("too large");
        case app::TreeEntryState::Unreadable:
            return tr("cannot be read");
        case app::TreeEntryState::LeftOut:
            return tr("left out");
    }
    return {};
}

QVariant TokenTreeModel::data(const QModelIndex& index, int role) const {
    const Node& node = m_nodes[index.internalId()];
    const QString path = QString::fromStdString(node.file.path);
    if (role == Qt::CheckStateRole && index.column() == Name && node.includable > 0) {
        return node.checked == 0 ? Qt::Unchecked : node.checked == node.includable ? Qt::Checked : Qt::PartiallyChecked;
    }
    if (role == Qt::TextAlignmentRole && (index.column() == Tokens || index.column() == Size)) {
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (role == Qt::ToolTipRole) {
        return path;
    }
    if (role == Qt::DecorationRole && index.column() == Name) {
        return icon(node.file.isFolder ? QStringLiteral("folder") : QStringLiteral("code"));
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (index.column()) {
        case Name:
            return path.mid(path.lastIndexOf(QLatin1Char('/')) + 1);
        case Tokens:
            return node.includable == 0 ? QString() : QLocale().toString(qlonglong{node.checkedTokens});
        case Size:
            return sizeText(node.file.sizeBytes);
        default:
            return stateText(node);
    }
}

bool TokenTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const auto node = static_cast<int>(index.internalId());
    if (role != Qt::CheckStateRole || m_nodes[static_cast<size_t>(node)].includable == 0) {
        return false;
    }
    setChecked(node, value.toInt() != Qt::Unchecked);
    for (int above = m_nodes[static_cast<size_t>(node)].parent; above >= 0;
         above = m_nodes[static_cast<size_t>(above)].parent) {
        addUp(above);
    }
    // The boxes of a whole branch, and those above it.
    emit dataChanged(this->index(0, 0), this->index(static_cast<int>(m_roots.size()) - 1, ColumnCount - 1));
    emit checksChanged();
    return true;
}

void TokenTreeModel::setChecked(int index, bool checked) {
    Node& node = m_nodes[static_cast<size_t>(index)];
    if (node.children.empty()) {
        node.checked = checked ? node.includable : 0;
        node.checkedTokens = checked && node.includable > 0 ? node.file.tokens : 0;
        return;
    }
    for (const int child : node.children) {
        setChecked(child, checked);
    }
    addUp(index);
}

void TokenTreeModel::addUp(int index) {
    Node& node = m_nodes[static_cast<size_t>(index)];
    node.checked = 0;
    node.checkedTokens = 0;
    for (const int child : node.children) {
        node.checked += m_nodes[static_cast<size_t>(child)].checked;
        node.checkedTokens += m_nodes[static_cast<size_t>(child)].checkedTokens;
    }
}

Qt::ItemFlags TokenTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return {};
    }
    const bool takes = m_nodes[index.internalId()].includable > 0;
    const Qt::ItemFlags base = Qt::ItemIsSelectable | (takes ? Qt::ItemIsEnabled : Qt::NoItemFlags);
    return index.column() == Name && takes ? base | Qt::ItemIsUserCheckable : base;
}

QVariant TokenTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Name:
            return tr("File");
        case Tokens:
            return tr("Tokens");
        case Size:
            return tr("Size");
        default:
            return tr("State");
    }
}

}  // namespace lectern::ui
