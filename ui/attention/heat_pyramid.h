#pragma once
// Rows of values over a very long axis, with max and mean kept at every fourth power of resolution.

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace lectern::ui {

/// Half-open range of cells (token regions) of one row.
struct CellRange {
    int64_t begin = 0;
    int64_t end = 0;
    int64_t size() const { return end - begin; }
    bool operator==(const CellRange&) const = default;
};

/// A fixed linear scale between pixel columns and cells. Column x covers every cell exactly once: columns of one scale
/// partition the axis, and far out they are aligned to a level of the pyramid, so that drawing and hit testing agree.
class CellColumns {
  public:
    /// `firstCell` lies at column 0; `cellsPerColumn` > 0.
    CellColumns(double firstCell, double cellsPerColumn, int64_t cellCount);
    CellRange column(int64_t x) const;
    int level() const { return m_level; }

  private:
    double m_firstCell;
    double m_cellsPerColumn;
    int64_t m_cellCount;
    int m_level = 0;
};

/// rows x cells values in 16 bits, each row with its own linear scale; 0 stands for "nothing here". Level k holds the
/// max and the mean of 4^k cells. Memory: 2 bytes per cell and 4/3 bytes more for all levels. Filled once, then read
/// from any thread.
class HeatPyramid {
  public:
    static constexpr float kAbsent = std::numeric_limits<float>::quiet_NaN();
    static constexpr int kLevelFactor = 4;

    struct Sample {
        uint16_t max = 0;   ///< stored form, 0: nothing
        uint16_t mean = 0;  ///< stored form; absent cells count as the row's low end
    };

    HeatPyramid() = default;
    HeatPyramid(int rows, int64_t cells);

    /// `values` has one entry per cell; kAbsent where there is nothing. The row's scale runs from min(0, least value)
    /// to its largest.
    void setRow(int row, std::span<const float> values);

    int rows() const { return static_cast<int>(m_rows.size()); }
    int64_t cells() const { return m_cells; }
    /// Stored form back to a value of this row.
    float value(int row, uint16_t stored) const;
    float rowLow(int row) const { return m_rows[static_cast<size_t>(row)].low; }
    float rowHigh(int row) const { return m_rows[static_cast<size_t>(row)].high; }
    uint16_t at(int row, int64_t cell) const { return m_levels[0].max[index(0, row, cell)]; }

    Sample sample(int row, CellRange range) const;
    /// One sample per range; the ranges come from CellColumns of the same level.
    void sampleColumns(int row, int level, std::span<const CellRange> columns, std::span<Sample> out) const;
    /// Cells of `range` that hold something.
    int64_t countPresent(int row, CellRange range) const;
    int64_t memoryBytes() const;

  private:
    struct Level {
        int64_t cells = 0;
        std::vector<uint16_t> max;
        std::vector<uint16_t> mean;  ///< empty at level 0
    };
    struct RowScale {
        float low = 0;
        float high = 0;
    };
    size_t index(int level, int row, int64_t cell) const {
        return static_cast<size_t>(row * m_levels[static_cast<size_t>(level)].cells + cell);
    }
    Sample sampleAtLevel(int level, int row, int64_t begin, int64_t end) const;

    int64_t m_cells = 0;
    std::vector<RowScale> m_rows;
    std::vector<Level> m_levels;
};

}  // namespace lectern::ui
