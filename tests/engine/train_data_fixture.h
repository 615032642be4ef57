#pragma once
// Small sources of training sequences, and their sequences as text.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/resources.h"
#include "engine/formats/model_source.h"
#include "engine/train/data_mix.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {

inline const Tokenizer& tokenizer() {
    static const Tokenizer held = *Tokenizer::create(openModelSource(*defaultModelPath())->tokenizerModel);
    return held;
}

inline DataContext context(int64_t sequenceTokens, double heldOutShare = 0) {
    DataContext made;
    made.tokenizer = &tokenizer();
    made.sequenceTokens = sequenceTokens;
    made.seed = 5;
    made.heldOutShare = heldOutShare;
    made.threads = 1;
    return made;
}

inline DataSpec spec(DataKind kind, const std::filesystem::path& path) {
    DataSpec made;
    made.kind = kind;
    made.paths = {path.string()};
    return made;
}

/// What the tokens say, a bar for each end of text.
inline std::string text(const TrainSequence& sequence, bool trainedOnly) {
    std::string out;
    for (size_t i = 0; i < sequence.tokens.size(); ++i) {
        if (!trainedOnly || sequence.trained[i] != 0) {
            const TokenId id = sequence.tokens[i];
            out += id == tokenizer().eosToken() ? "|"
                   : tokenizer().isControl(id)  ? std::string()
                                                : std::string(tokenizer().pieceBytes(id));
        }
    }
    return out;
}

inline std::unique_ptr<DataSource> open(const DataSpec& spec, const DataContext& context) {
    auto source = openDataSource(spec, context);
    EXPECT_TRUE(source) << (source ? "" : source.error().message);
    return source ? std::move(*source) : nullptr;
}

/// Sentences of which each is found once.
inline std::string numbered(int document, int sentences) {
    std::string made;
    for (int i = 0; i < sentences; ++i) {
        made += "Sentence " + std::to_string(i) + " of document number " + std::to_string(document) +
                " speaks of the harbour of Quillbrook " + std::to_string(document * 100 + i) + ". ";
    }
    return made;
}

/// Question and answer pairs of a sequence, and its context.
struct Asked {
    std::string context;
    std::vector<std::pair<std::string, std::string>> pairs;
};

inline Asked parse(const TrainSequence& sequence) {
    const std::string all = text(sequence, false), mark = "\n\nQuestion: ";
    Asked asked;
    size_t at = all.find(mark);
    asked.context = all.substr(0, at);
    while (at != std::string::npos) {
        const size_t next = all.find(mark, at + 1), answer = all.find("\nAnswer: ", at);
        const size_t end = next == std::string::npos ? all.size() : next;
        asked.pairs.emplace_back(all.substr(at + mark.size(), answer - at - mark.size()),
                                 all.substr(answer + 9, end - answer - 10));
        at = next;
    }
    return asked;
}

}  // namespace lectern::test
