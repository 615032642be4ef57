#include "tests/app/support/tiny_model.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "engine/model/random_model.h"
#include "engine/text/sentencepiece_proto.h"

namespace lectern::app::test {

std::string tinyTokenizerModel() {
    SentencePieceModel model;
    const auto add = [&](const std::string& text, PieceType type) {
        model.pieces.push_back({text, -static_cast<float>(model.pieces.size()), type});
    };
    add("<unk>", PieceType::Unknown);
    add("<s>", PieceType::Control);
    add("</s>", PieceType::Control);
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", byte);
        add(name, PieceType::Byte);
    }
    const std::string space = "\u2581";
    for (const std::string& merge :
         {std::string("th"), std::string("the"), space + "the", std::string("in"), std::string("er"), space + "a",
          std::string("an"), space + "s", std::string("is"), space + "l"}) {
        add(merge, PieceType::Normal);
    }
    add(space, PieceType::Normal);
    for (char c = '!'; c <= '~'; ++c) {
        add(std::string(1, c), PieceType::Normal);
    }
    model.unknown = 0;
    model.bos = 1;
    model.eos = 2;
    return serialiseSentencePieceModel(model);
}

Tokenizer tinyTokenizer() {
    Result<Tokenizer> tokenizer = Tokenizer::create(tinyTokenizerModel());
    EXPECT_TRUE(tokenizer.ok()) << (tokenizer ? "" : tokenizer.error().message);
    return std::move(*tokenizer);
}

ModelSource tinyModelSource(int32_t trainedContext) {
    ModelConfig config;
    config.name = "tiny";
    config.vocabSize = tinyTokenizer().vocabSize();
    config.hiddenSize = 64;
    config.intermediateSize = 128;
    config.layerCount = 2;
    config.headCount = 4;
    config.kvHeadCount = 2;
    config.headDim = 16;
    config.trainedContext = trainedContext;
    config.tiedEmbeddings = true;
    Result<ModelSource> source = makeRandomModel(config, DType::F32, 3);
    EXPECT_TRUE(source.ok()) << (source ? "" : source.error().message);
    source->tokenizerModel = tinyTokenizerModel();
    return std::move(*source);
}

LoadedModel tinyModel(int32_t trainedContext) {
    Result<LoadedModel> model = loadModel(RunOptions{}, tinyModelSource(trainedContext));
    EXPECT_TRUE(model.ok()) << (model ? "" : model.error().message);
    return std::move(*model);
}

void writeTinyModel(const std::filesystem::path& path, int32_t trainedContext) {
    const Result<void> written = writeGguf(tinyModelSource(trainedContext), path, {DType::F32});
    EXPECT_TRUE(written.ok()) << (written ? "" : written.error().message);
}

}  // namespace lectern::app::test
