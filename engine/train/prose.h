#pragma once
// Documents kept as text, for sources that make their contexts from prose.

#include <span>

#include "engine/train/sequence_builder.h"
#include "engine/train/text_corpus.h"

namespace lectern {

/// Documents, some of them held out, and draws of contexts from them.
class Prose {
  public:
    static Result<Prose> load(const DataSpec& spec, const DataContext& context);

    /// About `tokens` tokens from a random place of a random document, beginning behind a sentence, and the text they
    /// stand for. `heldOut` draws from the held-out documents (from all, where there is only one).
    struct Passage {
        std::string name;
        std::string text;
    };
    Passage draw(KeyedRandom& random, int64_t tokens, bool heldOut) const;

    std::span<const CorpusDocument> trained() const { return m_trained; }
    int64_t documents() const { return static_cast<int64_t>(m_trained.size() + m_held.size()); }
    int64_t held() const { return static_cast<int64_t>(m_held.size()); }

  private:
    std::vector<CorpusDocument> m_trained, m_held;
    double m_bytesPerToken = 4;
};

}  // namespace lectern
