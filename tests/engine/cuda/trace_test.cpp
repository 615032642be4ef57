#include <set>

#include "tests/engine/cuda/cuda_session.h"

namespace lectern::test {
namespace {

/// Share of `want`, which is not empty, that is in `got`.
template <typename Entries>
double overlap(const Entries& got, const Entries& want) {
    std::set<RegionId> ids;
    for (const auto& entry : got) {
        ids.insert(entry.region);
    }
    double found = 0;
    for (const auto& entry : want) {
        found += static_cast<double>(ids.count(entry.region));
    }
    return found / static_cast<double>(want.size());
}

TEST_F(CudaSession, DocumentTraceSelectsWhatTheCpuSelects) {
    loadModels();
    for (const KvType type : {KvType::BF16, KvType::Int8}) {
        const Pair pair = open(profile(AttentionMode::MsPrefill, type), true, 7);
        prefill(pair, tokens(2100));
        const DocumentTrace &got = pair.cuda->documentTrace(), &want = pair.cpu->documentTrace();
        ASSERT_EQ(got.blockCount(), want.blockCount());
        double sum = 0, slots = 0;
        for (int64_t block = 0; block < want.blockCount(); ++block) {
            for (int32_t layer = 0; layer < want.layers(); ++layer) {
                for (int32_t group = 0; group < want.groups(); ++group) {
                    const auto a = got.entries(block, layer, group), b = want.entries(block, layer, group);
                    ASSERT_EQ(a.size(), b.size()) << block << " " << layer << " " << group;
                    if (b.empty()) {
                        continue;  // both saw everything before the block: nothing was selected, nothing to share
                    }
                    sum += overlap(a, b);
                    slots += 1;
                    for (const DocumentTrace::Entry& entry : a) {
                        ASSERT_LT(entry.region, block * 4);
                        ASSERT_LT(entry.nominator, 4);
                    }
                }
            }
        }
        ASSERT_GT(slots, 0);
        std::printf("document trace %s: %.4f of the regions in common\n", std::string(name(type)).c_str(), sum / slots);
        EXPECT_GT(sum / slots, 0.95);
    }
}

TEST_F(CudaSession, AnswerTraceEqualsTheCpu) {
    loadModels();
    for (const AttentionMode mode : {AttentionMode::MsPrefill, AttentionMode::Dense}) {
        const Pair pair = open(profile(mode), true);
        prefill(pair, tokens(900));
        decode(pair, tokens(5, 3));
        for (const TokenId token : tokens(7, 4)) {
            decode(pair, {&token, 1});
        }
        const AnswerTrace &got = pair.cuda->answerTrace(), &want = pair.cpu->answerTrace();
        ASSERT_EQ(got.steps.size(), want.steps.size());
        double sum = 0, slots = 0, massError = 0, mass = 0, cited = 0;
        for (size_t s = 0; s < want.steps.size(); ++s) {
            ASSERT_EQ(got.steps[s].groups.size(), want.steps[s].groups.size());
            EXPECT_EQ(got.steps[s].token, want.steps[s].token);
            for (size_t g = 0; g < want.steps[s].groups.size(); ++g) {
                const auto &a = got.steps[s].groups[g], &b = want.steps[s].groups[g];
                ASSERT_EQ(a.size(), b.size());
                ASSERT_FALSE(b.empty());
                sum += overlap(a, b);
                slots += 1;
                for (size_t i = 0; i < a.size(); ++i) {
                    massError += std::abs(a[i].mass - b[i].mass);
                    mass += b[i].mass;
                }
            }
            ASSERT_FALSE(got.steps[s].citation.empty());
            ASSERT_FALSE(want.steps[s].citation.empty());
            cited += overlap(got.steps[s].citation, want.steps[s].citation);
        }
        std::printf("answer trace %s: %.4f of the regions in common, masses differ by %.4f of their sum\n",
                    std::string(name(mode)).c_str(), sum / slots, massError / mass);
        cited /= static_cast<double>(want.steps.size());
        std::printf("cited regions in common: %.4f\n", cited);
        EXPECT_GT(cited, 0.9);
        EXPECT_GT(sum / slots, 0.95);
        EXPECT_LT(massError / mass, 0.05);
    }
}

}  // namespace
}  // namespace lectern::test
