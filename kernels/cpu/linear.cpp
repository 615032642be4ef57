#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/dot-inl.h"
#include "kernels/cpu/gemm-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

/// Runs `dot<Tokens>(row, first token, sums)` over all rows and tokens: rows outermost, so that weights pass from
/// memory once; tokens in groups whose accumulators stay in registers.
template <class Dot>
HWY_INLINE void forRowsAndTokens(const LinearArgs& args, const Dot& dot) {
    const int64_t rowSize = rowBytes(args.weight.type, args.weight.columns);
    const int64_t rows = args.weight.rows;
    for (int64_t n = args.rowBegin; n < args.rowEnd; ++n) {
        const std::byte* row = args.weight.data + n * rowSize;
        float* out = args.out + n;
        int64_t t = 0;
        const auto group = [&]<int kTokens>() HWY_ATTR {
            float sums[kTokens];
            dot.template operator()<kTokens>(row, t, sums);
            for (int i = 0; i < kTokens; ++i, ++t) out[t * rows] = args.accumulate ? out[t * rows] + sums[i] : sums[i];
        };
        // The portable target gains nothing from more accumulators, and would take a minute to compile.
        if constexpr (HWY_TARGET != HWY_EMU128) {
            while (t + 8 <= args.tokens) group.template operator()<8>();
            if (t + 4 <= args.tokens) group.template operator()<4>();
            if (t + 2 <= args.tokens) group.template operator()<2>();
        }
        while (t < args.tokens) group.template operator()<1>();
    }
}

template <DType kType>
HWY_INLINE void fewPlain(const LinearArgs& args) {
    const int64_t columns = args.weight.columns;
    forRowsAndTokens(args, [&]<int kTokens>(const std::byte* row, int64_t t, float* sums)
                               HWY_ATTR { dotPlain<kType, kTokens>(row, args.x + t * columns, columns, sums); });
}

template <class Format>
HWY_INLINE void fewBlocks(const LinearArgs& args, const ShortActivations& x) {
    const int64_t groups = x.columns / 32;
    forRowsAndTokens(args, [&]<int kTokens>(const std::byte* row, int64_t t, float* sums) HWY_ATTR {
        const ShortActivations from{x.values + t * x.columns, x.scales + t * groups, x.sums + t * groups, x.columns};
        dotBlocks<Format, kTokens>(row, from, sums);
    });
}

Status linearFew(const LinearArgs& args) {
    switch (args.weight.type) {
        case DType::F32:
            fewPlain<DType::F32>(args);
            return Status::Ok;
        case DType::F16:
            fewPlain<DType::F16>(args);
            return Status::Ok;
        case DType::BF16:
            fewPlain<DType::BF16>(args);
            return Status::Ok;
        default:
            break;
    }
    thread_local Scratch<int16_t> shorts;
    thread_local Scratch<float> floats;
    const int64_t count = args.tokens * args.weight.columns;
    int16_t* values = shorts.reserve(static_cast<size_t>(count));
    float* scales = floats.reserve(static_cast<size_t>(count / 16));
    if (values == nullptr || scales == nullptr) return Status::OutOfMemory;
    float* sums = scales + count / 32;
    quantizeActivations(args.x, count, values, scales, sums);
    const ShortActivations x{values, scales, sums, args.weight.columns};
    switch (args.weight.type) {
        case DType::Q8_0:
            fewBlocks<DotQ8_0>(args, x);
            break;
        case DType::Q4_0:
            fewBlocks<DotQ4_0>(args, x);
            break;
        case DType::Q4_K:
            fewBlocks<DotQ45_K<false>>(args, x);
            break;
        case DType::Q5_K:
            fewBlocks<DotQ45_K<true>>(args, x);
            break;
        case DType::Q6_K:
            fewBlocks<DotQ6_K>(args, x);
            break;
        default:
            return Status::Unsupported;
    }
    return Status::Ok;
}

Status linearMany(const LinearArgs& args) {
    const WeightView& weight = args.weight;
    const int64_t rowSize = rowBytes(weight.type, weight.columns);
    const auto row = [&](int64_t n, int64_t k0, int64_t steps, float* buffer) HWY_ATTR -> const float* {
        const std::byte* from = weight.data + (args.rowBegin + n) * rowSize;
        if (weight.type == DType::F32) return reinterpret_cast<const float*>(from) + k0;
        decodeValues(weight.type, from, k0, steps, buffer);
        return buffer;
    };
    const bool done = multiplyTransposedB(args.x, weight.columns, args.tokens, args.rowEnd - args.rowBegin,
                                          weight.columns, args.out + args.rowBegin, weight.rows, args.accumulate, row);
    return done ? Status::Ok : Status::OutOfMemory;
}

void dequantize(DType type, const std::byte* row, int64_t columns, float* out) {
    decodeValues(type, row, 0, columns, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(linearFew);
HWY_EXPORT(linearMany);
HWY_EXPORT(dequantize);

namespace {
// From here on decoding a weight once for all tokens beats decoding it in the dot product (measured in tests/bench).
constexpr int64_t kFewTokens = 8;
}  // namespace

void dequantizeRow(DType type, const std::byte* row, int64_t columns, float* out) {
    HWY_DYNAMIC_DISPATCH(dequantize)(type, row, columns, out);
}

Status linear(const LinearArgs& args) {
    const WeightView& weight = args.weight;
    if (args.tokens < 0 || args.rowBegin < 0 || args.rowEnd > weight.rows || args.rowBegin > args.rowEnd ||
        weight.columns <= 0 || weight.columns % blockValues(weight.type) != 0) {
        return Status::InvalidArgument;
    }
    if (args.tokens == 0 || args.rowBegin == args.rowEnd) return Status::Ok;
    if (args.tokens <= kFewTokens) return HWY_DYNAMIC_DISPATCH(linearFew)(args);
    return HWY_DYNAMIC_DISPATCH(linearMany)(args);
}

}  // namespace lectern::kernels::cpu
#endif
