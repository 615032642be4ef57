// Traces -> rows of values -> pyramid.
#include <algorithm>
#include <cmath>
#include <map>

#include "ui/attention/attention_map.h"

namespace lectern::ui {
namespace {

constexpr int64_t kOverviewCells = 4096;

/// Counts how often each region was merged in one row of the document layer.
class DocumentRows {
  public:
    DocumentRows(const AttentionMap& map, const DocumentTrace& trace)
        : m_map(map), m_trace(trace), m_counts(static_cast<size_t>(map.regionCount)) {}

    void fill(const MapRow& row, std::vector<float>& values) {
        std::fill(m_counts.begin(), m_counts.end(), 0u);
        const int32_t first = row.group < 0 ? 0 : row.group;
        const int32_t last = row.group < 0 ? m_trace.groups() : row.group + 1;
        for (int64_t block = 0; block < m_trace.blockCount(); ++block) {
            for (int32_t group = first; group < last; ++group) {
                countBlock(block, m_trace.entries(block, row.layer, group));
            }
        }
        for (size_t i = 0; i < m_counts.size(); ++i) {
            values[i] = m_counts[i] == 0 ? HeatPyramid::kAbsent
                                         : static_cast<float>(m_counts[i]) / static_cast<float>(last - first);
        }
    }

  private:
    void countBlock(int64_t block, std::span<const DocumentTrace::Entry> entries) {
        for (const DocumentTrace::Entry& entry : entries) {
            count(entry.region);
        }
        if (entries.empty()) {
            return;
        }
        // Sink and local regions are implied by the rule and not stored.
        const int64_t blockRegion = block * m_trace.blockTokens() / m_trace.regionTokens();
        if (!m_map.options.hideSink) {
            for (int64_t region = 0; region < m_trace.sink(); ++region) {
                count(region);
            }
        }
        if (!m_map.options.hideLocal) {
            for (int64_t region = std::max<int64_t>(m_trace.sink(), blockRegion - m_trace.local());
                 region < blockRegion; ++region) {
                count(region);
            }
        }
    }
    void count(int64_t region) {
        if (region >= 0 && region < m_map.regionCount) {
            ++m_counts[static_cast<size_t>(region)];
        }
    }

    const AttentionMap& m_map;
    const DocumentTrace& m_trace;
    std::vector<uint32_t> m_counts;
};

/// Mean mass, or best score, of each region over the chosen steps in one row of the answer layer.
class AnswerRows {
  public:
    /// `chosen`: steps of this trace; empty: its whole reply.
    AnswerRows(const AttentionMap& map, const AnswerTrace& trace, const std::vector<int>& chosen)
        : m_map(map), m_trace(trace) {
        for (size_t i = 0; i < trace.steps.size(); ++i) {
            if (chosen.empty() && !trace.steps[i].question) {
                m_steps.push_back(static_cast<int>(i));
            }
        }
        for (const int step : chosen) {
            if (step >= 0 && step < static_cast<int>(trace.steps.size())) {
                m_steps.push_back(step);
            }
        }
    }

    const std::vector<int>& steps() const { return m_steps; }

    void fill(const MapRow& row, std::vector<float>& values) const {
        std::fill(values.begin(), values.end(), HeatPyramid::kAbsent);
        if (row.step >= 0) {
            addStep(row.step, 0, m_trace.layers * m_trace.groupCount, 1, values);
            return;
        }
        const int32_t slot = row.layer * m_trace.groupCount;
        for (const int step : m_steps) {
            if (row.group < 0) {
                addStep(step, slot, slot + m_trace.groupCount, m_steps.size(), values);
            } else {
                addStep(step, slot + row.group, slot + row.group + 1, m_steps.size(), values);
            }
        }
    }

  private:
    void addStep(int index, int32_t firstSlot, int32_t lastSlot, size_t stepCount, std::vector<float>& values) const {
        const AnswerTrace::Step& step = m_trace.steps[static_cast<size_t>(index)];
        const int64_t complete = m_trace.regionTokens > 0 ? step.token / m_trace.regionTokens : 0;
        const float share = 1.0f / (static_cast<float>(stepCount) * static_cast<float>(lastSlot - firstSlot));
        for (int32_t slot = firstSlot; slot < std::min(lastSlot, static_cast<int32_t>(step.groups.size())); ++slot) {
            for (const AnswerTrace::Entry& entry : step.groups[static_cast<size_t>(slot)]) {
                if (entry.region < 0 || entry.region >= m_map.regionCount ||
                    (m_map.options.hideSink && entry.region < m_trace.sink) ||
                    (m_map.options.hideLocal && entry.region >= complete - m_trace.local)) {
                    continue;
                }
                float& value = values[static_cast<size_t>(entry.region)];
                if (m_map.options.measure == MapMeasure::Score) {
                    value = std::isnan(value) ? entry.score : std::max(value, entry.score);
                } else {
                    value = (std::isnan(value) ? 0.0f : value) + entry.mass * share;
                }
            }
        }
    }

