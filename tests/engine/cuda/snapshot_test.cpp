#include <filesystem>

#include "tests/engine/cuda/cuda_session.h"

namespace lectern::test {
namespace {

TEST_F(CudaSession, SnapshotsAreExchangedWithTheCpu) {
    loadModels();
    const auto path = std::filesystem::temp_directory_path() / "lectern_cuda_snapshot_test.snapshot";
    for (const KvType type : {KvType::BF16, KvType::Int8, KvType::Int4}) {
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

}  // namespace
}  // namespace lectern::test
