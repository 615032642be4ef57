#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/linear.cpp"
#include "hwy/foreach_target.h"
// foreach_target must come first.
#include "kernels/cpu/cpu.h"
#include "kernels/cpu/dot-inl.h"
#include "kernels/cpu/dot_vnni-inl.h"
#include "kernels/cpu/gemm-inl.h"
#include "kernels/cpu/int8-inl.h"
#include "kernels/cpu/linear_tiles-inl.h"

LECTERN_BEFORE_VNNI_NAMESPACE();
namespace lectern::kernels::cpu {
namespace HWY_NAMESPACE {

/// Runs `dot<Tokens>(row, first token, sums)` over all rows and tokens: rows outermost, so that weights pass from
/// memory once; tokens in groups whose accumulators stay in registers. Rows are taken in turn from kStreams parts of
/// the range: a core of Zen 4 reads two streams of rows up to a quarter faster than one, and more of them slower.
template <int64_t kMostTokens, int64_t kStreams, class Dot>
HWY_INLINE void forRowsAndTokens(const LinearArgs& args, const Dot& dot) {
    const int64_t rowSize = rowBytes(args.weight.type, args.weight.columns);
    const int64_t rows = args.weight.rows;
    const int64_t count = args.rowEnd - args.rowBegin, part = (count + kStreams - 1) / kStreams;
    for (int64_t i = 0; i < part * kStreams; ++i) {
        const int64_t place = i % kStreams * part + i / kStreams;
        if (place >= count) continue;
        const int64_t n = args.rowBegin + place;
        const std::byte* row = args.weight.data + n * rowSize;
        float* out = args.out + n;
        int64_t t = 0;
        const auto group = [&]<int kTokens>() HWY_ATTR {
            float sums[kTokens];
            dot.template operator()<kTokens>(row, t, sums);
            for (int j = 0; j < kTokens; ++j, ++t) out[t * rows] = args.accumulate ? out[t * rows] + sums[j] : sums[j];
        };
        // The portable target gains nothing from more accumulators, and would take a minute to compile.
        if constexpr (HWY_TARGET != HWY_EMU128) {
            if constexpr (kMostTokens >= 8) {
                while (t + 8 <= args.tokens) group.template operator()<8>();
            }
            if (t + 4 <= args.tokens) group.template operator()<4>();
            if (t + 2 <= args.tokens) group.template operator()<2>();
        }
        while (t < args.tokens) group.template operator()<1>();
    }
}

// From here on decoding a weight once for all tokens beats decoding it in the dot product (measured in tests/bench).
constexpr int64_t kFewPlainTokens = 8;

template <DType kType>
HWY_INLINE void fewPlain(const LinearArgs& args) {
    const int64_t columns = args.weight.columns;
    forRowsAndTokens<kFewPlainTokens, 1>(args, [&]<int kTokens>(const std::byte* row, int64_t t, float* sums) HWY_ATTR {
        dotPlain<kType, kTokens>(row, args.x + t * columns, columns, sums);
    });
}

#if HWY_TARGET == HWY_AVX3_DL
// From here on packing weights once for all tokens beats a dot product per token (measured in tests/bench).
constexpr int64_t kFewTokens = 4;

template <class Format>
HWY_INLINE void fewBytes(const LinearArgs& args) {
    const ChunkActivations x =
        ChunkActivations::at(const_cast<std::byte*>(args.prepared), args.tokens, args.weight.columns);
    forRowsAndTokens<kFewTokens, 2>(args, [&]<int kTokens>(const std::byte* row, int64_t t, float* sums) HWY_ATTR {
        dotChunks<Format, kTokens>(row, args.weight.columns, x.row(t), sums);
    });
}

int64_t fewBytesNeeded(int64_t tokens, int64_t columns) {
    return ChunkActivations::bytes(tokens, columns);
}

void prepareFew(const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end, std::byte* prepared) {
    const ChunkActivations to = ChunkActivations::at(prepared, tokens, columns);
    for (int64_t t = begin; t < end; ++t) quantizeChunks(x + t * columns, columns, to.row(t));
}

Status linearFewBlocks(const LinearArgs& args) {
    switch (args.weight.type) {
        case DType::Q8_0:
            fewBytes<ByteDotQ8_0>(args);
            return Status::Ok;
        case DType::Q4_0:
            fewBytes<ByteDotQ4_0>(args);
            return Status::Ok;
        case DType::Q4_K:
            fewBytes<ByteDotQ45_K<false>>(args);
            return Status::Ok;
        case DType::Q5_K:
            fewBytes<ByteDotQ45_K<true>>(args);
            return Status::Ok;
        case DType::Q6_K:
            fewBytes<ByteDotQ6_K>(args);
            return Status::Ok;
        default:
            return Status::Unsupported;
    }
}
#else
constexpr int64_t kFewTokens = 8;

ShortActivations shortActivations(std::byte* memory, int64_t tokens, int64_t columns) {
    auto* scales = reinterpret_cast<float*>(memory + tokens * columns * 2);
    return {reinterpret_cast<int16_t*>(memory), scales, scales + tokens * columns / 32, columns};
}

int64_t fewBytesNeeded(int64_t tokens, int64_t columns) {
    return tokens * columns * 2 + tokens * columns / 4;
}

void prepareFew(const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end, std::byte* prepared) {
    const ShortActivations to = shortActivations(prepared, tokens, columns);
    const int64_t at = begin * columns;
    quantizeActivations(x + at, (end - begin) * columns, const_cast<int16_t*>(to.values) + at,
                        const_cast<float*>(to.scales) + at / 32, const_cast<float*>(to.sums) + at / 32);
}

template <class Format>
HWY_INLINE void fewBlocks(const LinearArgs& args) {
    const ShortActivations x =
        shortActivations(const_cast<std::byte*>(args.prepared), args.tokens, args.weight.columns);
    const int64_t groups = x.columns / 32;
    forRowsAndTokens<kFewTokens, 1>(args, [&]<int kTokens>(const std::byte* row, int64_t t, float* sums) HWY_ATTR {
        const ShortActivations from{x.values + t * x.columns, x.scales + t * groups, x.sums + t * groups, x.columns};
        dotBlocks<Format, kTokens>(row, from, sums);
    });
}

Status linearFewBlocks(const LinearArgs& args) {
    switch (args.weight.type) {
        case DType::Q8_0:
            fewBlocks<DotQ8_0>(args);
            return Status::Ok;
        case DType::Q4_0:
            fewBlocks<DotQ4_0>(args);
            return Status::Ok;
        case DType::Q4_K:
            fewBlocks<DotQ45_K<false>>(args);
            return Status::Ok;
        case DType::Q5_K:
            fewBlocks<DotQ45_K<true>>(args);
            return Status::Ok;
        case DType::Q6_K:
            fewBlocks<DotQ6_K>(args);
            return Status::Ok;
        default:
            return Status::Unsupported;
    }
}
#endif

#if LECTERN_HAVE_INT8_PRODUCT
int64_t manyBytesNeeded(int64_t tokens, int64_t columns) {
    const int64_t padded = (tokens + kInt8TileRows - 1) / kInt8TileRows * kInt8TileRows;
    return padded * columns + padded * columns / 4;
}

ByteActivations byteActivations(std::byte* memory, int64_t tokens, int64_t columns) {
    const int64_t padded = (tokens + kInt8TileRows - 1) / kInt8TileRows * kInt8TileRows;
    auto* scales = reinterpret_cast<float*>(memory + padded * columns);
    return {reinterpret_cast<int8_t*>(memory), scales, scales + padded * columns / 32, columns};
}

void prepareMany(const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end, std::byte* prepared) {
    const ByteActivations to = byteActivations(prepared, tokens, columns);
    for (int64_t t = begin; t < end; ++t) {
        const int64_t row = t % kInt8TileRows, tile = (t - row) * columns;
        quantizeBytes(x + t * columns, columns, const_cast<int8_t*>(to.values) + tile + row * 4,
                      const_cast<float*>(to.scales) + tile / 32 + row, const_cast<float*>(to.sums) + tile / 32 + row);
    }
}

Status linearManyBlocks(const LinearArgs& args) {
    const ByteActivations x = byteActivations(const_cast<std::byte*>(args.prepared), args.tokens, args.weight.columns);
    bool done = false;
    switch (args.weight.type) {
        case DType::Q8_0:
            done = multiplyPanels<UnpackQ8_0>(args, x);
            break;
        case DType::Q4_0:
            done = multiplyPanels<UnpackQ4_0>(args, x);
            break;
        case DType::Q4_K:
            done = multiplyPanels<UnpackQ45_K<false>>(args, x);
            break;
        case DType::Q5_K:
            done = multiplyPanels<UnpackQ45_K<true>>(args, x);
            break;
        case DType::Q6_K:
            done = multiplyPanels<UnpackQ6_K>(args, x);
            break;
        default:
            return Status::Unsupported;
    }
    return done ? Status::Ok : Status::OutOfMemory;
}
#endif

Status linearFewPlain(const LinearArgs& args) {
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
            return Status::Unsupported;
    }
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

#if HWY_TARGET != HWY_AVX3_DL
inline bool usesTiles(DType, int64_t, int64_t) {
    return false;
}
#endif

int64_t bytesNeeded(DType type, int64_t tokens, int64_t columns) {
#if HWY_TARGET == HWY_AVX3_DL
    if (usesTiles(type, tokens, columns)) return TileActivations::bytes(type, tokens, columns);
#endif
    if (blockValues(type) == 1) return 0;
    if (tokens <= kFewTokens) return fewBytesNeeded(tokens, columns);
#if LECTERN_HAVE_INT8_PRODUCT
    return manyBytesNeeded(tokens, columns);
#else
    return 0;
#endif
}

void prepare(DType type, const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end,
             std::byte* prepared) {
#if HWY_TARGET == HWY_AVX3_DL
    if (usesTiles(type, tokens, columns)) return prepareTiles(type, x, tokens, columns, begin, end, prepared);
#endif
    if (blockValues(type) == 1) return;
    if (tokens <= kFewTokens) return prepareFew(x, tokens, columns, begin, end, prepared);
#if LECTERN_HAVE_INT8_PRODUCT
    prepareMany(x, tokens, columns, begin, end, prepared);
#endif
}

Status linearAny(const LinearArgs& given) {
    LinearArgs args = given;
    const int64_t columns = args.weight.columns;
    const DType type = args.weight.type;
    const bool tiles = usesTiles(type, args.tokens, columns);
    if (blockValues(type) == 1 && !tiles) {
        return args.tokens <= kFewPlainTokens ? linearFewPlain(args) : linearMany(args);
    }
    const int64_t bytes = bytesNeeded(type, args.tokens, columns);
    if (bytes > 0 && args.prepared == nullptr) {
        thread_local Scratch<std::byte> scratch;
        std::byte* prepared = scratch.reserve(static_cast<size_t>(bytes));
        if (prepared == nullptr) return Status::OutOfMemory;
        prepare(type, args.x, args.tokens, columns, 0, args.tokens, prepared);
        args.prepared = prepared;
    }
#if HWY_TARGET == HWY_AVX3_DL
    if (tiles) return linearTiles(args);
#endif
    if (args.tokens <= kFewTokens) return linearFewBlocks(args);
#if LECTERN_HAVE_INT8_PRODUCT
    return linearManyBlocks(args);
#else
    return linearMany(args);
#endif
}

void dequantize(DType type, const std::byte* row, int64_t columns, float* out) {
    decodeValues(type, row, 0, columns, out);
}

}  // namespace HWY_NAMESPACE
}  // namespace lectern::kernels::cpu
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lectern::kernels::cpu {

HWY_EXPORT(linearAny);
HWY_EXPORT(bytesNeeded);
HWY_EXPORT(prepare);
HWY_EXPORT(dequantize);

void dequantizeRow(DType type, const std::byte* row, int64_t columns, float* out) {
    HWY_DYNAMIC_DISPATCH(dequantize)(type, row, columns, out);
}

int64_t preparedBytes(DType type, int64_t tokens, int64_t columns) {
    return HWY_DYNAMIC_DISPATCH(bytesNeeded)(type, tokens, columns);
}

Status prepareActivations(DType type, const float* x, int64_t tokens, int64_t columns, int64_t begin, int64_t end,
                          std::byte* prepared) {
    if (columns <= 0 || columns % 32 != 0 || begin < 0 || begin > end || end > tokens) return Status::InvalidArgument;
    HWY_DYNAMIC_DISPATCH(prepare)(type, x, tokens, columns, begin, end, prepared);
    return Status::Ok;
}

Status linear(const LinearArgs& args) {
    const WeightView& weight = args.weight;
    if (args.tokens < 0 || args.rowBegin < 0 || args.rowEnd > weight.rows || args.rowBegin > args.rowEnd ||
        weight.columns <= 0 || weight.columns % blockValues(weight.type) != 0) {
        return Status::InvalidArgument;
    }
    if (args.tokens == 0 || args.rowBegin == args.rowEnd) return Status::Ok;
    return HWY_DYNAMIC_DISPATCH(linearAny)(args);
}

}  // namespace lectern::kernels::cpu
#endif
