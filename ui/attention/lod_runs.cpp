#include "ui/attention/lod_runs.h"

#include <algorithm>
#include <cmath>

namespace lectern::ui {
namespace {
/// x0 + 3 - x0 need not be 3.
constexpr double kRounding = 1e-6;
}  // namespace

std::vector<LodBlock> mergeRuns(std::span<const LodItem> items, const MapAxis& axis) {
    std::vector<LodBlock> blocks;
    const TokenRange visible = axis.visibleTokens();
    auto item = std::lower_bound(items.begin(), items.end(), visible.begin,
                                 [](const LodItem& each, int64_t token) { return each.tokens.end <= token; });
    for (; item != items.end() && item->tokens.begin < visible.end; ++item) {
        const double x0 = axis.xOf(static_cast<double>(item->tokens.begin));
        const double x1 = axis.xOf(static_cast<double>(item->tokens.end));
        const bool narrow = x1 - x0 < kMinBlockPixels;
        if (narrow && !blocks.empty()) {
            LodBlock& last = blocks.back();
            const bool lastIsRun = last.count > 1 || last.x1 - last.x0 < kMinBlockPixels + kRounding;
            if (lastIsRun && x0 < last.x0 + kMinBlockPixels) {
                last.tokens.end = std::max(last.tokens.end, item->tokens.end);
                last.x1 = std::max(last.x1, x1);
                ++last.count;
                continue;
            }
        }
        blocks.push_back(
            {x0, std::max(x1, x0 + (narrow ? kMinBlockPixels : 0.0)), item->tokens, item - items.begin(), 1});
    }
    return blocks;
}

std::vector<LodBlock> mergeUniformRuns(int64_t size, int64_t end, const MapAxis& axis) {
    std::vector<LodBlock> blocks;
    if (size <= 0) {
        return blocks;
    }
    const double pixels = static_cast<double>(size) / axis.tokensPerPixel();
    const auto group = std::max<int64_t>(1, static_cast<int64_t>(std::ceil(kMinBlockPixels / pixels)));
    const TokenRange visible = axis.visibleTokens();
    for (int64_t first = visible.begin / (size * group) * group; first * size < std::min(visible.end, end);
         first += group) {
        const TokenRange tokens{first * size, std::min((first + group) * size, end)};
        const int64_t count = (tokens.size() + size - 1) / size;
        blocks.push_back({axis.xOf(static_cast<double>(tokens.begin)), axis.xOf(static_cast<double>(tokens.end)),
                          tokens, first, count});
    }
    return blocks;
}

}  // namespace lectern::ui
