#pragma once
// Level of detail for lists of ranges: never more than one drawn block per few pixels.

#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/ids.h"
#include "ui/attention/map_axis.h"

namespace lectern::ui {

/// A range of tokens to be drawn; `tag` is the caller's.
struct LodItem {
    TokenRange tokens;
    int32_t tag = 0;
};

/// One drawn block: a single item, or a run of `count` that would each be narrower than the limit.
struct LodBlock {
    double x0 = 0;
    double x1 = 0;
    TokenRange tokens;  ///< from the first to the last item
    int64_t first = 0;  ///< index of the first item
    int64_t count = 0;
};

constexpr double kMinBlockPixels = 3.0;

/// Merges neighbours that are narrower than kMinBlockPixels and closer than that to each other. `items` ascend by
/// token. Only items that touch the visible part are looked at.
std::vector<LodBlock> mergeRuns(std::span<const LodItem> items, const MapAxis& axis);

/// The same for items [i * size, (i + 1) * size) up to `end`, in O(width).
std::vector<LodBlock> mergeUniformRuns(int64_t size, int64_t end, const MapAxis& axis);

}  // namespace lectern::ui
