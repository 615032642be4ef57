// GGUF: metadata, vocabulary, tensor table, and the model that comes of it.

#include "engine/formats/gguf_file.h"
#include "engine/formats/gguf_metadata.h"
#include "engine/formats/model_source.h"
#include "engine/model/random_model.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/engine/support/test_files.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;

std::vector<std::string> fuzzSeeds() {
    ModelConfig config;
    config.name = "tiny";
    config.layerCount = 1;
    config.hiddenSize = 32;
    config.headCount = 2;
    config.kvHeadCount = 1;
    config.headDim = 16;
    config.intermediateSize = 32;
    config.vocabSize = 260;
    config.trainedContext = 64;
    config.tiedEmbeddings = true;
    std::vector<std::string> seeds;
    for (const DType type : {DType::F32, DType::Q8_0}) {
        ModelSource source = *makeRandomModel(config, type, 1);
        source.tokenizerModel = serialiseSentencePieceModel(test::bareVocabulary());
        const test::TemporaryDirectory folder;
        if (writeGguf(source, folder.path() / "seed.gguf", {type})) {
            seeds.push_back(test::readFile(folder.path() / "seed.gguf"));
        }
    }
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto source = openModelSource(fuzz::inputFile(fuzz::textOf(data, size), ".gguf"));
    const auto tokenizer = readTokenizerModel(fuzz::inputFile(fuzz::textOf(data, size), ".gguf"));
    (void)source;
    (void)tokenizer;
    return 0;
}
