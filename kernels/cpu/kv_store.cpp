#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/kv_store.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include <cmath>
#include <cstring>

#include "hwy/highway.h"
#include "kernels/common/half.h"
#include "kernels/common/kv_layout.h"
#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// f32 to bfloat16 to nearest even, bit for bit as floatToBfloat16.
void storeBfloat16Values(const float* values, int64_t count, uint16_t* out) {
    const hn::CappedTag<float, 16> d;
    const hn::RebindToUnsigned<decltype(d)> d32;
    const hn::Rebind<uint16_t, decltype(d)> d16;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto v = hn::LoadU(d, values + i);
        const auto bits = hn::BitCast(d32, v);
        const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(d32, 1U));
        const auto rounded = hn::Add(bits, hn::Add(odd, hn::Set(d32, 0x7fffU)));
        const auto chosen =
            hn::IfThenElse(hn::RebindMask(d32, hn::IsNaN(v)), hn::Or(bits, hn::Set(d32, 0x400000U)), rounded);
        hn::StoreU(hn::TruncateTo(d16, hn::ShiftRight<16>(chosen)), d16, out + i);
    }
    for (; i < count; ++i) out[i] = floatToBfloat16(values[i]);
}

float largestMagnitude(const float* values, int64_t count) {
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    auto largest = hn::Zero(d);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) largest = hn::Max(largest, hn::Abs(hn::LoadU(d, values + i)));
    float result = hn::GetLane(hn::MaxOfLanes(d, largest));
    for (; i < count; ++i) result = HWY_MAX(result, std::fabs(values[i]));
    return result;
}

/// round(value / scale) to int8; a true division, since every backend must write the same bytes.
void quantizeInt8(const float* values, int64_t count, float scale, int8_t* out) {
    const hn::CappedTag<float, 16> d;
    const hn::Rebind<int8_t, decltype(d)> d8;
    const hn::Rebind<int16_t, decltype(d)> d16;
    const auto lanes = static_cast<int64_t>(hn::Lanes(d));
    const auto divisor = hn::Set(d, scale);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const auto rounded = hn::NearestInt(hn::Div(hn::LoadU(d, values + i), divisor));
        hn::StoreU(hn::DemoteTo(d8, hn::DemoteTo(d16, rounded)), d8, out + i);
    }
    for (; i < count; ++i) out[i] = static_cast<int8_t>(std::nearbyint(values[i] / scale));
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {
namespace {

HWY_EXPORT(storeBfloat16Values);
HWY_EXPORT(largestMagnitude);
HWY_EXPORT(quantizeInt8);

}  // namespace

Status storeRegion(const float* values, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                   int32_t headDim, int32_t kvHead, int32_t regionInPage, std::byte* page) {
    const bool valid = regionTokens > 0 && pageTokens % regionTokens == 0 && headDim > 0 && headDim % 2 == 0 &&
                       kvHead >= 0 && kvHead < kvHeads && regionInPage >= 0 && regionInPage < pageTokens / regionTokens;
    if (!valid) return Status::InvalidArgument;
    // 4-bit and e4m3 storing is rare (one region in sixteen tokens) and exactly defined; the reference does it.
    if (type != KvType::BF16 && type != KvType::Int8) {
        return reference::storeRegion(values, type, pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage,
                                      page);
    }
    const KvPageLayout layout = kvPageLayout(type, pageTokens, regionTokens, kvHeads, headDim);
    const int64_t regions = pageTokens / regionTokens;
    const int64_t count = static_cast<int64_t>(regionTokens) * headDim;
    std::byte* data = page + kvHead * layout.headBytes + layout.headBytes / regions * regionInPage;
    if (type == KvType::BF16) {
        HWY_DYNAMIC_DISPATCH(storeBfloat16Values)(values, count, reinterpret_cast<uint16_t*>(data));
        return Status::Ok;
    }
    const float scale = HWY_DYNAMIC_DISPATCH(largestMagnitude)(values, count) / 127.0f;
    std::memcpy(page + layout.scalesOffset + (kvHead * regions + regionInPage) * layout.scaleBytes, &scale, 4);
    if (scale > 0.0f) {
        HWY_DYNAMIC_DISPATCH(quantizeInt8)(values, count, scale, reinterpret_cast<int8_t*>(data));
    } else {
        std::memset(data, 0, static_cast<size_t>(count));
    }
    return Status::Ok;
}

Status loadRegion(const std::byte* page, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                  int32_t headDim, int32_t kvHead, int32_t regionInPage, float* values) {
    return reference::loadRegion(page, type, pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage, values);
}

}  // namespace lectern::kernels::cpu
#endif
