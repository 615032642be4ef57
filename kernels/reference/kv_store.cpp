#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/common/half.h"
#include "kernels/common/kv_layout.h"
#include "kernels/reference/reference.h"

// The quantised formats are defined by f32 arithmetic (division, round to nearest even), not by double: every backend
// must write the same bytes, so that a snapshot does not depend on the machine that made it.

namespace lectern::kernels::reference {
namespace {

struct Place {
    int64_t data;    ///< byte offset of the region's first value
    int64_t scales;  ///< byte offset of the region's scales
};

bool validGeometry(int32_t pageTokens, int32_t regionTokens, int32_t kvHeads, int32_t headDim, int32_t kvHead,
                   int32_t regionInPage) {
    return regionTokens > 0 && pageTokens > 0 && pageTokens % regionTokens == 0 && headDim > 0 && headDim % 2 == 0 &&
           kvHead >= 0 && kvHead < kvHeads && regionInPage >= 0 && regionInPage < pageTokens / regionTokens;
}

Place placeOf(KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads, int32_t headDim, int32_t kvHead,
              int32_t regionInPage) {
    const KvPageLayout layout = kvPageLayout(type, pageTokens, regionTokens, kvHeads, headDim);
    const int64_t regions = pageTokens / regionTokens;
    return {kvHead * layout.headBytes + layout.headBytes / regions * regionInPage,
            layout.scalesOffset + (kvHead * regions + regionInPage) * layout.scaleBytes};
}

void storeInt8(const float* values, int64_t count, std::byte* data, std::byte* scales) {
    float largest = 0.0f;
    for (int64_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(values[i]));
    const float scale = largest / 127.0f;
    std::memcpy(scales, &scale, 4);
    for (int64_t i = 0; i < count; ++i) {
        const float q = scale > 0.0f ? std::nearbyint(values[i] / scale) : 0.0f;
        data[i] = static_cast<std::byte>(static_cast<int8_t>(std::clamp(q, -127.0f, 127.0f)));
    }
}

void storeFp8(const float* values, int64_t count, std::byte* data, std::byte* scales) {
    float largest = 0.0f;
    for (int64_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(values[i]));
    const float scale = largest / kLargestE4m3;
    std::memcpy(scales, &scale, 4);
    for (int64_t i = 0; i < count; ++i) {
        data[i] = static_cast<std::byte>(scale > 0.0f ? floatToE4m3(values[i] / scale) : uint8_t{0});
    }
}

float nearestHalf(float value, std::byte* out) {
    constexpr float kLargestHalf = 65504.0f;
    const uint16_t bits = floatToHalf(std::clamp(value, -kLargestHalf, kLargestHalf));
    std::memcpy(out, &bits, 2);
    return halfToFloat(bits);
}

void storeInt4(const float* values, int32_t tokens, int32_t headDim, std::byte* data, std::byte* scales) {
    const auto at = [&](int64_t i) { return bfloat16ToFloat(floatToBfloat16(values[i])); };
    std::fill_n(data, static_cast<int64_t>(tokens) * headDim / 2, std::byte{0});
    for (int64_t d = 0; d < headDim; ++d) {
        float low = at(d), high = low;
        for (int64_t t = 1; t < tokens; ++t) {
            low = std::min(low, at(t * headDim + d));
            high = std::max(high, at(t * headDim + d));
        }
        low = nearestHalf(low, scales + 2 * (headDim + d));
        const float scale = nearestHalf((high - low) / 15.0f, scales + 2 * d);
        for (int64_t t = 0; t < tokens; ++t) {
            const float q = scale > 0.0f ? std::nearbyint((at(t * headDim + d) - low) / scale) : 0.0f;
            const auto bits = static_cast<unsigned>(std::clamp(q, 0.0f, 15.0f));
            data[(t * headDim + d) / 2] |= static_cast<std::byte>(d % 2 == 0 ? bits : bits << 4);
        }
    }
}

}  // namespace

Status storeRegion(const float* values, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                   int32_t headDim, int32_t kvHead, int32_t regionInPage, std::byte* page) {
    if (!validGeometry(pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage))
        return Status::InvalidArgument;
    const Place place = placeOf(type, pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage);
    std::byte* data = page + place.data;
    const int64_t count = static_cast<int64_t>(regionTokens) * headDim;
    switch (type) {
        case KvType::F32:
            std::memcpy(data, values, static_cast<size_t>(count) * 4);
            break;
        case KvType::BF16:
            for (int64_t i = 0; i < count; ++i) {
                const uint16_t bits = floatToBfloat16(values[i]);
                std::memcpy(data + 2 * i, &bits, 2);
            }
            break;
        case KvType::Int8:
            storeInt8(values, count, data, page + place.scales);
            break;
        case KvType::Fp8:
            storeFp8(values, count, data, page + place.scales);
            break;
        case KvType::Int4:
            storeInt4(values, regionTokens, headDim, data, page + place.scales);
            break;
    }
    return Status::Ok;
}

Status loadRegion(const std::byte* page, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                  int32_t headDim, int32_t kvHead, int32_t regionInPage, float* values) {
    if (!validGeometry(pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage))
        return Status::InvalidArgument;
    const Place place = placeOf(type, pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage);
    const std::byte* data = page + place.data;
    const std::byte* scales = page + place.scales;
    const int64_t count = static_cast<int64_t>(regionTokens) * headDim;
    const auto halfAt = [&](int64_t i) { return halfToFloat(loadU16(scales + 2 * i)); };
    for (int64_t i = 0; i < count; ++i) {
        switch (type) {
            case KvType::F32:
                std::memcpy(values + i, data + 4 * i, 4);
                break;
            case KvType::BF16:
                values[i] = bfloat16ToFloat(loadU16(data + 2 * i));
                break;
            case KvType::Int8: {
                float scale;
                std::memcpy(&scale, scales, 4);
                values[i] = scale * static_cast<float>(std::to_integer<int8_t>(data[i]));
                break;
            }
            case KvType::Fp8: {
                float scale;
                std::memcpy(&scale, scales, 4);
                values[i] = scale * e4m3ToFloat(std::to_integer<uint8_t>(data[i]));
                break;
            }
            case KvType::Int4: {
                const int64_t d = i % headDim;
                const int pair = std::to_integer<int>(data[i / 2]);
                const int q = d % 2 == 0 ? pair & 15 : pair >> 4;
                values[i] = static_cast<float>(q) * halfAt(d) + halfAt(headDim + d);
                break;
            }
        }
    }
    return Status::Ok;
}

}  // namespace lectern::kernels::reference
