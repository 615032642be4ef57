#include "engine/backend/cuda/cuda_kv_parts.h"

#include <gtest/gtest.h>

#include "engine/model/random_model.h"

namespace lectern {
namespace {

// What cudaMemGetInfo reports as free on an H200 (143,771 MiB) before anything is loaded, less a little.
constexpr int64_t kH200FreeBytes = (int64_t{143771} - 1024) << 20;

KvStorageSpec specOf(const ModelConfig& config, KvType type, int64_t tokens) {
    KvStorageSpec spec;
    spec.layers = config.layerCount;
    spec.kvHeads = config.kvHeadCount;
    spec.headDim = config.headDim;
    spec.regionTokens = 16;
    spec.type = type;
    spec.capacityTokens = tokens;
    return spec;
}

int64_t weightBytesBf16(const ModelConfig& config) {
    const int64_t width = config.hiddenSize, kv = int64_t{config.kvHeadCount} * config.headDim;
    const int64_t layer = 2 * width * width + 2 * width * kv + 3 * width * config.intermediateSize;
    return 2 * (config.layerCount * layer + 2 * int64_t{config.vocabSize} * width);
}

TEST(CudaKvParts, FourBitPagesAreThreeQuartersOfInt8) {
    const auto config = shapeConfig("llama2-7b");
    ASSERT_TRUE(config);
    const auto pageBytes = [&](KvType type) { return CudaKvParts::pageLayout(specOf(*config, type, 256)).pageBytes; };
    // 32 heads, 16 regions of 16 x 128 values.
    EXPECT_EQ(pageBytes(KvType::BF16), 32 * 16 * 4096);
    EXPECT_EQ(pageBytes(KvType::Int8), 32 * 16 * (2048 + 4));
    EXPECT_EQ(pageBytes(KvType::Fp8), pageBytes(KvType::Int8));
    EXPECT_EQ(pageBytes(KvType::Int4), 32 * 16 * (1024 + 512));
}

TEST(CudaKvParts, PartsDoNotOverlapAndCoverTheCapacity) {
    const auto config = shapeConfig("mistral-7b");
    ASSERT_TRUE(config);
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4}) {
        const KvStorageSpec spec = specOf(*config, type, 1000);
        const CudaKvParts parts = CudaKvParts::of(spec, 4);
        const int64_t pages = 4, row = 8 * 128 * 2, pageBytes = CudaKvParts::pageLayout(spec).pageBytes;
        ASSERT_EQ(CudaKvParts::pages(spec), pages);
        EXPECT_EQ(parts.values - parts.keys, pages * pageBytes);
        EXPECT_EQ(parts.tailKeys - parts.values, pages * pageBytes);
        EXPECT_EQ(parts.tailValues - parts.tailKeys, 16 * row);
        EXPECT_EQ(parts.min - parts.mean, pages * 16 * row);
        EXPECT_EQ(parts.superMeanMin - parts.max, pages * 16 * row);
        EXPECT_EQ(parts.end - parts.superMax, pages * row);
        EXPECT_EQ(CudaKvParts::bytesFor(spec), 32 * parts.end);
    }
}

TEST(CudaKvParts, Llama7bHoldsWhatTheIssueAsksForOnOneH200) {
    const auto config = shapeConfig("llama2-7b");
    ASSERT_TRUE(config);
    const auto fits = [&](KvType type, int64_t tokens) {
        return weightBytesBf16(*config) + CudaKvParts::bytesFor(specOf(*config, type, tokens)) +
                   CudaKvParts::kReserveBytes <=
               kH200FreeBytes;
    };
    EXPECT_TRUE(fits(KvType::BF16, 128 * 1024));
    EXPECT_TRUE(fits(KvType::Int4, 512 * 1024));
    EXPECT_FALSE(fits(KvType::Int8, 512 * 1024));
    EXPECT_FALSE(fits(KvType::Int4, 1024 * 1024));
}

TEST(CudaKvParts, PagesThatDoNotFitAreLeftToTheHost) {
    const auto config = shapeConfig("llama2-7b");
    ASSERT_TRUE(config);
    KvStorageSpec spec = specOf(*config, KvType::Int4, 1024 * 1024);
    const int64_t free = kH200FreeBytes - weightBytesBf16(*config), pages = CudaKvParts::pages(spec);
    const int64_t onDevice = CudaKvParts::devicePages(spec, free);
    ASSERT_GT(onDevice, 0);
    ASSERT_LT(onDevice, pages);
    EXPECT_LE(spec.layers * CudaKvParts::of(spec, onDevice).end + CudaKvParts::kReserveBytes, free);
    EXPECT_GT(spec.layers * CudaKvParts::of(spec, onDevice + 2).end + CudaKvParts::kReserveBytes, free);
    spec.memoryBudgetBytes = int64_t{64} << 30;
    const int64_t budgeted = CudaKvParts::devicePages(spec, free);
    EXPECT_LE(spec.layers * CudaKvParts::of(spec, budgeted).end, spec.memoryBudgetBytes);
    EXPECT_LT(budgeted, onDevice);
    spec.memoryBudgetBytes = int64_t{8} << 30;
    EXPECT_LT(CudaKvParts::devicePages(spec, free), 0) << "not even the summaries fit";
    spec.capacityTokens = 4096;
    EXPECT_EQ(CudaKvParts::devicePages(spec, free), CudaKvParts::pages(spec));
}

}  // namespace
}  // namespace lectern
