#include "engine/formats/quantize.h"

#include <cmath>
#include <cstring>

#include "kernels/common/half.h"

namespace lectern {

namespace {

constexpr float kMaxHalf = 65504.0f;

/// `exponentMask`: all set means the value became infinite.
template <typename Convert>
bool encodeWords(std::span<const float> values, std::byte* out, uint16_t exponentMask, Convert convert) {
    bool fits = true;
    for (const float value : values) {
        const uint16_t word = convert(value);
        fits &= (word & exponentMask) != exponentMask;
        std::memcpy(out, &word, sizeof(word));
        out += sizeof(word);
    }
    return fits;
}

bool encodeBlockQ8(const float* values, std::byte* out) {
    constexpr int kValues = 32;
    float maximum = 0;
    for (int i = 0; i < kValues; ++i) {
        maximum = std::max(maximum, std::fabs(values[i]));
    }
    const float scale = maximum / 127.0f;
    if (scale > kMaxHalf) {
        return false;
    }
    // A scale so small that its inverse overflows is zero as f16, and so is the block.
    const float inverse = std::isfinite(1.0f / scale) ? 1.0f / scale : 0.0f;
    const uint16_t stored = kernels::floatToHalf(scale);
    std::memcpy(out, &stored, sizeof(stored));
    for (int i = 0; i < kValues; ++i) {
        const auto quantised = static_cast<int8_t>(std::roundf(values[i] * inverse));
        std::memcpy(out + sizeof(stored) + i, &quantised, 1);
    }
    return true;
}

bool encodeQ8(std::span<const float> values, std::byte* out) {
    constexpr size_t kValues = 32;
    bool fits = true;
    for (size_t begin = 0; begin + kValues <= values.size(); begin += kValues) {
        fits &= encodeBlockQ8(values.data() + begin, out);
        out += kernels::blockBytes(DType::Q8_0);
    }
    return fits;
}

}  // namespace

bool canEncode(DType type) {
    return type == DType::F32 || type == DType::F16 || type == DType::BF16 || type == DType::Q8_0;
}

bool encodeRow(DType type, std::span<const float> values, std::byte* out) {
    switch (type) {
        case DType::F32:
            std::memcpy(out, values.data(), values.size_bytes());
            return true;
        case DType::BF16:
            return encodeWords(values, out, 0x7f80, kernels::floatToBfloat16);
        case DType::F16:
            return encodeWords(values, out, 0x7c00, kernels::floatToHalf);
        case DType::Q8_0:
            return encodeQ8(values, out);
        default:
            return false;
    }
}

}  // namespace lectern
