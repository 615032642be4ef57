#include <vector>

#include "kernels/common/half.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::reference {
namespace {

// Block layouts: GGUF as defined by ggml (ggml-common.h, block_q*); d and dmin are IEEE halves.

int nibble(std::byte b, bool high) {
    const int value = std::to_integer<int>(b);
    return high ? value >> 4 : value & 15;
}

/// Q8_0: d, int8 q[32]; value = d * q.
void decodeQ8_0(const std::byte* block, float* out) {
    const float d = halfToFloat(loadU16(block));
    for (int i = 0; i < 32; ++i) out[i] = d * static_cast<float>(std::to_integer<int8_t>(block[2 + i]));
}

/// Q4_0: d, 16 bytes; byte i holds value i (low nibble) and value i + 16 (high); value = d * (q - 8).
void decodeQ4_0(const std::byte* block, float* out) {
    const float d = halfToFloat(loadU16(block));
    for (int i = 0; i < 32; ++i) {
        const int q = nibble(block[2 + i % 16], i >= 16);
        out[i] = d * static_cast<float>(q - 8);
    }
}

struct ScaleAndMin {
    int scale;
    int min;
};

/// The eight 6-bit scales and minima of Q4_K and Q5_K: pairs 0-3 lie in the low six bits of bytes 0-3 and 4-7; pairs
/// 4-7 have their low four bits in bytes 8-11 and their upper two in the top bits of bytes 0-7.
ScaleAndMin scaleAndMin(const std::byte* packed, int j) {
    const auto at = [&](int i) { return std::to_integer<int>(packed[i]); };
    if (j < 4) return {at(j) & 63, at(j + 4) & 63};
    return {(at(j + 4) & 15) | (at(j - 4) >> 6) << 4, (at(j + 4) >> 4) | (at(j) >> 6) << 4};
}

/// Q4_K: d, dmin, scales[12], q[128]; sub-block j of 32 values: d * scale_j * q - dmin * min_j. Each 32 bytes of q
/// carry sub-block 2c in their low nibbles and 2c + 1 in their high ones.
void decodeQ4_K(const std::byte* block, float* out) {
    const float d = halfToFloat(loadU16(block));
    const float dmin = halfToFloat(loadU16(block + 2));
    for (int j = 0; j < 8; ++j) {
        const ScaleAndMin s = scaleAndMin(block + 4, j);
        for (int i = 0; i < 32; ++i) {
            const int q = nibble(block[16 + j / 2 * 32 + i], j % 2 != 0);
            out[j * 32 + i] =
                d * static_cast<float>(s.scale) * static_cast<float>(q) - dmin * static_cast<float>(s.min);
        }
    }
}

/// Q5_K: as Q4_K with a fifth bit: d, dmin, scales[12], high[32], q[128]; bit j of high[i] belongs to value i of
/// sub-block j.
void decodeQ5_K(const std::byte* block, float* out) {
    const float d = halfToFloat(loadU16(block));
    const float dmin = halfToFloat(loadU16(block + 2));
    for (int j = 0; j < 8; ++j) {
        const ScaleAndMin s = scaleAndMin(block + 4, j);
        for (int i = 0; i < 32; ++i) {
            const int low = nibble(block[48 + j / 2 * 32 + i], j % 2 != 0);
            const int high = std::to_integer<int>(block[16 + i]) >> j & 1;
            const int q = low | high << 4;
            out[j * 32 + i] =
                d * static_cast<float>(s.scale) * static_cast<float>(q) - dmin * static_cast<float>(s.min);
        }
    }
}

/// Q6_K: low[128], high[64], int8 scales[16], d; value = d * scale * (q - 32), a scale per 16 values. Each half of 128
/// values: group g of 32 takes nibble g/2 of low[(g%2)*32 + i] and bits 2g, 2g + 1 of high[i].
void decodeQ6_K(const std::byte* block, float* out) {
    const float d = halfToFloat(loadU16(block + 208));
    for (int half = 0; half < 2; ++half) {
        for (int g = 0; g < 4; ++g) {
            for (int i = 0; i < 32; ++i) {
                const int low = nibble(block[half * 64 + g % 2 * 32 + i], g >= 2);
                const int high = std::to_integer<int>(block[128 + half * 32 + i]) >> (2 * g) & 3;
                const int scale = std::to_integer<int8_t>(block[192 + half * 8 + g * 2 + i / 16]);
                const int q = (low | high << 4) - 32;
                out[half * 128 + g * 32 + i] = d * static_cast<float>(scale) * static_cast<float>(q);
            }
        }
    }
}

}  // namespace

void dequantizeRow(DType type, const std::byte* row, int64_t columns, float* out) {
    const int64_t values = blockValues(type);
    const int64_t bytes = blockBytes(type);
    for (int64_t b = 0; b < columns / values; ++b) {
        const std::byte* block = row + b * bytes;
        float* to = out + b * values;
        switch (type) {
            case DType::F32:
                std::memcpy(to, block, 4);
                break;
            case DType::F16:
                *to = halfToFloat(loadU16(block));
                break;
            case DType::BF16:
                *to = bfloat16ToFloat(loadU16(block));
                break;
            case DType::Q8_0:
                decodeQ8_0(block, to);
                break;
            case DType::Q4_0:
                decodeQ4_0(block, to);
                break;
            case DType::Q4_K:
                decodeQ4_K(block, to);
                break;
            case DType::Q5_K:
                decodeQ5_K(block, to);
                break;
            case DType::Q6_K:
                decodeQ6_K(block, to);
                break;
        }
    }
}

Status linear(const LinearArgs& args) {
    const WeightView& weight = args.weight;
    if (args.tokens < 0 || args.rowBegin < 0 || args.rowEnd > weight.rows || args.rowBegin > args.rowEnd ||
        weight.columns % blockValues(weight.type) != 0) {
        return Status::InvalidArgument;
    }
    std::vector<float> row(static_cast<size_t>(weight.columns));
    for (int64_t n = args.rowBegin; n < args.rowEnd; ++n) {
        dequantizeRow(weight.type, weight.data + n * rowBytes(weight.type, weight.columns), weight.columns, row.data());
        for (int64_t t = 0; t < args.tokens; ++t) {
            const float* x = args.x + t * weight.columns;
            double sum = 0.0;
            for (int64_t k = 0; k < weight.columns; ++k) sum += static_cast<double>(x[k]) * row[static_cast<size_t>(k)];
            float& out = args.out[t * weight.rows + n];
            out = static_cast<float>(args.accumulate ? out + sum : sum);
        }
    }
    return Status::Ok;
}

}  // namespace lectern::kernels::reference
