#pragma once
// Builds one training sequence from pieces of text, each trained or not, encoded as the session encodes them.

#include <algorithm>
#include <span>
#include <string_view>

#include "engine/train/data_source.h"
#include "engine/train/keyed_random.h"

namespace lectern {

class SequenceBuilder {
  public:
    explicit SequenceBuilder(const Tokenizer& tokenizer) : m_tokenizer(&tokenizer) {}

    int64_t size() const { return static_cast<int64_t>(m_sequence.tokens.size()); }
    void bos() { add(m_tokenizer->bosToken(), false); }
    void eos(bool trained) { add(m_tokenizer->eosToken(), trained); }
    void add(TokenId token, bool trained) {
        m_sequence.tokens.push_back(token);
        m_sequence.trained.push_back(trained ? 1 : 0);
    }
    void add(std::span<const TokenId> tokens, bool trained) {
        m_sequence.tokens.insert(m_sequence.tokens.end(), tokens.begin(), tokens.end());
        m_sequence.trained.insert(m_sequence.trained.end(), tokens.size(), trained ? 1 : 0);
    }
    /// The beginning of a context: with the dummy prefix, as documents are encoded.
    void document(std::string_view text, bool trained) {
        add(m_tokenizer->encode(text, {.bos = false, .dummyPrefix = true}), trained);
    }
    void continuation(std::string_view text, bool trained) {
        add(m_tokenizer->encode(text, {.bos = false, .dummyPrefix = false}), trained);
    }
    TrainSequence take() { return std::move(m_sequence); }

  private:
    const Tokenizer* m_tokenizer;
    TrainSequence m_sequence;
};

/// A question and its answer, encoded; the answer ends with EOS.
struct EncodedQuestion {
    std::vector<TokenId> question, answer;
    int64_t size() const { return static_cast<int64_t>(question.size() + answer.size()); }
};

inline EncodedQuestion encodeQuestion(const DataContext& context, std::string_view question, std::string_view answer) {
    EncodedQuestion encoded;
    const Tokenizer& tokenizer = *context.tokenizer;
    encoded.question = tokenizer.encode(context.prompt.renderQuestion(question), {.bos = false, .dummyPrefix = false});
    encoded.answer = tokenizer.encode(" " + std::string(answer), {.bos = false, .dummyPrefix = false});
    encoded.answer.push_back(tokenizer.eosToken());
    return encoded;
}

/// Length of one generated context, log-uniform between the source's bounds.
inline int64_t drawLength(const DataSpec& spec, const DataContext& context, KeyedRandom& random) {
    const int64_t most = spec.maxTokens > 0 ? std::min(spec.maxTokens, context.sequenceTokens) : context.sequenceTokens;
    const int64_t least = spec.minTokens > 0 ? std::min(spec.minTokens, most) : most;
    const double ratio = static_cast<double>(most) / static_cast<double>(least);
    const double length = static_cast<double>(least) * std::pow(ratio, random.uniform());
    return std::clamp(static_cast<int64_t>(length), least, most);
}

/// Whether item `index` is held out under `share`.
inline bool isHeldOut(const DataContext& context, uint64_t stream, int64_t index) {
    return KeyedRandom({context.seed, stream, static_cast<uint64_t>(index)}).uniform() < context.heldOutShare;
}

/// A seeded order of 0 .. count - 1.
inline std::vector<int64_t> shuffledOrder(int64_t count, uint64_t key) {
    std::vector<int64_t> order(static_cast<size_t>(count));
    KeyedRandom random(key);
    for (int64_t i = 0; i < count; ++i) {
        const auto j = static_cast<size_t>(random.below(static_cast<uint64_t>(i) + 1));
        order[static_cast<size_t>(i)] = order[j];
        order[j] = i;
    }
    return order;
}

}  // namespace lectern
