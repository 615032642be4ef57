// A sentencepiece model, and text through a good one. The first byte chooses.

#include <cstdlib>

#include "engine/text/tokenizer.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;

std::vector<std::string> fuzzSeeds() {
    return {"M" + serialiseSentencePieceModel(test::bareVocabulary()),
            "THello \xf0\x9f\x98\x80 w\xc3\xb6rld\xff\xfe\n  x", std::string("T\0\xe2\x96\x81 a", 7)};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static const Tokenizer good = *Tokenizer::create(serialiseSentencePieceModel(test::bareVocabulary()));
    if (size == 0) {
        return 0;
    }
    const std::string_view rest = fuzz::textOf(data + 1, size - 1);
    const auto made = data[0] == 'M' ? Tokenizer::create(rest) : Result<Tokenizer>(good);
    if (!made) {
        return 0;
    }
    const std::string_view text = data[0] == 'M' ? "Some text, 12 words." : rest;
    const std::vector<TokenId> ids = made->encode(text, {.bos = true});
    if (data[0] != 'M' && made->decode(ids) != text) {
        std::abort();
    }
    return 0;
}
