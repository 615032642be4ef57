// K/V beyond the memory budget: the same bytes from a file, resident memory within bounds, and no start without room.

#include <gtest/gtest.h>

#include <random>

#include "engine/cache/cpu_kv_storage.h"
#include "engine/core/thread_pool.h"
#include "kernels/cpu/cpu.h"

namespace lectern::test {
namespace {

constexpr int64_t kTokens = 65536, kChunk = 4096;
constexpr int32_t kHeads = 2, kDim = 64;

KvStorageSpec spec(int64_t budgetBytes) {
    KvStorageSpec made{1, kHeads, kDim, 16, KvType::BF16, kTokens, 0, {}};
    made.memoryBudgetBytes = budgetBytes;
    made.fileFolder = std::filesystem::temp_directory_path().string();
    return made;
}

void fill(CpuKvStorage& storage, ThreadPool& pool) {
    std::mt19937 random(3);
    std::vector<float> drawn(kChunk * kHeads * kDim);
    for (float& value : drawn) {
        value = static_cast<float>(random() % 2001) / 1000.0f - 1.0f;
    }
    for (int64_t token = 0; token < kTokens; token += kChunk) {
        ASSERT_TRUE(storage.reserve(token + kChunk));
        drawn[static_cast<size_t>(token / kChunk)] += 1.0f;
        ASSERT_TRUE(storage.append(0, drawn.data(), drawn.data(), token, kChunk, pool));
    }
}

std::vector<float> attend(CpuKvStorage& storage, const std::vector<kernels::RegionId>& regions, int32_t head) {
    EXPECT_TRUE(storage.prepare(0, regions, kTokens));
    std::vector<float> q(kDim, 0.3f), out(kDim);
    kernels::GatheredAttentionArgs args;
    args.q = q.data();
    args.qStride = args.outStride = kDim;
    args.queryTokens = 1;
    args.kvHead = head;
    args.kv = storage.view(0);
    args.regions = regions.data();
    args.regionCount = std::ssize(regions);
    args.ownBegin = kTokens;
    args.firstQuery = kTokens - 1;
    args.out = out.data();
    EXPECT_EQ(kernels::cpu::gatheredAttention(args), kernels::Status::Ok);
    return out;
}

TEST(KvTier, PagesInTheFileReadAsPagesInMemory) {
    ThreadPool pool(2);
    // 32 MiB of keys and values and 4 MiB of summaries: most pages lie in the file.
    auto memory = CpuKvStorage::create(spec(0)), filed = CpuKvStorage::create(spec(int64_t{16} << 20));
    ASSERT_TRUE(memory) << memory.error().message;
    ASSERT_TRUE(filed) << filed.error().message;
    fill(**memory, pool);
    fill(**filed, pool);
    std::mt19937 random(5);
    for (int trial = 0; trial < 40; ++trial) {
        std::vector<kernels::RegionId> regions;
        for (int64_t region = trial; region < kTokens / 16; region += 1 + static_cast<int64_t>(random() % 200)) {
            regions.push_back(static_cast<kernels::RegionId>(region));
        }
        EXPECT_EQ(attend(**filed, regions, trial % kHeads), attend(**memory, regions, trial % kHeads));
    }
    // Cut, and grown again over pages that were released.
    ASSERT_TRUE((*filed)->truncate(40000));
    ASSERT_TRUE((*memory)->truncate(40000));
    const std::vector<float> more(25536 * kHeads * kDim, 0.25f);
    ASSERT_TRUE((*filed)->append(0, more.data(), more.data(), 40000, 25536, pool));
    ASSERT_TRUE((*memory)->append(0, more.data(), more.data(), 40000, 25536, pool));
    const std::vector<kernels::RegionId> regions{0, 100, 2400, 2499, 2500, 2501, 4000, 4095};
    EXPECT_EQ(attend(**filed, regions, 1), attend(**memory, regions, 1));
}

TEST(KvTier, SaysWhatDoesNotFit) {
    const auto small = CpuKvStorage::create(spec(int64_t{5} << 20));
    ASSERT_FALSE(small);
    EXPECT_EQ(small.error().code, ErrorCode::LimitExceeded);
    KvStorageSpec nowhere = spec(int64_t{16} << 20);
    nowhere.fileFolder = "/proc/none";
    EXPECT_FALSE(CpuKvStorage::create(nowhere));
    // More than any disk has.
    KvStorageSpec disk = spec(int64_t{1} << 31);
    disk.regionTokens = 1024;
    disk.layers = 64;
    disk.kvHeads = 64;
    disk.type = KvType::F32;
    disk.capacityTokens = int64_t{1} << 27;
    const auto full = CpuKvStorage::create(disk);
    ASSERT_FALSE(full);
    EXPECT_TRUE(full.error().code == ErrorCode::DiskFull || full.error().code == ErrorCode::LimitExceeded);
}

}  // namespace
}  // namespace lectern::test
