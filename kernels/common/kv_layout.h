#pragma once
// Layout of one K/V page. Shared by the writers, the readers and the snapshot format; changing it changes the snapshot
// version.

#include "kernels/common/types.h"

namespace lectern::kernels {

/// Where things lie inside one page of keys or of values.
///
/// F32, BF16: data [Hkv, pageTokens, Dh].
/// Int8: data int8 [Hkv, pageTokens, Dh], then f32 scales [Hkv, regions] (value = data * scale, scale = maxabs / 127).
/// Fp8:  data e4m3 [Hkv, pageTokens, Dh], then f32 scales as Int8 (value = data * scale, scale = maxabs / 448).
/// Int4: data [Hkv, pageTokens, Dh/2] (low nibble = even dimension, unsigned 0..15), then scale and minimum per (Hkv,
///       region, Dh), IEEE halves [Hkv, regions, 2, Dh] (value = nibble * scale + minimum): per-dimension scales
///       because a key's outlier channels would swamp a shared one; halves because at p 16 single floats would take as
///       much memory as the data. What is stored is the bfloat16 of each value, which is all that a GPU's activations
///       have: backends whose values agree to that precision write the same bytes.
struct KvPageLayout {
    int64_t headBytes = 0;     ///< data bytes of one KV head
    int64_t scalesOffset = 0;  ///< first byte of the scales, 0 when there are none
    int64_t scaleBytes = 0;    ///< of the scales of one (head, region)
    int64_t pageBytes = 0;     ///< whole page, a multiple of 64
};

constexpr KvPageLayout kvPageLayout(KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                                    int32_t headDim) {
    const int64_t values = static_cast<int64_t>(pageTokens) * headDim;
    const int64_t regions = pageTokens / regionTokens;
    KvPageLayout layout;
    switch (type) {
        case KvType::F32:
            layout.headBytes = values * 4;
            break;
        case KvType::BF16:
            layout.headBytes = values * 2;
            break;
        case KvType::Int8:
        case KvType::Fp8:
            layout.headBytes = values;
            layout.scaleBytes = 4;
            break;
        case KvType::Int4:
            layout.headBytes = values / 2;
            layout.scaleBytes = 2 * headDim * 2;
            break;
    }
    int64_t bytes = layout.headBytes * kvHeads;
    if (layout.scaleBytes > 0) {
        layout.scalesOffset = bytes;
        bytes += kvHeads * regions * layout.scaleBytes;
    }
    layout.pageBytes = (bytes + 63) / 64 * 64;
    return layout;
}

}  // namespace lectern::kernels
