// Opening real models.

#include <gtest/gtest.h>

#include "engine/formats/model_source.h"
#include "tests/engine/support/test_files.h"

namespace lectern {
namespace {

TEST(ModelSourceShared, OpensTheBaseModel) {
    const auto shared = test::sharedDirectory();
    if (!shared) {
        GTEST_SKIP() << "the shared models are not here";
    }
    const auto source = openModelSource(*shared / "models/lectern-base-45m");
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->config.vocabSize, 16384);
    EXPECT_EQ(source->config.headDim, 64);
    EXPECT_EQ(source->config.kvHeadCount, 2);
    EXPECT_TRUE(source->config.tiedEmbeddings);
    EXPECT_EQ(source->config.name, "lectern-base-45m");
    EXPECT_EQ(source->tensors.size(), 2u + 12u * 9u);
    EXPECT_EQ(source->tensors.at("model.embed_tokens.weight").type, DType::BF16);
    EXPECT_EQ(source->license, "CC BY-SA 4.0 (the training sets' share-alike terms).");
    EXPECT_FALSE(source->tokenizerModel.empty());
}

}  // namespace
}  // namespace lectern