    const AttentionMap& m_map;
    const AnswerTrace& m_trace;
    std::vector<int> m_steps;
};

/// Fills the rows of both answers.
struct TwoAnswers {
    const AnswerRows& shown;
    const AnswerRows& other;
    void fill(const MapRow& row, std::vector<float>& values) const { (row.other ? other : shown).fill(row, values); }
};

std::vector<MapRow> layerRows(MapRows rows, int32_t layers, int32_t groups) {
    std::vector<MapRow> result;
    for (int32_t layer = 0; layer < layers; ++layer) {
        if (rows == MapRows::Layers) {
            result.push_back({.layer = layer});
            continue;
        }
        for (int32_t group = 0; group < groups; ++group) {
            result.push_back({.layer = layer, .group = group});
        }
    }
    return result;
}

/// First tokens of the chapters: the highest level of the outline that divides the document. Above it may stand the
/// title alone.
std::vector<int64_t> chapterStarts(const AxisMarks& marks) {
    std::map<int, std::vector<int64_t>> byDepth;
    for (const AxisMark& mark : marks.chapters) {
        byDepth[mark.depth].push_back(mark.token);
    }
    for (const auto& [depth, tokens] : byDepth) {
        if (tokens.size() > 1) {
            return tokens;
        }
    }
    return byDepth.empty() ? std::vector<int64_t>() : byDepth.begin()->second;
}

/// First regions of the units of a grain, from the first tokens of its marks.
std::vector<int64_t> unitsOf(const AttentionMap& map) {
    std::vector<int64_t> tokens;
    const AxisMarks& marks = map.source.marks;
    switch (map.options.grain) {
        case MapGrain::Token:
        case MapGrain::Region:
            break;
        case MapGrain::Line:
            tokens = marks.lines;
            break;
        case MapGrain::Chapter:
            tokens = chapterStarts(marks);
            break;
        case MapGrain::Sentence:
            tokens = marks.sentences;
            break;
        case MapGrain::Paragraph:
            tokens = marks.paragraphs;
            break;
        case MapGrain::Section:
        case MapGrain::Page:
            for (const AxisMark& mark : map.options.grain == MapGrain::Page ? marks.pages : marks.chapters) {
                tokens.push_back(mark.token);
            }
            break;
    }
    std::vector<int64_t> units;
    for (const int64_t token : tokens) {
        // A region belongs to the unit that its first token is in.
        const int64_t region = (token + map.regionTokens - 1) / map.regionTokens;
        if (region < map.regionCount && (units.empty() || region > units.back())) {
            units.push_back(region);
        }
    }
    return units;
}

/// Gives every region the largest value of its unit.
void spread(const AttentionMap& map, std::vector<float>& values) {
    for (size_t unit = 0; unit < map.units.size(); ++unit) {
        const auto begin = values.begin() + map.units[unit];
        const auto end = unit + 1 < map.units.size() ? values.begin() + map.units[unit + 1] : values.end();
        float best = HeatPyramid::kAbsent;
        for (auto value = begin; value != end; ++value) {
            best = std::isnan(best) ? *value : std::isnan(*value) ? best : std::max(best, *value);
        }
        std::fill(begin, end, best);
    }
}

/// Rows of two answers, one below the other.
std::vector<MapRow> interleaved(const std::vector<MapRow>& rows) {
    std::vector<MapRow> result;
    for (MapRow row : rows) {
        result.push_back(row);
        row.other = true;
        result.push_back(row);
    }
    return result;
}

/// Blocks at the start that every row saw whole.
int64_t countDenseBlocks(const DocumentTrace& trace) {
    for (int64_t block = 0; block < trace.blockCount(); ++block) {
        for (int32_t layer = 0; layer < trace.layers(); ++layer) {
            for (int32_t group = 0; group < trace.groups(); ++group) {
                if (!trace.entries(block, layer, group).empty()) {
                    return block;
                }
            }
        }
    }
    return trace.blockCount();
}

/// The mean over rows, each relative to its own peak, so that no single strong layer hides the others.
class Overview {
  public:
    explicit Overview(int64_t regions)
        : m_regions(regions),
          m_cells(std::clamp<int64_t>(regions, 1, kOverviewCells)),
          m_sums(static_cast<size_t>(m_cells)) {}

