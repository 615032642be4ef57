#include "ui/attention/attention_map.h"

#include <QCoreApplication>
#include <algorithm>

namespace lectern::ui {
namespace {

QString labelAt(const QVector<AxisMark>& marks, int64_t token) {
    const auto after = std::upper_bound(marks.begin(), marks.end(), token,
                                        [](int64_t value, const AxisMark& mark) { return value < mark.token; });
    return after == marks.begin() ? QString() : std::prev(after)->label;
}

QString translated(const char* text) {
    return QCoreApplication::translate("AttentionMap", text);
}

/// Groups of a row: one, or all of a layer.
std::pair<int32_t, int32_t> groupsOf(const MapRow& row, int32_t groups) {
    return row.group < 0 ? std::pair{0, groups} : std::pair{row.group, row.group + 1};
}

}  // namespace

QString AxisMarks::pageLabelAt(int64_t token) const {
    return labelAt(pages, token);
}
QString AxisMarks::chapterAt(int64_t token) const {
    return labelAt(chapters, token);
}

TokenRange AttentionMap::tokensOf(CellRange cells) const {
    return {cells.begin * regionTokens, std::min(cells.end * regionTokens, source.contextTokens)};
}

CellRange AttentionMap::unitOf(int64_t region) const {
    const auto after = std::upper_bound(units.begin(), units.end(), region);
    if (units.empty() || after == units.begin()) {
        return {region, region + 1};
    }
    return {*std::prev(after), after == units.end() ? regionCount : *after};
}

int64_t AttentionMap::blockCount() const {
    return blockTokens == 0 ? 0 : (source.documentTokens + blockTokens - 1) / blockTokens;
}

TokenRange AttentionMap::blockRange(int64_t block) const {
    return {block * blockTokens, std::min((block + 1) * blockTokens, source.documentTokens)};
}

QString AttentionMap::rowLabel(int row) const {
    const MapRow& key = rows[static_cast<size_t>(row)];
    if (key.step >= 0) {
        return translated(QT_TRANSLATE_NOOP("AttentionMap", "Answer token %1 \xe2\x80\x9c%2\xe2\x80\x9d"))
            .arg(key.step + 1)
            .arg(source.stepTexts.value(key.step).trimmed());
    }
    const QString name = key.group < 0 ? translated(QT_TRANSLATE_NOOP("AttentionMap", "Layer %1")).arg(key.layer + 1)
                                       : translated(QT_TRANSLATE_NOOP("AttentionMap", "Layer %1, head group %2"))
                                             .arg(key.layer + 1)
                                             .arg(key.group + 1);
    return key.other ? translated(QT_TRANSLATE_NOOP("AttentionMap", "%1, other answer")).arg(name) : name;
}

QString AttentionMap::rowLabelShort(int row) const {
    const MapRow& key = rows[static_cast<size_t>(row)];
    if (key.step >= 0) {
        return source.stepTexts.value(key.step).trimmed();
    }
    const QString name =
        key.group < 0 ? QString::number(key.layer + 1) : QStringLiteral("%1.%2").arg(key.layer + 1).arg(key.group + 1);
    return key.other ? name + QChar(0x2032) : name;
}

std::vector<Nomination> nominationsOf(const AttentionMap& map, int row, int64_t block) {
    std::vector<Nomination> result;
    const MapRow& key = map.rows[static_cast<size_t>(row)];
    const DocumentTrace* trace = map.source.document.get();
    if (trace == nullptr || key.layer < 0 || block < 0 || block >= trace->blockCount()) {
        return result;
    }
    const auto [first, last] = groupsOf(key, trace->groups());
    for (int32_t group = first; group < last; ++group) {
        for (const DocumentTrace::Entry& entry : trace->entries(block, key.layer, group)) {
            result.push_back({entry.region, entry.nominator});
        }
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const Nomination& a, const Nomination& b) { return a.region < b.region; });
    const auto same = [](const Nomination& a, const Nomination& b) { return a.region == b.region; };
    result.erase(std::unique(result.begin(), result.end(), same), result.end());
    return result;
}

std::vector<int64_t> blocksMerging(const AttentionMap& map, int row, CellRange cells) {
    std::vector<int64_t> result;
    const MapRow& key = map.rows[static_cast<size_t>(row)];
    const DocumentTrace* trace = map.source.document.get();
    if (trace == nullptr || key.layer < 0) {
        return result;
    }
    const auto [first, last] = groupsOf(key, trace->groups());
    for (int64_t block = 0; block < trace->blockCount(); ++block) {
        for (int32_t group = first; group < last; ++group) {
            const auto entries = trace->entries(block, key.layer, group);
            if (std::any_of(entries.begin(), entries.end(), [&](const DocumentTrace::Entry& entry) {
                    return entry.region >= cells.begin && entry.region < cells.end;
                })) {
                result.push_back(block);
                break;
            }
        }
    }
    return result;
}

}  // namespace lectern::ui
