#include "ui/reader/outline_model.h"

namespace lectern::ui {

void OutlineModel::setOutline(std::vector<app::OutlineEntry> entries, LabelOfPage label) {
    beginResetModel();
    m_entries = std::move(entries);
    m_label = std::move(label);
    m_nodes.assign(m_entries.size(), {});
    m_roots.clear();
    std::vector<int> path;  // the last entry of each depth
    for (size_t i = 0; i < m_entries.size(); ++i) {
        while (!path.empty() && m_entries[static_cast<size_t>(path.back())].depth >= m_entries[i].depth) {
            path.pop_back();
        }
        Node& node = m_nodes[i];
        node.parent = path.empty() ? -1 : path.back();
        std::vector<int>& siblings = path.empty() ? m_roots : m_nodes[static_cast<size_t>(path.back())].children;
        node.row = static_cast<int>(siblings.size());
        siblings.push_back(static_cast<int>(i));
        path.push_back(static_cast<int>(i));
    }
    endResetModel();
}

const app::OutlineEntry& OutlineModel::entryAt(const QModelIndex& index) const {
    return m_entries[static_cast<size_t>(index.internalId())];
}

QModelIndex OutlineModel::indexForPage(int page, int line, float top) const {
    int best = -1;
    for (size_t i = 0; i < m_entries.size(); ++i) {
        const bool later = m_entries[i].page == page && (m_entries[i].line > line || m_entries[i].top > top);
        if (m_entries[i].page >= 0 && m_entries[i].page <= page && !later &&
            (best < 0 || m_entries[i].page >= m_entries[static_cast<size_t>(best)].page)) {
            best = static_cast<int>(i);
        }
    }
    return best < 0 ? QModelIndex() : createIndex(m_nodes[static_cast<size_t>(best)].row, 0, quintptr(best));
}

const std::vector<int>& OutlineModel::childrenOf(const QModelIndex& parent) const {
    static const std::vector<int> kNone;
    return !parent.isValid()      ? m_roots
           : parent.column() == 0 ? m_nodes[static_cast<size_t>(parent.internalId())].children
                                  : kNone;
}

QModelIndex OutlineModel::index(int row, int column, const QModelIndex& parent) const {
    const std::vector<int>& children = childrenOf(parent);
    if (row < 0 || row >= static_cast<int>(children.size()) || column < 0 || column >= 2) {
        return {};
    }
    return createIndex(row, column, quintptr(children[static_cast<size_t>(row)]));
}

QModelIndex OutlineModel::parent(const QModelIndex& child) const {
    if (!child.isValid()) {
        return {};
    }
    const int parent = m_nodes[static_cast<size_t>(child.internalId())].parent;
    return parent < 0 ? QModelIndex() : createIndex(m_nodes[static_cast<size_t>(parent)].row, 0, quintptr(parent));
}

int OutlineModel::rowCount(const QModelIndex& parent) const {
    return static_cast<int>(childrenOf(parent).size());
}

int OutlineModel::columnCount(const QModelIndex&) const {
    return 2;
}

QString OutlineModel::placeText(const app::OutlineEntry& entry) const {
    const QString label = entry.page >= 0 && m_label ? m_label(entry.page) : QString();
    if (entry.line <= 0) {
        return label;
    }
    // The files of a folder and the parts of a book are named by their title already.
    const QString title = QString::fromStdString(entry.title);
    return label == title || label.endsWith(QLatin1Char('/') + title) ? QString() : QString::number(entry.line);
}

QVariant OutlineModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const app::OutlineEntry& entry = entryAt(index);
    switch (role) {
        case Qt::DisplayRole:
            return index.column() == 0 ? QString::fromStdString(entry.title).simplified() : placeText(entry);
        case Qt::ToolTipRole:
            return QString::fromStdString(entry.title).simplified();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(index.column() == 0 ? Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter)
                                                           : Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
        default:
            return {};
    }
}

QVariant OutlineModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::DisplayRole) {
        return section == 0 ? tr("Title") : tr("Page");
    }
    return QAbstractItemModel::headerData(section, orientation, role);
}

void OutlineModel::refreshLabels() {
    const auto changed = [this](const std::vector<int>& siblings) {
        if (!siblings.empty()) {
            emit dataChanged(createIndex(0, 1, quintptr(siblings.front())),
                             createIndex(static_cast<int>(siblings.size()) - 1, 1, quintptr(siblings.back())),
                             {Qt::DisplayRole});
        }
    };
    changed(m_roots);
    for (const Node& node : m_nodes) {
        changed(node.children);
    }
}

}  // namespace lectern::ui
