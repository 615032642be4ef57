#include "ui/attention/region_table_model.h"

#include <QLocale>
#include <algorithm>

#include "ui/attention/token_texts.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {

/// So many tokens of a passage stand in the table.
constexpr int64_t kTextTokens = 24;

QString rangeText(TokenRange tokens) {
    return QString::fromUtf8("%1\xe2\x80\x93%2").arg(numberText(tokens.begin), numberText(tokens.end));
}

QString valueText(const AttentionMap& map, float value) {
    const bool percent = map.options.layer == MapLayer::Answer && map.options.measure == MapMeasure::Mass;
    if (!percent) {
        return QLocale().toString(double(value), 'g', 4);
    }
    // As many places in every line, but for what they would make nothing of.
    constexpr double kSmall = 0.0005;
    const double share = value * 100.0;
    return (share < kSmall ? QLocale().toString(share, 'g', 2) : QLocale().toString(share, 'f', 3)) +
           QStringLiteral(" %");
}

QVariant columnAlignment(bool number, bool page) {
    return QVariant::fromValue(Qt::Alignment(Qt::AlignVCenter | (number ? Qt::AlignRight
                                                                 : page ? Qt::AlignHCenter
                                                                        : Qt::AlignLeft)));
}

/// A line per token instead of one per region; all of them have the region's values.
void splitIntoTokens(const AttentionMap& map, std::vector<RegionTableModel::Line>& lines) {
    std::vector<RegionTableModel::Line> tokens;
    for (const RegionTableModel::Line& line : lines) {
        const TokenRange range = map.tokensOf({line.region, line.region + 1});
        for (int64_t token = range.begin; token < range.end; ++token) {
            tokens.push_back(line);
            tokens.back().token = token;
        }
    }
    lines = std::move(tokens);
}

}  // namespace

RegionTableModel::Lines RegionTableModel::linesOf(std::shared_ptr<const AttentionMap> map) {
    Lines result;
    const int rows = map->heat.rows();
    std::vector<Line> lines(static_cast<size_t>(map->regionCount));
    for (int row = 0; row < rows; ++row) {
        for (int64_t region = 0; region < map->regionCount; ++region) {
            const uint16_t stored = map->heat.at(row, region);
            if (stored == 0) {
                continue;
            }
            Line& line = lines[static_cast<size_t>(region)];
            const float value = map->heat.value(row, stored);
            if (line.rows == 0 || value > line.peak) {
                line.peak = value;
                line.peakRow = row;
            }
            line.mean += value / static_cast<float>(rows);
            ++line.rows;
        }
    }
    for (int64_t region = 0; region < map->regionCount; ++region) {
        Line& line = lines[static_cast<size_t>(region)];
        line.region = region;
        if (line.rows > 0 && map->unitOf(region).begin == region) {
            result.lines.push_back(line);
        }
    }
    const bool split = map->options.grain == MapGrain::Token;
    for (const Line& line : result.lines) {
        result.total += split ? map->tokensOf({line.region, line.region + 1}).size() : 1;
    }
    const int64_t most = split ? std::max<int64_t>(1, kMaxLines / map->regionTokens) : kMaxLines;
    const auto stronger = [](const Line& a, const Line& b) {
        return a.mean != b.mean ? a.mean > b.mean : a.region < b.region;
    };
    if (std::ssize(result.lines) > most) {
        std::nth_element(result.lines.begin(), result.lines.begin() + most, result.lines.end(), stronger);
        result.lines.resize(static_cast<size_t>(most));
    }
    std::sort(result.lines.begin(), result.lines.end(), stronger);
    if (split) {
        splitIntoTokens(*map, result.lines);
    }
    result.map = std::move(map);
    return result;
}

void RegionTableModel::setTexts(TokenTexts* texts) {
    m_texts = texts;
    connect(texts, &TokenTexts::arrived, this, [this] {
        if (!m_lines.lines.empty()) {
            emit dataChanged(index(0, Text), index(rowCount() - 1, Text), {Qt::DisplayRole});
        }
    });
}

void RegionTableModel::setLines(Lines lines) {
    beginResetModel();
    m_lines = std::move(lines);
    endResetModel();
}

