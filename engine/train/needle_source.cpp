// Retrieval sequences: the passkey protocol, and invented facts hidden in prose.

#include <algorithm>

#include "engine/eval/retrieval_task.h"
#include "engine/train/fact_kinds.h"
#include "engine/train/prose.h"

namespace lectern {
namespace {

constexpr uint64_t kDrawStream = 0x6e65656c, kHeldDrawStream = 0x6e686c64;
constexpr int64_t kHeldOutSequences = 256;
// Training's passkey seeds lie far above those that evaluations count up from.
constexpr uint64_t kTrainingSeed = uint64_t{1} << 40, kHeldOutSeed = uint64_t{1} << 41;

class NeedleSource final : public DataSource {
  public:
    NeedleSource(const DataSpec& spec, const DataContext& context) : m_spec(spec), m_context(context) {
        m_report.kind = name(spec.kind);
    }

    Result<void> load() {
        if (m_context.sequenceTokens < 128) {
            return Error{ErrorCode::InvalidInput, "Retrieval sequences need at least 128 tokens."};
        }
        if (m_spec.kind == DataKind::Needle) {
            LECTERN_ASSIGN(m_prose, Prose::load(m_spec, m_context));
            m_names = NameStock::fromDocuments(m_prose.trained());
            m_report.documents = m_prose.documents();
            m_report.heldOut = m_prose.held();
        }
        return {};
    }

    Result<DataSequence> sequence(int64_t index) override { return make(index, false); }
    Result<DataSequence> heldOut(int64_t index) override {
        return index < kHeldOutSequences ? make(index, true) : DataSequence{};
    }
    const DataReport& report() const override { return m_report; }

  private:
    Result<DataSequence> make(int64_t index, bool held) const {
        KeyedRandom random({m_context.seed, held ? kHeldDrawStream : kDrawStream, static_cast<uint64_t>(index)});
        return m_spec.kind == DataKind::Passkey ? passkey(random, held) : needles(random, held);
    }

    Result<DataSequence> passkey(KeyedRandom& random, bool held) const {
        const int64_t length = std::max<int64_t>(128, drawLength(m_spec, m_context, random));
        const double depth = random.uniform();
        const uint64_t seed = (held ? kHeldOutSeed : kTrainingSeed) + random.below(uint64_t{1} << 40);
        LECTERN_ASSIGN(const RetrievalTask task, makePasskeyTask(*m_context.tokenizer, length, depth, seed));
        SequenceBuilder builder(*m_context.tokenizer);
        builder.add(task.document, m_spec.trainContext);
        builder.add(task.questions.front().tokens, false);
        builder.continuation(" " + task.questions.front().expected, true);
        builder.eos(true);
        return DataSequence{builder.take(), "generated passkey"};
    }

    Result<DataSequence> needles(KeyedRandom& random, bool held) const {
        const Tokenizer& tokenizer = *m_context.tokenizer;
        const int64_t length = drawLength(m_spec, m_context, random);
        const FactTheme theme = drawFactTheme(random, m_names);
        std::vector<Fact> facts;
        std::vector<std::vector<TokenId>> statements;
        std::vector<EncodedQuestion> asked;
        int64_t used = 1;
        for (int tries = 0; tries < 8 * m_spec.needles && static_cast<int32_t>(facts.size()) < m_spec.needles;
             ++tries) {
            Fact fact = drawFact(random, m_names, theme);
            const bool known = std::any_of(facts.begin(), facts.end(),
                                           [&](const Fact& other) { return other.subject == fact.subject; });
            auto statement = tokenizer.encode(" " + fact.statement, {.bos = false, .dummyPrefix = false});
            EncodedQuestion question = encodeQuestion(m_context, fact.question, fact.answer);
            const bool asks = static_cast<int32_t>(asked.size()) < m_spec.questions;
            const int64_t size = static_cast<int64_t>(statement.size()) + (asks ? question.size() : 0);
            // At least half of the context is prose.
            if (known || used + size > length / 2) {
                continue;
            }
            used += size;
            facts.push_back(std::move(fact));
            statements.push_back(std::move(statement));
            if (asks) {
                asked.push_back(std::move(question));
            }
        }
        const Prose::Passage passage = m_prose.draw(random, length - used, held);
        auto prose = tokenizer.encode(passage.text, {});
        prose.resize(std::min(prose.size(), static_cast<size_t>(length - used)));
        return hide(prose, statements, asked, passage.name, random);
    }

    /// Puts each statement behind a sentence's end near a random depth, then asks in random order.
    DataSequence hide(const std::vector<TokenId>& prose, const std::vector<std::vector<TokenId>>& statements,
                      const std::vector<EncodedQuestion>& asked, const std::string& origin, KeyedRandom& random) const {
        const Tokenizer& tokenizer = *m_context.tokenizer;
        std::vector<std::pair<uint64_t, size_t>> places;
        for (size_t i = 0; i < statements.size(); ++i) {
            places.emplace_back(random.below(prose.size() + 1), i);
        }
        std::sort(places.begin(), places.end());
        SequenceBuilder builder(tokenizer);
        builder.bos();
        size_t next = 0;
        bool sentenceEnded = true;
        for (size_t i = 0; i <= prose.size(); ++i) {
            const bool last = i == prose.size();
            while (next < places.size() && (last || (sentenceEnded && places[next].first <= i))) {
                builder.add(statements[places[next].second], m_spec.trainContext);
                ++next;
            }
            if (!last) {
                builder.add(prose[i], m_spec.trainContext);
                const std::string_view bytes = tokenizer.pieceBytes(prose[i]);
                sentenceEnded = !bytes.empty() && (bytes.back() == '.' || bytes.back() == '!' || bytes.back() == '?');
            }
        }
        for (const int64_t index : shuffledOrder(static_cast<int64_t>(asked.size()), random.next())) {
            builder.add(asked[static_cast<size_t>(index)].question, false);
            builder.add(asked[static_cast<size_t>(index)].answer, true);
        }
        return {builder.take(), "generated facts in " + origin};
    }

    DataSpec m_spec;
    DataContext m_context;
    DataReport m_report;
    Prose m_prose;
    NameStock m_names;
};

}  // namespace

Result<std::unique_ptr<DataSource>> openNeedleSource(const DataSpec& spec, const DataContext& context) {
    auto source = std::make_unique<NeedleSource>(spec, context);
    LECTERN_TRY(source->load());
    return std::unique_ptr<DataSource>(std::move(source));
}

}  // namespace lectern
