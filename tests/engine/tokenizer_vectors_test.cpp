// The 47 published vectors of the Llama-2 vocabulary, and libsentencepiece itself as a peer.

#include <gtest/gtest.h>

#include <sstream>

#include "engine/formats/model_source.h"
#include "engine/text/tokenizer.h"
#include "tests/engine/support/test_files.h"

namespace lectern {
namespace {

std::vector<std::string> readInputs(const std::string& text) {
    constexpr std::string_view kSeparator = "\n__ggml_vocab_test__\n";
    std::vector<std::string> inputs;
    size_t begin = 0;
    for (size_t end; (end = text.find(kSeparator, begin)) != std::string::npos; begin = end + kSeparator.size()) {
        inputs.push_back(text.substr(begin, end - begin));
    }
    inputs.push_back(text.substr(begin));
    return inputs;
}

std::vector<std::vector<TokenId>> readOutputs(const std::string& text) {
    std::vector<std::vector<TokenId>> outputs;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream numbers(line);
        outputs.emplace_back();
        for (TokenId id; numbers >> id;) {
            outputs.back().push_back(id);
        }
    }
    return outputs;
}

class TokenizerVectors : public testing::Test {
  protected:
    void SetUp() override {
        const auto shared = test::sharedDirectory();
        if (!shared || !std::filesystem::exists(*shared / "data/tokenizers/llama2.model")) {
            GTEST_SKIP() << "the shared tokenizer files are not here";
        }
        folder = *shared / "data/tokenizers";
        inputs = readInputs(test::readFile(folder / "ggml-vocab-llama-spm.gguf.inp"));
        outputs = readOutputs(test::readFile(folder / "ggml-vocab-llama-spm.gguf.out"));
        // The last vector is the empty text, whose empty line of ids the file leaves out.
        outputs.resize(std::max(outputs.size(), inputs.size()));
    }

    void expectAll(const Tokenizer& tokenizer) const {
        ASSERT_EQ(inputs.size(), 47u);
        ASSERT_EQ(outputs.size(), 47u);
        for (size_t i = 0; i < inputs.size(); ++i) {
            EXPECT_EQ(tokenizer.encode(inputs[i], {}), outputs[i]) << "vector " << i << ": " << inputs[i];
            EXPECT_EQ(tokenizer.decode(outputs[i]), inputs[i]) << "vector " << i;
        }
    }

    std::filesystem::path folder;
    std::vector<std::string> inputs;
    std::vector<std::vector<TokenId>> outputs;
};

TEST_F(TokenizerVectors, FromTokenizerModel) {
    const auto tokenizer = Tokenizer::create(test::readFile(folder / "llama2.model"));
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    expectAll(*tokenizer);
    EXPECT_EQ(tokenizer->bosToken(), 1);
    EXPECT_EQ(tokenizer->eosToken(), 2);
    EXPECT_EQ(tokenizer->vocabSize(), 32000);
}

TEST_F(TokenizerVectors, FromGgufVocabulary) {
    const auto path = folder / "ggml-vocab-llama-spm.gguf";
    const auto vocabulary = readTokenizerModel(path);
    ASSERT_TRUE(vocabulary) << vocabulary.error().message;
    const auto tokenizer = Tokenizer::create(*vocabulary);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    expectAll(*tokenizer);
    EXPECT_EQ(tokenizer->bosToken(), 1);
}

}  // namespace
}  // namespace lectern