TokenRange RegionTableModel::tokensAt(int row) const {
    const Line& line = m_lines.lines[static_cast<size_t>(row)];
    return line.token >= 0 ? TokenRange{line.token, line.token + 1}
                           : m_lines.map->tokensOf(m_lines.map->unitOf(line.region));
}

int RegionTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.lines.size());
}

int RegionTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RegionTableModel::alignmentOf(int column) {
    return columnAlignment(column == Tokens || column == Peak || column == Mean || column == RowCount, column == Page);
}

QVariant RegionTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(index.column());
    }
    if (role != Qt::DisplayRole && role != kSortRole) {
        return {};
    }
    const bool sort = role == kSortRole;
    const Line& line = m_lines.lines[static_cast<size_t>(index.row())];
    const AttentionMap& map = *m_lines.map;
    const TokenRange tokens = tokensAt(index.row());
    switch (index.column()) {
        case Tokens:
            return sort ? QVariant(qlonglong{tokens.begin}) : QVariant(rangeText(tokens));
        case Text:
            return sort ? QVariant(qlonglong{tokens.begin})
                        : QVariant(m_texts == nullptr ? QString() : m_texts->textOf(tokens, kTextTokens));
        case Page:
            return sort ? QVariant(qlonglong{tokens.begin}) : QVariant(map.source.marks.pageLabelAt(tokens.begin));
        case Chapter:
            return map.source.marks.chapterAt(tokens.begin);
        case Peak:
            return sort ? QVariant(line.peak) : QVariant(valueText(map, line.peak));
        case PeakRow:
            return sort ? QVariant(line.peakRow) : QVariant(map.rowLabel(line.peakRow));
        case Mean:
            return sort ? QVariant(line.mean) : QVariant(valueText(map, line.mean));
        case RowCount:
            return line.rows;
        default:
            return {};
    }
}

QVariant RegionTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return alignmentOf(section);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    switch (section) {
        case Tokens:
            return tr("Tokens");
        case Text:
            return tr("Text");
        case Page:
            return tr("Page");
        case Chapter:
            return tr("Chapter");
        case Peak:
            return tr("Peak");
        case PeakRow:
            return tr("Peak in");
        case Mean:
            return tr("Mean");
        case RowCount:
            return tr("Rows");
        default:
            return {};
    }
}

void NominationTableModel::setBlock(std::shared_ptr<const AttentionMap> map, int row, int64_t block) {
    beginResetModel();
    m_map = std::move(map);
    m_block = block;
    m_nominations.clear();
    if (m_map != nullptr && block >= 0 && row >= 0 && row < static_cast<int>(m_map->rows.size())) {
        m_nominations = nominationsOf(*m_map, row, block);
    }
    endResetModel();
}

TokenRange NominationTableModel::tokensAt(int row) const {
    const RegionId region = m_nominations[static_cast<size_t>(row)].region;
    return m_map->tokensOf({region, region + 1});
}

TokenRange NominationTableModel::nominatorTokens(int row) const {
    const int64_t region =
        m_block * m_map->blockTokens / m_map->regionTokens + m_nominations[static_cast<size_t>(row)].nominator;
    return m_map->tokensOf({region, region + 1});
}

int NominationTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_nominations.size());
}

int NominationTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NominationTableModel::alignmentOf(int column) {
    return columnAlignment(column == Tokens || column == Nominator, column == Page || column == NominatorPage);
}

QVariant NominationTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return alignmentOf(index.column());
    }
    if (role != Qt::DisplayRole && role != kSortRole) {
        return {};
    }
    const bool nominator = index.column() == Nominator || index.column() == NominatorPage;
    const TokenRange tokens = nominator ? nominatorTokens(index.row()) : tokensAt(index.row());
    if (role == kSortRole) {
        return qlonglong{tokens.begin};
    }
    const bool page = index.column() == Page || index.column() == NominatorPage;
    return page ? m_map->source.marks.pageLabelAt(tokens.begin) : rangeText(tokens);
}

QVariant NominationTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole) {
        return alignmentOf(section);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return QAbstractTableModel::headerData(section, orientation, role);
    }
    switch (section) {
        case Tokens:
            return tr("Merged tokens");
        case Page:
            return tr("Page");
        case Nominator:
            return tr("Nominated by tokens");
        case NominatorPage:
            return tr("Nominator's page");
        default:
            return {};
    }
}

}  // namespace lectern::ui
