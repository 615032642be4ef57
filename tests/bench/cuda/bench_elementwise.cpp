#include "kernels/cuda/elementwise.h"
#include "kernels/cuda/kv_store.h"
#include "kernels/cuda/linear.h"
#include "tests/bench/cuda/bench_support.h"

namespace lectern::bench {

/// One prefill chunk of 8192 tokens at Mistral-7B's shapes: everything that is not a product or attention.
void benchElementwise(const DeviceFacts&, const Floors& floors, cudaStream_t stream) {
    const int64_t tokens = 8192, dim = 4096, inner = 14336;
    const int32_t heads = 32, kvHeads = 8, headDim = 128, p = 16, pageTokens = 256;
    const auto n = static_cast<double>(tokens);
    {
        Array<float> x(randomFloats(1 << 20, 41)), big(tokens * dim), weight(randomFloats(dim, 42));
        Array<Bf16> delta(tokens * dim), out(tokens * dim);
        fillRandom(delta, 43);
        LECTERN_REQUIRE(cudaMemset(big, 0, static_cast<size_t>(big.size) * 4));
        const double time = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE((rmsNorm<float, Bf16>(big, delta, weight, 1e-5f, tokens, dim, out, stream)));
        });
        printBytes("residual + rms norm, 8192 x 4096", time, n * dim * (4 + 2 + 4 + 2), floors);
    }
    {
        Array<Bf16> both(tokens * 2 * inner), out(tokens * inner);
        fillRandom(both, 44);
        const double time = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE(swiglu<Bf16>(both, 2 * inner, both + inner, 2 * inner, out, inner, tokens, inner, stream));
        });
        printBytes("swiglu, 8192 x 14336", time, n * inner * 6, floors);
    }
    Array<Bf16> q(tokens * heads * headDim), k(tokens * kvHeads * headDim), v(k.size);
    fillRandom(q, 45);
    fillRandom(k, 46);
    fillRandom(v, 47);
    {
        std::vector<double> frequencies;
        for (int i = 0; i < headDim / 2; ++i) frequencies.push_back(1.0 / (i + 1));
        Array<double> table(frequencies);
        Array<float> cos(tokens * headDim / 2), sin(cos.size);
        const double tableTime = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE(ropeTable(table, headDim, 1.0, {1 << 20}, tokens, cos, sin, stream));
        });
        printBytes("rope table in double, 8192 x 64", tableTime, n * headDim * 4, floors);
        const double time = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE(rope<Bf16>(q, heads * headDim, cos, sin, tokens, heads, headDim, stream));
        });
        printBytes("rope q, 8192 x 32 x 128", time, n * heads * headDim * 4, floors);
    }
    {
        Array<float> means(tokens / p * heads * headDim);
        const double time = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE(queryMeans<Bf16>(q, heads * headDim, tokens, heads, headDim, p, means, stream));
        });
        printBytes("query means", time, n * heads * headDim * 2, floors);
    }
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4}) {
        const KvPageLayout layout = kernels::kvPageLayout(type, pageTokens, p, kvHeads, headDim);
        const int64_t pages = tokens / pageTokens, regions = tokens / p;
        Array<std::byte> keys(pages * layout.pageBytes), values(keys.size);
        std::vector<int32_t> order;
        for (int32_t i = 0; i < pages; ++i) order.push_back(i);
        Array<int32_t> slots(order);
        Array<Bf16> summaries(3 * kvHeads * regions * headDim), supers(4 * kvHeads * (regions / 16) * headDim),
            tails(2 * kvHeads * p * headDim);
        const int64_t one = kvHeads * regions * headDim, oneSuper = kvHeads * (regions / 16) * headDim;
        KvAppendArgs<Bf16> args;
        args.k = k;
        args.v = v;
        args.kStride = args.vStride = kvHeads * headDim;
        args.kv = {keys, values,  slots,   tails, tails + kvHeads * p * headDim, type, pageTokens,
                   p,    kvHeads, headDim, pages};
        args.summaries = {summaries,         summaries + one,       summaries + 2 * one,   regions, supers,
                          supers + oneSuper, supers + 2 * oneSuper, supers + 3 * oneSuper, 16};
        args.tokens = tokens;
        const double time = seconds(stream, 4, [&](int) { LECTERN_REQUIRE(kvAppend(args, stream)); });
        printBytes(std::string("append and summarise ") +
                       (type == KvType::BF16   ? "bf16"
                        : type == KvType::Int8 ? "int8"
                                               : "int4") +
                       ", 8192 x 8 x 128",
                   time, 2.0 * n * kvHeads * headDim * 2 + 2.0 * static_cast<double>(keys.size), floors);
    }
    for (const DType type : {DType::Q8_0, DType::Q4_K}) {
        const int64_t rows = 28672;
        Array<std::byte> weight(rows * kernels::rowBytes(type, dim));
        LECTERN_REQUIRE(cudaMemset(weight, 0x11, static_cast<size_t>(weight.size)));
        Array<Bf16> out(rows * dim);
        const double time = seconds(stream, 4, [&](int) {
            LECTERN_REQUIRE(type == DType::Q8_0 ? dequantizeSplitQ8(weight, rows, dim, out, stream)
                                                : dequantizeToBf16(weight, type, rows, dim, out, stream));
        });
        printBytes(std::string("decode to bf16, ") + (type == DType::Q8_0 ? "q8_0" : "q4_k") + ", 28672 x 4096", time,
                   static_cast<double>(weight.size) + 2.0 * static_cast<double>(out.size), floors);
    }
}

}  // namespace lectern::bench
