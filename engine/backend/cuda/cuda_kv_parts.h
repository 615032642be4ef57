#pragma once
// Where keys, values and summaries of one layer lie in its allocation on the device, how much a context takes in all,
// and how many of its pages have to lie in host memory: what the planner counts with before anything is allocated. No
// CUDA, so that it is tested without a GPU.

#include <algorithm>

#include "engine/backend/backend.h"
#include "kernels/common/kv_layout.h"

namespace lectern {

struct CudaKvParts {
    // Shared with the CPU's pages, so that snapshots are exchanged as they are.
    static constexpr int32_t kRegionsPerPage = 16;
    static constexpr int32_t kSuperRegions = 16;
    /// Left for the activations of a chunk and the working space of the kernels, which are allocated after the context.
    static constexpr int64_t kReserveBytes = int64_t{2} << 30;

    // Byte offsets; `end` is the size.
    int64_t keys = 0, values = 0, tailKeys = 0, tailValues = 0, mean = 0, min = 0, max = 0;
    int64_t superMeanMin = 0, superMeanMax = 0, superMin = 0, superMax = 0, end = 0;

    static int64_t pages(const KvStorageSpec& spec) {
        const int64_t pageTokens = int64_t{spec.regionTokens} * kRegionsPerPage;
        return (spec.capacityTokens + pageTokens - 1) / pageTokens;
    }
    static kernels::KvPageLayout pageLayout(const KvStorageSpec& spec) {
        return kernels::kvPageLayout(spec.type, spec.regionTokens * kRegionsPerPage, spec.regionTokens, spec.kvHeads,
                                     spec.headDim);
    }
    /// `devicePages` of the context's pages lie on the device; summaries and tails all do.
    static CudaKvParts of(const KvStorageSpec& spec, int64_t devicePages) {
        const int64_t pageBytes = pageLayout(spec).pageBytes, regions = pages(spec) * kRegionsPerPage;
        const int64_t row = int64_t{spec.kvHeads} * spec.headDim * 2;
        CudaKvParts parts;
        const auto place = [&](int64_t& part, int64_t bytes) {
            part = parts.end;
            parts.end += (bytes + 255) / 256 * 256;
        };
        place(parts.keys, devicePages * pageBytes);
        place(parts.values, devicePages * pageBytes);
        place(parts.tailKeys, row * spec.regionTokens);
        place(parts.tailValues, row * spec.regionTokens);
        place(parts.mean, row * regions);
        place(parts.min, row * regions);
        place(parts.max, row * regions);
        for (int64_t* part : {&parts.superMeanMin, &parts.superMeanMax, &parts.superMin, &parts.superMax}) {
            place(*part, row * (regions / kSuperRegions));
        }
        return parts;
    }
    /// Bytes of one page of every layer, keys and values.
    static int64_t bytesPerPage(const KvStorageSpec& spec) { return spec.layers * 2 * pageLayout(spec).pageBytes; }
    /// Bytes on the device for a context of `spec` that lies there whole.
    static int64_t bytesFor(const KvStorageSpec& spec) { return spec.layers * of(spec, pages(spec)).end; }
    /// Pages that fit on a device with `freeBytes`, within the budget of `spec`; negative: not even the summaries do.
    static int64_t devicePages(const KvStorageSpec& spec, int64_t freeBytes) {
        int64_t room = freeBytes - kReserveBytes;
        if (spec.memoryBudgetBytes > 0) {
            room = std::min(room, spec.memoryBudgetBytes);
        }
        if (bytesFor(spec) <= room) {
            return pages(spec);
        }
        // Each part of a layer is rounded up to 256 bytes.
        const int64_t rest = room - spec.layers * (of(spec, 0).end + 512);
        return rest < 0 ? -1 : std::min(rest / bytesPerPage(spec), pages(spec));
    }
};

}  // namespace lectern
