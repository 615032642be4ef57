#include "ui/reader/search_hit_model.h"

#include <algorithm>

#include "ui/reader/place_text.h"

namespace lectern::ui {

void SearchHitModel::clear(LabelOfPage label) {
    beginResetModel();
    m_hits.clear();
    m_label = std::move(label);
    endResetModel();
}

void SearchHitModel::append(const QVector<ReaderHit>& hits) {
    const auto room = std::max<qsizetype>(0, kMaxHits - m_hits.size());
    const QVector<ReaderHit> taken = hits.mid(0, room);
    if (taken.isEmpty()) {
        return;
    }
    const int first = static_cast<int>(m_hits.size());
    beginInsertRows({}, first, first + static_cast<int>(taken.size()) - 1);
    m_hits += taken;
    endInsertRows();
}

int SearchHitModel::firstFrom(int page) const {
    const auto found =
        std::find_if(m_hits.begin(), m_hits.end(), [page](const ReaderHit& hit) { return hit.place.page >= page; });
    return found == m_hits.end() ? (m_hits.isEmpty() ? -1 : 0) : static_cast<int>(found - m_hits.begin());
}

int SearchHitModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_hits.size());
}

QVariant SearchHitModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const ReaderHit& hit = m_hits[index.row()];
    const QString label = m_label ? m_label(hit.place.page) : QString();
    const QString place = !hit.place.lines  ? tr("p. %1").arg(label)
                          : label.isEmpty() ? linesText(*hit.place.lines)
                                            : tr("%1:%2").arg(label).arg(hit.place.lines->first);
    switch (role) {
        case Qt::DisplayRole:
            return QStringLiteral("%1\n%2").arg(place, hit.snippet.simplified());
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return QStringLiteral("%1: %2").arg(place, hit.snippet.simplified());
        default:
            return {};
    }
}

}  // namespace lectern::ui
