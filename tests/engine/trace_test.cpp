// Traces in their stored form: lists without entries, and numbers that no writer makes.
#include "engine/attention/trace.h"

#include <gtest/gtest.h>

#include "engine/core/byte_io.h"

namespace lectern {
namespace {

constexpr uint32_t kDocumentMagic = 0x3152544c;

/// A document trace of 3 blocks, 1 layer, 1 head group and 4 regions a block, with these entries in its last block.
std::string withEntries(const std::vector<std::pair<uint64_t, uint64_t>>& entries) {
    ByteWriter out;
    out.u32(kDocumentMagic);
    for (const uint64_t value : {16, 64, 1, 1, 1, 4, 3, 0, 0}) {
        out.varint(value);
    }
    out.varint(entries.size());
    for (const auto& [step, nominator] : entries) {
        out.varint(step);
        out.varint(nominator);
    }
    return out.take();
}

TEST(Trace, DocumentsWithoutSelections) {
    const auto none = parseDocumentTrace(serialize(DocumentTrace(16, 64, 2, 2, 1, 4)));
    ASSERT_TRUE(none.ok());
    EXPECT_EQ(none->blockCount(), 0);
    DocumentTrace some(16, 64, 2, 2, 1, 4);
    some.resizeBlocks(3);
    some.set(2, 1, 0, {{7, 2}});
    const auto read = parseDocumentTrace(serialize(some));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->blockCount(), 3);
    for (int64_t block = 0; block < 3; ++block) {
        for (int32_t slot = 0; slot < 4; ++slot) {
            EXPECT_EQ(read->entries(block, slot / 2, slot % 2).size(), block == 2 && slot == 2 ? 1u : 0u);
        }
    }
}

TEST(Trace, AnswersWithoutEntries) {
    AnswerTrace answer{2, 2, 16, 1, 4, {}};
    EXPECT_TRUE(parseAnswerTrace(serialize(answer))->steps.empty());
    answer.steps.resize(3);
    answer.steps[0].groups.resize(4);  // slots without a region
    answer.steps[1].groups.resize(4);
    answer.steps[1].groups[3] = {{5, 0.5f, 0.25f}};
    answer.steps[2].citation = {{5, 0.75f}};  // no slots at all
    const auto read = parseAnswerTrace(serialize(answer));
    ASSERT_TRUE(read.ok());
    ASSERT_EQ(read->steps.size(), 3u);
    EXPECT_TRUE(read->steps[0].groups[0].empty() && read->steps[0].citation.empty());
    EXPECT_TRUE(read->steps[1].groups[2].empty());
    ASSERT_EQ(read->steps[1].groups[3].size(), 1u);
    EXPECT_EQ(read->steps[1].groups[3][0].region, 5);
    EXPECT_TRUE(read->steps[2].groups.empty());
    EXPECT_EQ(read->steps[2].citation.size(), 1u);
}

TEST(Trace, StepsBetweenRegionsStayInside) {
    ASSERT_TRUE(parseDocumentTrace(withEntries({{14, 0}, {13, 3}})).ok());  // 7, then 0
    for (const uint64_t step : {uint64_t{1}, uint64_t{16}, ~uint64_t{0}, ~uint64_t{0} - 1}) {
        EXPECT_EQ(parseDocumentTrace(withEntries({{step, 0}})).error().code, ErrorCode::Corrupt) << step;
        EXPECT_EQ(parseDocumentTrace(withEntries({{14, 0}, {step == 1 ? 15 : step, 0}})).error().code,
                  ErrorCode::Corrupt)
            << step;
    }
    EXPECT_FALSE(parseDocumentTrace(withEntries({{14, 0x10000}})).ok());
}

}  // namespace
}  // namespace lectern