    void add(const std::vector<float>& values) {
        float high = 0;
        for (const float value : values) {
            high = std::isnan(value) ? high : std::max(high, value);
        }
        if (high <= 0) {
            return;
        }
        for (int64_t cell = 0; cell < m_cells; ++cell) {
            float best = 0;
            for (int64_t i = cell * m_regions / m_cells; i < (cell + 1) * m_regions / m_cells; ++i) {
                const float value = values[static_cast<size_t>(i)];
                best = std::isnan(value) ? best : std::max(best, value);
            }
            m_sums[static_cast<size_t>(cell)] += best / high;
        }
    }

    HeatPyramid pyramid(size_t rows) {
        for (float& sum : m_sums) {
            sum = sum > 0 ? sum / static_cast<float>(rows) : HeatPyramid::kAbsent;
        }
        HeatPyramid result(1, m_cells);
        result.setRow(0, m_sums);
        return result;
    }

  private:
    int64_t m_regions;
    int64_t m_cells;
    std::vector<float> m_sums;
};

}  // namespace

bool canShow(const TraceSnapshot& source, MapLayer layer) {
    if (layer == MapLayer::Document) {
        return source.document != nullptr && source.document->blockCount() > 0 && source.document->regionTokens() > 0;
    }
    return source.answer != nullptr && !source.answer->steps.empty() && source.answer->regionTokens > 0;
}

std::shared_ptr<const AttentionMap> buildAttentionMap(const TraceSnapshot& source, const MapOptions& options,
                                                      std::stop_token stop) {
    auto map = std::make_shared<AttentionMap>();
    map->options = options;
    map->source = source;
    if (!canShow(source, options.layer)) {
        return map;
    }
    const bool document = options.layer == MapLayer::Document;
    if (source.document != nullptr) {
        map->blockTokens = source.document->blockTokens();
        map->denseBlocks = document ? countDenseBlocks(*source.document) : 0;
    }
    map->regionTokens = document ? source.document->regionTokens() : source.answer->regionTokens;
    map->regionCount = (source.contextTokens + map->regionTokens - 1) / map->regionTokens;
    map->units = unitsOf(*map);

    std::vector<float> values(static_cast<size_t>(map->regionCount));
    Overview overview(map->regionCount);
    const auto build = [&](auto& filler) {
        map->heat = HeatPyramid(static_cast<int>(map->rows.size()), map->regionCount);
        for (size_t row = 0; row < map->rows.size(); ++row) {
            if (stop.stop_requested()) {
                return false;
            }
            filler.fill(map->rows[row], values);
            spread(*map, values);
            map->heat.setRow(static_cast<int>(row), values);
            overview.add(values);
        }
        return true;
    };

    bool complete = false;
    if (document) {
        map->rows = layerRows(options.rows, source.document->layers(), source.document->groups());
        DocumentRows filler(*map, *source.document);
        complete = build(filler);
    } else {
        const AnswerRows filler(*map, *source.answer, options.steps);
        if (options.rows == MapRows::AnswerTokens) {
            for (const int step : filler.steps()) {
                map->rows.push_back({.step = step});
            }
        } else {
            map->rows = layerRows(options.rows, source.answer->layers, source.answer->groupCount);
        }
        // Only answers of one model have the same rows.
        const bool compares = source.other != nullptr && options.rows != MapRows::AnswerTokens &&
                              source.other->layers == source.answer->layers &&
                              source.other->groupCount == source.answer->groupCount &&
                              source.other->regionTokens == source.answer->regionTokens;
        if (compares) {
            map->rows = interleaved(map->rows);
            const AnswerRows other(*map, *source.other, {});
            TwoAnswers both{filler, other};
            complete = build(both);
        } else {
            complete = build(filler);
        }
    }
    if (!complete) {
        return nullptr;
    }
    map->overview = overview.pyramid(std::max<size_t>(map->rows.size(), 1));
    return map;
}

}  // namespace lectern::ui
