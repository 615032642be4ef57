#pragma once
// Table twins of the attention map.

#include <QAbstractTableModel>
#include <memory>

#include "ui/attention/attention_map.h"

namespace lectern::ui {

class TokenTexts;

/// One line per region that something was selected from, or per token of these: place, text, strongest row and value,
/// mean, rows that chose it. Holds at most kMaxLines lines, the strongest; Lines::total says of how many.
class RegionTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Tokens, Text, Page, Chapter, Peak, PeakRow, Mean, RowCount, ColumnCount };
    static constexpr int kSortRole = Qt::UserRole;
    static constexpr qint64 kMaxLines = 20000;

    struct Line {
        int64_t region = 0;
        int64_t token = -1;  ///< where tokens stand one by one
        float peak = 0;
        float mean = 0;
        int peakRow = 0;
        int rows = 0;
    };
    /// What a worker thread prepares; immutable.
    struct Lines {
        std::shared_ptr<const AttentionMap> map;
        std::vector<Line> lines;
        int64_t total = 0;
    };
    /// Pure, for any thread.
    static Lines linesOf(std::shared_ptr<const AttentionMap> map);

    using QAbstractTableModel::QAbstractTableModel;
    /// Where the texts come from.
    void setTexts(TokenTexts* texts);
    void setLines(Lines lines);
    const Lines& lines() const { return m_lines; }
    TokenRange tokensAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    static QVariant alignmentOf(int column);

    Lines m_lines;
    TokenTexts* m_texts = nullptr;
};

/// The merged set of one block in one row of the map: which region, nominated by which.
class NominationTableModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Tokens, Page, Nominator, NominatorPage, ColumnCount };
    static constexpr int kSortRole = Qt::UserRole;

    using QAbstractTableModel::QAbstractTableModel;
    void setBlock(std::shared_ptr<const AttentionMap> map, int row, int64_t block);
    TokenRange tokensAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    static QVariant alignmentOf(int column);
    TokenRange nominatorTokens(int row) const;

    std::shared_ptr<const AttentionMap> m_map;
    std::vector<Nomination> m_nominations;
    int64_t m_block = -1;
};

}  // namespace lectern::ui
