#pragma once
// Traces of any size with a known structure.

#include "ui/attention/attention_map.h"

namespace lectern::ui {

struct SyntheticTraceOptions {
    int64_t documentTokens = 16384;
    int32_t regionTokens = 16;
    int32_t blockRegions = 16;
    int32_t layers = 4;
    int32_t groups = 2;
    int32_t sink = 1;
    int32_t local = 16;
    int32_t mergedRegions = 24;  ///< per block and row, once that many lie before it
    int32_t answerTokens = 12;
    int32_t entriesPerGroup = 8;
};

/// Every block merges `mergedRegions` regions at seeded places, more often near the tenth regions; region 100 of row 0
/// belongs to every block's set. Each answer token t attends region 10 * t + layer with the mass 0.5 and others with
/// less.
TraceSnapshot syntheticSnapshot(const SyntheticTraceOptions& options = {});

}  // namespace lectern::ui
