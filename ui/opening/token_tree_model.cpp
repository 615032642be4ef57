#include "ui/opening/token_tree_model.h"

#include <algorithm>

#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {

/// Whether a box can take it although rules leave it out.
bool canBeTaken(const app::PreflightFile& file) {
    return !file.isFolder && file.state != app::TreeEntryState::Included &&
           file.state != app::TreeEntryState::Unreadable;
}

bool isText(const app::PreflightFile& file) {
    return file.state != app::TreeEntryState::Binary;
}

}  // namespace

void TokenTreeModel::setFiles(std::vector<app::PreflightFile> files, const std::vector<std::string>& leaveOut,
                              const std::vector<std::string>& takeIn) {
    const bool sameRows = std::equal(files.begin(), files.end(), m_nodes.begin(), m_nodes.end(),
                                     [](const app::PreflightFile& file, const Node& node) {
                                         return file.path == node.file.path && file.isFolder == node.file.isFolder;
                                     });
    if (sameRows) {
        for (size_t i = 0; i < files.size(); ++i) {
            m_nodes[i].file = std::move(files[i]);
        }
        count(leaveOut, takeIn);
        changed(m_roots);
        return;
    }
    beginResetModel();
    m_nodes.clear();
    m_roots.clear();
    m_byPath.clear();
    m_nodes.reserve(files.size());
    for (app::PreflightFile& file : files) {
        const auto index = static_cast<int>(m_nodes.size());
        const QString path = QString::fromStdString(file.path);
        const auto slash = path.lastIndexOf(QLatin1Char('/'));
        Node node;
        // Folders come before what is in them.
        node.parent = slash < 0 ? -1 : m_byPath.value(path.left(slash), -1);
        std::vector<int>& siblings = node.parent < 0 ? m_roots : m_nodes[static_cast<size_t>(node.parent)].children;
        node.row = static_cast<int>(siblings.size());
        siblings.push_back(index);
        m_byPath.insert(path, index);
        node.file = std::move(file);
        m_nodes.push_back(std::move(node));
    }
    count(leaveOut, takeIn);
    endResetModel();
}

void TokenTreeModel::count(const std::vector<std::string>& leaveOut, const std::vector<std::string>& takeIn) {
    for (Node& node : m_nodes) {
        const bool takes = !node.file.isFolder && node.file.state == app::TreeEntryState::Included;
        node.includable = node.checked = takes ? 1 : 0;
        node.checkedTokens = takes ? node.file.tokens : 0;
        node.others = canBeTaken(node.file) ? 1 : 0;
        node.otherTexts = canBeTaken(node.file) && isText(node.file) ? 1 : 0;
        node.taken = 0;
    }
    for (size_t i = m_nodes.size(); i-- > 0;) {
        const Node& node = m_nodes[i];
        if (node.parent >= 0) {
            Node& parent = m_nodes[static_cast<size_t>(node.parent)];
            parent.includable += node.includable;
            parent.checked += node.checked;
            parent.others += node.others;
            parent.otherTexts += node.otherTexts;
            parent.checkedTokens += node.checkedTokens;
        }
    }
    for (const auto& [paths, checked] : {std::pair(&leaveOut, false), std::pair(&takeIn, true)}) {
        for (const std::string& path : *paths) {
            if (const int node = m_byPath.value(QString::fromStdString(path), -1); node >= 0) {
                click(node, checked);
            }
        }
    }
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
        files += m_nodes[static_cast<size_t>(root)].checked + m_nodes[static_cast<size_t>(root)].taken;
    }
    return files;
}

std::vector<std::string> TokenTreeModel::leftOut() const {
    std::vector<std::string> paths;
    for (const Node& node : m_nodes) {
        const auto isOut = [](const Node& each) { return each.includable > 0 && each.checked == 0 && each.taken == 0; };
        const bool byParent = node.parent >= 0 && isOut(m_nodes[static_cast<size_t>(node.parent)]);
        if (isOut(node) && !byParent) {
            paths.push_back(node.file.path);
        }
    }
    return paths;
}

bool TokenTreeModel::isTakenWhole(const Node& node) const {
    // A folder brings the text below it, so it can stand for its files where rules leave out the folder itself and
    // every text in it is taken, and nothing but text.
    return node.file.isFolder && node.file.state != app::TreeEntryState::Included && node.taken > 0 &&
           node.taken == node.otherTexts;
}

std::vector<std::string> TokenTreeModel::takenIn() const {
    std::vector<std::string> paths;
    for (const Node& node : m_nodes) {
        bool byFolder = false;
        for (int above = node.parent; above >= 0 && !byFolder; above = m_nodes[static_cast<size_t>(above)].parent) {
            byFolder = isTakenWhole(m_nodes[static_cast<size_t>(above)]);
        }
        if (!byFolder && (isTakenWhole(node) || (!node.file.isFolder && node.taken > 0))) {
            paths.push_back(node.file.path);
        }
    }
    return paths;
}

