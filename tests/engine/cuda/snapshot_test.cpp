#include <filesystem>

#include "engine/backend/cuda/cuda_kv_parts.h"
#include "tests/engine/cuda/cuda_session.h"

namespace lectern::test {
namespace {

TEST_F(CudaSession, SnapshotsAreExchangedWithTheCpu) {
    loadModels();
    const auto path = std::filesystem::temp_directory_path() / "lectern_cuda_snapshot_test.snapshot";
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8}) {
        for (const bool fromCuda : {true, false}) {
            const AttentionProfile with = profile(AttentionMode::MsPrefill, type);
            const Pair source = open(with), target = open(with);
            const auto ids = tokens(1003);
            prefill(source, ids);
            const Session& saved = fromCuda ? *source.cuda : *source.cpu;
            const auto written = saved.saveSnapshot(path, ids, "test");
            ASSERT_TRUE(written) << written.error().message;
            target.both([&](Session& session) {
                const auto restored = session.restoreSnapshot(path, ids);
                ASSERT_TRUE(restored) << restored.error().message;
                EXPECT_EQ(*restored, 1003);
            });
            decode(source, tokens(19, 5));
            decode(target, tokens(19, 5));
            EXPECT_LT(target.difference(), kSparseLimit) << name(type) << " " << fromCuda;
            EXPECT_LT(nmse(target.cuda->lastLogits(), source.cuda->lastLogits()), kSparseLimit) << name(type);
            std::filesystem::remove(path);
        }
    }
}

TEST_F(CudaSession, PagesInHostMemoryChangeNothing) {
    loadModels();
    const auto path = std::filesystem::temp_directory_path() / "lectern_cuda_tier_test.snapshot";
    for (const KvType type : {KvType::Int8, KvType::Int4, KvType::Fp8}) {
        SessionOptions options;
        options.profile = profile(AttentionMode::MsPrefill, type);
        options.capacityTokens = 4096;
        auto whole = Session::create(cudaModel, cuda, options);
        ASSERT_TRUE(whole) << whole.error().message;
        // Room for three of sixteen pages: the document and all that follows straddle the border.
        KvStorageSpec spec{3, 2, 64, 16, type, 4096, 0, {}};
        spec.memoryBudgetBytes = 3 * (CudaKvParts::of(spec, 0).end + 512) + 3 * CudaKvParts::bytesPerPage(spec);
        ASSERT_EQ(CudaKvParts::devicePages(spec, int64_t{64} << 30), 3);
        ASSERT_EQ(CudaKvParts::pages(spec), 16);
        options.kvMemoryBytes = spec.memoryBudgetBytes;
        auto tiered = Session::create(cudaModel, cuda, options), restored = Session::create(cudaModel, cuda, options);
        ASSERT_TRUE(tiered) << tiered.error().message;
        ASSERT_TRUE(restored) << restored.error().message;
        const auto ids = tokens(1503), question = tokens(40, 5);
        for (Session* session : {&**whole, &**tiered}) {
            ASSERT_TRUE(session->prefill(ids, nullptr, {}));
        }
        ASSERT_TRUE((*tiered)->saveSnapshot(path, ids, "test"));
        ASSERT_TRUE((*restored)->restoreSnapshot(path, ids));
        std::filesystem::remove(path);
        for (Session* session : {&**whole, &**tiered, &**restored}) {
            ASSERT_TRUE(session->decode(question, {}));
            for (const TokenId token : question) {
                ASSERT_TRUE(session->decode({&token, 1}, {}));
            }
        }
        EXPECT_EQ(nmse((*tiered)->lastLogits(), (*whole)->lastLogits()), 0.0) << name(type);
        EXPECT_EQ(nmse((*restored)->lastLogits(), (*whole)->lastLogits()), 0.0) << name(type);
        ASSERT_TRUE((*tiered)->truncate(1337));
        ASSERT_TRUE((*whole)->truncate(1337));
        ASSERT_TRUE((*tiered)->decode(question, {}));
        ASSERT_TRUE((*whole)->decode(question, {}));
        EXPECT_EQ(nmse((*tiered)->lastLogits(), (*whole)->lastLogits()), 0.0) << name(type);
    }
    // Pages of bf16 are read by the copy engine: they are refused, with what would help.
    SessionOptions options;
    options.profile = profile(AttentionMode::MsPrefill);
    options.capacityTokens = 4096;
    options.kvMemoryBytes = 1 << 20;
    const auto refused = Session::create(cudaModel, cuda, options);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
    EXPECT_NE(refused.error().message.find("int8"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("--kv-memory"), std::string::npos) << refused.error().message;
}

}  // namespace
}  // namespace lectern::test
