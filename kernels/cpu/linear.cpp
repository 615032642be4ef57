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

/// Adds or writes sums[r * tokens + t] to the outputs of rows n..n+rows and tokens t0..t0+tokens.
void storeSums(const LinearArgs& args, const float* sums, int64_t n, int64_t rows, int64_t t0, int64_t tokens) {
    for (int64_t r = 0; r < rows; ++r) {
        for (int64_t t = 0; t < tokens; ++t) {
            float& out = args.out[(t0 + t) * args.weight.rows + n + r];
            out = args.accumulate ? out + sums[r * tokens + t] : sums[r * tokens + t];
        }
    }
}

/// All tokens against Rows weight rows from `n` on: tokens in fours, twos and ones. Four tokens take the rows in pairs,
/// so that the accumulators stay in registers.
template <int Rows, class Dot>
HWY_INLINE void forTokens(const LinearArgs& args, int64_t n, const Dot& dot) {
    constexpr int kPair = Rows < 2 ? 1 : 2;
    const int64_t rowSize = rowBytes(args.weight.type, args.weight.columns);
    const std::byte* row = args.weight.data + n * rowSize;
    float sums[8];
    int64_t t = 0;
    for (; t + 4 <= args.tokens; t += 4) {
        for (int r = 0; r < Rows; r += kPair) {
            dot.template operator()<kPair, 4>(row + r * rowSize, rowSize, t, sums);
            storeSums(args, sums, n + r, kPair, t, 4);
        }
    }
    if (t + 2 <= args.tokens) {
        dot.template operator()<Rows, 2>(row, rowSize, t, sums);
        storeSums(args, sums, n, Rows, t, 2);
        t += 2;
    }
    if (t < args.tokens) {
        dot.template operator()<Rows, 1>(row, rowSize, t, sums);
        storeSums(args, sums, n, Rows, t, 1);
    }
}

/// Runs `dot<Rows, Tokens>(row bytes, row stride, first token, sums)` over all rows and tokens: groups of rows
/// outermost, so that weights pass from memory once.
template <class Dot>
HWY_INLINE void forRowsAndTokens(const LinearArgs& args, const Dot& dot) {
    int64_t n = args.rowBegin;
    if constexpr (HWY_TARGET == HWY_EMU128) {
        // The portable target gains nothing from more accumulators, and would take a minute to compile.
        const int64_t rowSize = rowBytes(args.weight.type, args.weight.columns);
        float sum;
        for (; n < args.rowEnd; ++n) {
            for (int64_t t = 0; t < args.tokens; ++t) {
                dot.template operator()<1, 1>(args.weight.data + n * rowSize, rowSize, t, &sum);
                storeSums(args, &sum, n, 1, t, 1);
            }
        }
    } else {
        for (; n + 4 <= args.rowEnd; n += 4) forTokens<4>(args, n, dot);
        for (; n < args.rowEnd; ++n) forTokens<1>(args, n, dot);
    }
}

template <DType kType>
HWY_INLINE void fewPlain(const LinearArgs& args) {
    const int64_t columns = args.weight.columns;
    forRowsAndTokens(
        args, [&]<int kRows, int kTokens>(const std::byte* row, int64_t rowSize, int64_t t, float* sums)
                  HWY_ATTR { dotPlain<kType, kRows, kTokens>(row, rowSize, args.x + t * columns, columns, sums); });
}

template <class Format>
HWY_INLINE void fewBlocks(const LinearArgs& args, const ShortActivations& x) {
    forRowsAndTokens(args, [&]<int kRows, int kTokens>(const std::byte* row, int64_t rowSize, int64_t t,
                                                       float* sums) HWY_ATTR {
        const int64_t groups = x.columns / 32;
        const ShortActivations from{x.values + t * x.columns, x.scales + t * groups, x.sums + t * groups, x.columns};
        dotBlocks<Format, kRows, kTokens>(row, rowSize, from, sums);
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