QModelIndex TokenTreeModel::indexOf(const QString& path) const {
    const int node = m_byPath.value(path, -1);
    return node < 0 ? QModelIndex() : indexOf(node);
}

QModelIndex TokenTreeModel::indexOf(int node, int column) const {
    return createIndex(m_nodes[static_cast<size_t>(node)].row, column, static_cast<quintptr>(node));
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
    return parent < 0 ? QModelIndex() : indexOf(parent);
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
            return node.file.isFolder
                       ? tr("%1 of %2 files").arg(node.checked + node.taken).arg(node.includable + node.others)
                       : QString();
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

QString TokenTreeModel::tokensText(const Node& node) const {
    if (node.includable + node.others == 0) {
        return {};
    }
    const bool leftOutFile = node.includable == 0 && !node.file.isFolder;
    const QString text = numberText(leftOutFile ? node.file.tokens : node.checkedTokens);
    return leftOutFile || node.taken > 0 ? tr("about %1").arg(text) : text;
}

QVariant TokenTreeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const Node& node = m_nodes[index.internalId()];
    const QString path = QString::fromStdString(node.file.path);
    if (role == Qt::CheckStateRole && index.column() == Name && node.includable + node.others > 0) {
        const bool all = node.includable > 0 ? node.checked == node.includable : node.taken == node.others;
        return node.checked + node.taken == 0 ? Qt::Unchecked : all ? Qt::Checked : Qt::PartiallyChecked;
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
            return tokensText(node);
        case Size:
            return sizeText(node.file.sizeBytes);
        default:
            return stateText(node);
    }
}

bool TokenTreeModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const auto node = static_cast<int>(index.internalId());
    if (!index.isValid() || index.column() != Name || role != Qt::CheckStateRole ||
        m_nodes[static_cast<size_t>(node)].includable + m_nodes[static_cast<size_t>(node)].others == 0) {
        return false;
    }
    click(node, value.toInt() != Qt::Unchecked);
    for (int each = node; each >= 0; each = m_nodes[static_cast<size_t>(each)].parent) {
        emit dataChanged(indexOf(each), indexOf(each, ColumnCount - 1));
    }
    changed(m_nodes[static_cast<size_t>(node)].children);
    emit checksChanged();
    return true;
}

void TokenTreeModel::changed(const std::vector<int>& siblings) {
    if (siblings.empty()) {
        return;
    }
    emit dataChanged(indexOf(siblings.front()), indexOf(siblings.back(), ColumnCount - 1));
    for (const int each : siblings) {
        changed(m_nodes[static_cast<size_t>(each)].children);
    }
}

void TokenTreeModel::addUpAbove(int node) {
    for (int above = m_nodes[static_cast<size_t>(node)].parent; above >= 0;
         above = m_nodes[static_cast<size_t>(above)].parent) {
        addUp(above);
    }
}

void TokenTreeModel::click(int node, bool checked) {
    // Checking a folder does not bring what rules leave out of it; that is what their own boxes are for.
    setChecked(node, checked, !checked || m_nodes[static_cast<size_t>(node)].includable == 0);
    addUpAbove(node);
}

void TokenTreeModel::setChecked(int index, bool checked, bool othersToo) {
    Node& node = m_nodes[static_cast<size_t>(index)];
    if (node.children.empty()) {
        node.checked = checked ? node.includable : 0;
        node.taken = !othersToo ? node.taken : checked ? node.others : 0;
        node.checkedTokens = node.checked + node.taken > 0 ? node.file.tokens : 0;
        return;
    }
    for (const int child : node.children) {
        // What holds no text is taken one by one only.
        if (!checked || isText(m_nodes[static_cast<size_t>(child)].file)) {
            setChecked(child, checked, othersToo);
        }
    }
    addUp(index);
}

void TokenTreeModel::addUp(int index) {
    Node& node = m_nodes[static_cast<size_t>(index)];
    node.checked = node.taken = 0;
    node.checkedTokens = 0;
    for (const int child : node.children) {
        node.checked += m_nodes[static_cast<size_t>(child)].checked;
        node.taken += m_nodes[static_cast<size_t>(child)].taken;
        node.checkedTokens += m_nodes[static_cast<size_t>(child)].checkedTokens;
    }
}

Qt::ItemFlags TokenTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid()) {
        return {};
    }
    const bool takes = m_nodes[index.internalId()].includable + m_nodes[index.internalId()].others > 0;
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
