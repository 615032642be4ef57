#include "kernels/cuda/kv_store.h"

#include "kernels/cuda/elementwise.h"
#include "tests/kernels/cuda/kv_fixture.h"

namespace lectern::kernels::cuda::testing {
namespace {

class KvStore : public CudaTest {};

constexpr KvType kTypes[] = {KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8};

struct SummaryArrays {
    SummaryArrays(const KvShape& shape, int64_t regions, int32_t superRegions)
        : capacity(regions),
          supers((regions + superRegions - 1) / superRegions),
          mean(size(shape, capacity)),
          min(size(shape, capacity)),
          max(size(shape, capacity)),
          superMeanMin(size(shape, supers)),
          superMeanMax(size(shape, supers)),
          superMin(size(shape, supers)),
          superMax(size(shape, supers)) {
        args = {mean, min, max, capacity, superMeanMin, superMeanMax, superMin, superMax, superRegions};
    }
    static size_t size(const KvShape& shape, int64_t rows) {
        return static_cast<size_t>(shape.kvHeads * rows * shape.headDim);
    }
    int64_t capacity, supers;
    Device<Bf16> mean, min, max, superMeanMin, superMeanMax, superMin, superMax;
    DeviceSummaries args;
};

/// Appends in the given steps and compares pages, tail, summaries and super-regions with the reference.
void checkAppend(KvShape shape, const std::vector<int64_t>& steps, bool onDevice, cudaStream_t stream) {
    shape.tokens = std::accumulate(steps.begin(), steps.end(), int64_t{0});
    KvFixture want(shape, 21), got(shape, 21);
    want.store();
    const DeviceKv kv = got.device();
    const int64_t complete = want.completeRegions(), dim = shape.headDim;
    const int32_t ratio = 3;
    SummaryArrays summaries(shape, complete + 2, ratio);
    const int64_t width = int64_t{shape.kvHeads} * dim;
    Device<Bf16> k(toBits(want.keys)), v(toBits(want.values));
    Device<float> k32(want.keys), v32(want.values);
    int64_t first = 0;
    for (size_t s = 0; s < steps.size(); ++s) {
        Device<int64_t> position(std::vector<int64_t>{first});
        const TokenCount start = onDevice ? TokenCount{0, position} : TokenCount{first};
        if (s % 2 == 0) {
            ASSERT_CUDA(kvAppend(KvAppendArgs<Bf16>{k + first * width, v + first * width, width, width, kv,
                                                    summaries.args, start, steps[s]},
                                 stream));
        } else {
            ASSERT_CUDA(kvAppend(KvAppendArgs<float>{k32 + first * width, v32 + first * width, width, width, kv,
                                                     summaries.args, start, steps[s]},
                                 stream));
        }
        ASSERT_EQ(cudaStreamSynchronize(stream), cudaSuccess);
        first += steps[s];
    }
    const auto keyPool = got.deviceKeys->download(), valuePool = got.deviceValues->download();
    want.device();
    const auto wantKeys = want.deviceKeys->download();
    const auto wantValues = want.deviceValues->download();
    const auto mean = toFloats(summaries.mean.download()), low = toFloats(summaries.min.download()),
               high = toFloats(summaries.max.download());
    const auto superMeanMin = toFloats(summaries.superMeanMin.download()),
               superMeanMax = toFloats(summaries.superMeanMax.download()),
               superMin = toFloats(summaries.superMin.download()), superMax = toFloats(summaries.superMax.download());
    for (int32_t head = 0; head < shape.kvHeads; ++head) {
        for (int64_t region = 0; region < complete; ++region) {
            // The same formulas in the same precision: bit for bit.
            ASSERT_EQ(got.load(keyPool, region, head), want.load(wantKeys, region, head)) << region;
            ASSERT_EQ(got.load(valuePool, region, head), want.load(wantValues, region, head)) << region;
            std::vector<float> m(static_cast<size_t>(dim)), lo(m.size()), hi(m.size());
            ASSERT_EQ(reference::regionSummary(want.plain(want.keys, region, head).data(), shape.regionTokens,
                                               shape.headDim, m.data(), lo.data(), hi.data()),
                      Status::Ok);
            for (int64_t d = 0; d < dim; ++d) {
                const auto at = static_cast<size_t>((head * summaries.capacity + region) * dim + d);
                const auto i = static_cast<size_t>(d);
                ASSERT_NEAR(mean[at], m[i], 0.004f * std::fabs(m[i]) + 1e-6f);
                ASSERT_EQ(low[at], lo[i]);
                ASSERT_EQ(high[at], hi[i]);
                const auto super = static_cast<size_t>((head * summaries.supers + region / ratio) * dim + d);
                ASSERT_LE(superMin[super], low[at]);
                ASSERT_GE(superMax[super], high[at]);
                ASSERT_LE(superMeanMin[super], mean[at]);
                ASSERT_GE(superMeanMax[super], mean[at]);
            }
        }
        if (shape.tokens % shape.regionTokens != 0) {
            const auto tailWant = want.plain(want.keys, complete, head);
            std::vector<float> tail;
            if (shape.type == KvType::BF16) {
                tail = got.load(keyPool, complete, head);
            } else {
                const auto all = toFloats(got.deviceTailKeys->download());
                const auto size = static_cast<int64_t>(tailWant.size());
                tail.assign(all.begin() + head * size, all.begin() + (head + 1) * size);
            }
            ASSERT_EQ(tail, tailWant);
        }
    }
    // Nothing beyond the capacity's last complete region was summarised.
    const auto beyond = static_cast<size_t>((summaries.capacity - 1) * dim);
    EXPECT_TRUE(std::isnan(mean[beyond]));
}

TEST_F(KvStore, AppendEqualsReferenceInAnySteps) {
    for (const KvType type : kTypes) {
        for (const int32_t headDim : {64, 80, 96, 128}) {
            for (const int32_t p : {8, 16, 32}) {
                const KvShape shape{type, 3, headDim, p, 4, 0};
                SCOPED_TRACE(::testing::Message()
                             << "type " << static_cast<int>(type) << " dim " << headDim << " p " << p);
                checkAppend(shape, {1}, false, stream.get());
                checkAppend(shape, {3 * p, 1, p - 2, 1, 5 * p + 3, 2 * p, 4}, false, stream.get());
                if (HasFatalFailure()) return;
            }
        }
        checkAppend({type, 1, 64, 16, 4, 0}, std::vector<int64_t>(37, 1), true, stream.get());
    }
}

TEST_F(KvStore, AppendRotatesOneTokenAsRopeDoes) {
    const int32_t headDim = 96, p = 8, kvHeads = 3, group = 2, half = headDim / 2, rotated = kvHeads * (group + 1);
    for (const KvType type : {KvType::BF16, KvType::Int8}) {
        const KvShape shape{type, kvHeads, headDim, p, 4, 11};
        KvFixture apart(shape, 25), fused(shape, 25);
        SummaryArrays first(shape, 4, 3), second(shape, 4, 3);
        const int64_t width = int64_t{kvHeads} * headDim;
        Device<float> cos(randomBf16(half, 26)), sin(randomBf16(half, 27));
        for (int64_t token = 0; token < shape.tokens; ++token) {
            const auto seed = static_cast<unsigned>(100 + token);
            const auto rows = randomBf16(static_cast<size_t>(rotated * headDim), seed);
            Device<float> a(rows), b(rows), v(randomBf16(static_cast<size_t>(width), seed + 50));
            Device<int64_t> position(std::vector<int64_t>{token});
            ASSERT_CUDA(rope<float>(a, int64_t{rotated} * headDim, cos, sin, 1, rotated, headDim, stream.get()));
            KvAppendArgs<float> args{a + group * width, v, width, width, apart.device(), first.args, {0, position}, 1};
            ASSERT_CUDA(kvAppend(args, stream.get()));
            args.k = b + group * width;
            args.kv = fused.device();
            args.summaries = second.args;
            args.rotate = b;
            args.groupHeads = group;
            args.cos = cos;
            args.sin = sin;
            ASSERT_CUDA(kvAppend(args, stream.get()));
            wait();
            ASSERT_EQ(a.download(), b.download()) << token;
        }
        EXPECT_EQ(apart.deviceKeys->download(), fused.deviceKeys->download());
        EXPECT_EQ(apart.deviceValues->download(), fused.deviceValues->download());
        // The one whole region and its super-region, of every head.
        const auto expectSame = [&](const Device<Bf16>& wanted, const Device<Bf16>& found, int64_t rows) {
            const auto want = toFloats(wanted.download()), got = toFloats(found.download());
            for (int32_t head = 0; head < kvHeads; ++head) {
                for (int64_t d = 0; d < headDim; ++d) {
                    const auto at = static_cast<size_t>(head * rows * headDim + d);
                    ASSERT_FALSE(std::isnan(want[at])) << head << " " << d;
                    ASSERT_EQ(want[at], got[at]) << head << " " << d;
                }
            }
        };
        expectSame(first.mean, second.mean, first.capacity);
        expectSame(first.min, second.min, first.capacity);
        expectSame(first.max, second.max, first.capacity);
        expectSame(first.superMin, second.superMin, first.supers);
        expectSame(first.superMax, second.superMax, first.supers);
    }
}

TEST_F(KvStore, GatherDecodesEveryType) {
    for (const KvType type : kTypes) {
        for (const bool rotate : {false, true}) {
            KvFixture cache({type, 2, 96, 16, 4, 16 * 23 + 5}, 22);
            cache.store();
            const int32_t selectors = 4, blocks = 2, stride = 6, capacity = 9, p = 16, dim = 96, half = dim / 2;
            std::vector<RegionId> lists;
            std::mt19937 generator(23);
            for (int i = 0; i < blocks * selectors * stride; ++i)
                lists.push_back(static_cast<RegionId>(generator() % 20));
            const std::vector<int32_t> counts = {6, 3}, ownRegion = {20, 21}, ownRegions = {2, 3};
            std::vector<float> cos, sin;
            for (int64_t i = 0; i < (cache.completeRegions() + 1) * p * half; ++i) {
                cos.push_back(std::cos(0.1f * static_cast<float>(i)));
                sin.push_back(std::sin(0.1f * static_cast<float>(i)));
            }
            Device<RegionId> dl(lists);
            Device<int32_t> dc(counts), dr(ownRegion), dn(ownRegions);
            Device<float> dcos(cos), dsin(sin);
            const auto size = static_cast<size_t>(blocks * selectors * capacity * p * dim);
            Device<Bf16> outKeys(size), outValues(size);
            GatherArgs args;
            args.kv = cache.device();
            args.tokens = cache.shape().tokens;
            args.regions = dl;
            args.stride = stride;
            args.blocks = blocks;
            args.selectors = selectors;
            args.headsPerSelector = 2;
            args.groupHeads = 4;
            args.counts = dc;
            args.ownRegion = dr;
            args.ownRegions = dn;
            args.capacity = capacity;
            args.cos = rotate ? dcos.data() : nullptr;
            args.sin = rotate ? dsin.data() : nullptr;
            args.keys = outKeys;
            args.values = outValues;
            ASSERT_CUDA(gatherRegions(args, stream.get()));
            wait();
            const auto gotKeys = toFloats(outKeys.download()), gotValues = toFloats(outValues.download());
            const auto keyPool = cache.deviceKeys->download(), valuePool = cache.deviceValues->download();
            for (int b = 0; b < blocks; ++b) {
                for (int s = 0; s < selectors; ++s) {
                    const auto bi = static_cast<size_t>(b);
                    for (int i = 0; i < counts[bi] + ownRegions[bi]; ++i) {
                        const int64_t region = i < counts[bi]
                                                   ? lists[static_cast<size_t>((b * selectors + s) * stride + i)]
                                                   : ownRegion[bi] + i - counts[bi];
                        const int32_t head = s * 2 / 4;
                        const bool tail = region == cache.completeRegions() && type != KvType::BF16;
                        auto k = tail ? cache.plain(cache.keys, region, head) : cache.load(keyPool, region, head);
                        const auto v =
                            tail ? cache.plain(cache.values, region, head) : cache.load(valuePool, region, head);
                        if (rotate) {
                            const auto at = static_cast<size_t>(region * p * half);
                            ASSERT_EQ(reference::rope(k.data(), &cos[at], &sin[at], p, 1, dim), Status::Ok);
                        }
                        const auto at = static_cast<int64_t>(((b * selectors + s) * capacity + i) * p * dim);
                        const std::vector<float> gk(gotKeys.begin() + at, gotKeys.begin() + at + p * dim);
                        const std::vector<float> gv(gotValues.begin() + at, gotValues.begin() + at + p * dim);
                        ASSERT_LT(nmse(gk, k), kBf16Limit) << static_cast<int>(type) << " " << region;
                        ASSERT_LT(nmse(gv, v), kBf16Limit) << static_cast<int>(type) << " " << region;
                    }
                }
            }
        }
    }
}

TEST_F(KvStore, QueryMeansEqualReference) {
    const int64_t tokens = 16 * 5 + 7;
    const int32_t heads = 6, dim = 80, p = 16;
    const int64_t stride = heads * dim + 16;
    const auto q = randomBf16(static_cast<size_t>(tokens * stride), 24);
    Device<Bf16> dq(toBits(q));
    Device<float> means(static_cast<size_t>(6 * heads * dim));
    ASSERT_CUDA(queryMeans<Bf16>(dq, stride, tokens, heads, dim, p, means, stream.get()));
    std::vector<float> want;
    for (int64_t r = 0; r < 6; ++r) {
        const int64_t end = std::min<int64_t>((r + 1) * p, tokens);
        for (int64_t i = 0; i < heads * dim; ++i) {
            double sum = 0;
            for (int64_t t = r * p; t < end; ++t) sum += q[static_cast<size_t>(t * stride + i)];
            want.push_back(static_cast<float>(sum / static_cast<double>(end - r * p)));
        }
    }
    EXPECT_LT(nmse(means.download(), want), kF32Limit);
}

}  // namespace
}  // namespace lectern::kernels::cuda::testing
