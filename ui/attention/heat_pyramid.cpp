#include "ui/attention/heat_pyramid.h"

#include <algorithm>
#include <cmath>

#include "engine/core/check.h"

namespace lectern::ui {
namespace {

constexpr float kSteps = 65534.0f;

int64_t levelUnit(int level) {
    return int64_t{1} << (2 * level);
}

uint16_t roundedMean(uint64_t sum, uint64_t count) {
    const uint64_t mean = (sum + count / 2) / count;
    // A region that was chosen once must not round away to "nothing".
    return static_cast<uint16_t>(mean == 0 && sum > 0 ? 1 : mean);
}

}  // namespace

CellColumns::CellColumns(double firstCell, double cellsPerColumn, int64_t cellCount)
    : m_firstCell(firstCell), m_cellsPerColumn(cellsPerColumn), m_cellCount(cellCount) {
    while (static_cast<double>(levelUnit(m_level + 1)) <= cellsPerColumn) {
        ++m_level;
    }
}

CellRange CellColumns::column(int64_t x) const {
    const double unit = static_cast<double>(levelUnit(m_level));
    const auto edge = [&](int64_t at) {
        return static_cast<int64_t>(std::floor((m_firstCell + static_cast<double>(at) * m_cellsPerColumn) / unit)) *
               levelUnit(m_level);
    };
    const int64_t begin = edge(x);
    const int64_t end = std::max(edge(x + 1), begin + levelUnit(m_level));
    return {std::clamp<int64_t>(begin, 0, m_cellCount), std::clamp<int64_t>(end, 0, m_cellCount)};
}

HeatPyramid::HeatPyramid(int rows, int64_t cells) : m_cells(cells), m_rows(static_cast<size_t>(rows)) {
    int64_t count = cells;
    do {
        Level level;
        level.cells = count;
        level.max.resize(static_cast<size_t>(rows * count));
        if (!m_levels.empty()) {
            level.mean.resize(level.max.size());
        }
        m_levels.push_back(std::move(level));
        count = (count + kLevelFactor - 1) / kLevelFactor;
    } while (m_levels.back().cells > 1);
}

void HeatPyramid::setRow(int row, std::span<const float> values) {
    LECTERN_CHECK(static_cast<int64_t>(values.size()) == m_cells);
    float low = 0;
    float high = 0;
    bool any = false;
    for (const float value : values) {
        if (!std::isnan(value)) {
            low = any ? std::min(low, value) : std::min(0.0f, value);
            high = any ? std::max(high, value) : value;
            any = true;
        }
    }
    m_rows[static_cast<size_t>(row)] = {low, high};
    const float scale = high > low ? kSteps / (high - low) : 0.0f;
    Level& base = m_levels[0];
    for (int64_t cell = 0; cell < m_cells; ++cell) {
        const float value = values[static_cast<size_t>(cell)];
        base.max[index(0, row, cell)] =
            std::isnan(value) ? uint16_t{0}
                              : static_cast<uint16_t>(1.0f + std::round(std::min((value - low) * scale, kSteps)));
    }
    for (int k = 1; k < static_cast<int>(m_levels.size()); ++k) {
        const Level& below = m_levels[static_cast<size_t>(k - 1)];
        Level& level = m_levels[static_cast<size_t>(k)];
        for (int64_t cell = 0; cell < level.cells; ++cell) {
            const int64_t end = std::min(below.cells, (cell + 1) * kLevelFactor);
            uint16_t max = 0;
            uint64_t sum = 0;
            for (int64_t i = cell * kLevelFactor; i < end; ++i) {
                max = std::max(max, below.max[index(k - 1, row, i)]);
                sum += k == 1 ? below.max[index(0, row, i)] : below.mean[index(k - 1, row, i)];
            }
            level.max[index(k, row, cell)] = max;
            level.mean[index(k, row, cell)] = roundedMean(sum, static_cast<uint64_t>(end - cell * kLevelFactor));
        }
    }
}

float HeatPyramid::value(int row, uint16_t stored) const {
    const RowScale& scale = m_rows[static_cast<size_t>(row)];
    return stored == 0 ? 0.0f : scale.low + static_cast<float>(stored - 1) / kSteps * (scale.high - scale.low);
}

HeatPyramid::Sample HeatPyramid::sampleAtLevel(int level, int row, int64_t begin, int64_t end) const {
    const Level& cells = m_levels[static_cast<size_t>(level)];
    const std::vector<uint16_t>& means = level == 0 ? cells.max : cells.mean;
    uint16_t max = 0;
    uint64_t sum = 0;
    for (int64_t i = begin; i < end; ++i) {
        max = std::max(max, cells.max[index(level, row, i)]);
        sum += means[index(level, row, i)];
    }
    return {max, end > begin ? roundedMean(sum, static_cast<uint64_t>(end - begin)) : uint16_t{0}};
}

HeatPyramid::Sample HeatPyramid::sample(int row, CellRange range) const {
    // Descends from the coarsest units that fit inside the range, so that long ranges stay cheap and exact in max.
    uint16_t max = 0;
    double sum = 0;
    int64_t at = range.begin;
    while (at < range.end) {
        int level = 0;
        while (level + 1 < static_cast<int>(m_levels.size()) && at % levelUnit(level + 1) == 0 &&
               at + levelUnit(level + 1) <= range.end) {
            ++level;
        }
        const Sample part = sampleAtLevel(level, row, at / levelUnit(level), at / levelUnit(level) + 1);
        max = std::max(max, part.max);
        sum += static_cast<double>(part.mean) * static_cast<double>(levelUnit(level));
        at += levelUnit(level);
    }
    const double mean = range.size() > 0 ? sum / static_cast<double>(range.size()) : 0.0;
    return {max, static_cast<uint16_t>(std::min(mean > 0 ? std::max(mean, 1.0) : 0.0, 65535.0))};
}

void HeatPyramid::sampleColumns(int row, int level, std::span<const CellRange> columns, std::span<Sample> out) const {
    level = std::min(level, static_cast<int>(m_levels.size()) - 1);
    const int64_t unit = levelUnit(level);
    const int64_t levelCells = m_levels[static_cast<size_t>(level)].cells;
    for (size_t i = 0; i < out.size(); ++i) {
        const int64_t end = std::min((columns[i].end + unit - 1) / unit, levelCells);
        out[i] = sampleAtLevel(level, row, columns[i].begin / unit, end);
    }
}

int64_t HeatPyramid::countPresent(int row, CellRange range) const {
    const auto first = m_levels[0].max.begin() + static_cast<std::ptrdiff_t>(index(0, row, range.begin));
    return range.size() - std::count(first, first + range.size(), uint16_t{0});
}

int64_t HeatPyramid::memoryBytes() const {
    size_t values = 0;
    for (const Level& level : m_levels) {
        values += level.max.capacity() + level.mean.capacity();
    }
    return static_cast<int64_t>(values * sizeof(uint16_t));
}

}  // namespace lectern::ui
