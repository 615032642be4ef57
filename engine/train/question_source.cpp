// Question sets: paragraphs with questions and answers. A sequence hides the asked paragraphs among others up to the
// drawn length, asks several questions (half of them about paragraphs already asked about) and trains the answers.

#include <algorithm>

#include "engine/eval/question_set.h"
#include "engine/train/sequence_builder.h"

namespace lectern {
namespace {

constexpr uint64_t kDrawStream = 0x71756573, kHeldDrawStream = 0x71686c64, kHoldStream = 0x71736574;
constexpr int64_t kHeldOutSequences = 256;

class QuestionSource final : public DataSource {
  public:
    QuestionSource(const DataSpec& spec, const DataContext& context) : m_spec(spec), m_context(context) {
        m_report.kind = name(spec.kind);
    }

    Result<void> load() {
        std::vector<SetParagraph> all;
        for (const std::string& path : m_spec.paths) {
            LECTERN_ASSIGN(const std::vector<SetParagraph> read, readQuestionSet(path));
            all.insert(all.end(), read.begin(), read.end());
        }
        int64_t index = 0;
        for (SetParagraph& paragraph : all) {
            auto& list = isHeldOut(m_context, kHoldStream, index++) ? m_held : m_trained;
            list.push_back(std::move(paragraph));
        }
        if (m_trained.size() < 2) {
            return Error{ErrorCode::InvalidInput, "The question sets hold fewer than two paragraphs to train on."};
        }
        m_report.documents = static_cast<int64_t>(m_trained.size() + m_held.size());
        m_report.heldOut = static_cast<int64_t>(m_held.size());
        return {};
    }

    Result<DataSequence> sequence(int64_t index) override {
        KeyedRandom random({m_context.seed, kDrawStream, static_cast<uint64_t>(index)});
        return make(m_trained, random);
    }

    Result<DataSequence> heldOut(int64_t index) override {
        if (m_held.size() < 2 || index >= kHeldOutSequences) {
            return DataSequence{};
        }
        KeyedRandom random({m_context.seed, kHeldDrawStream, static_cast<uint64_t>(index)});
        return make(m_held, random);
    }

    const DataReport& report() const override { return m_report; }

  private:
    struct Asked {
        size_t paragraph = 0;
        size_t question = 0;  ///< its place among the paragraph's
        EncodedQuestion encoded;
    };

    /// A question of a random paragraph, or of one that is `present`; when it is to stay unanswered, its paragraph is
    /// left out of the context.
    bool drawQuestion(const std::vector<SetParagraph>& from, const std::vector<size_t>& present, KeyedRandom& random,
                      bool unanswerable, Asked& asked) const {
        // A short context has room for one paragraph, and most paragraphs have several questions.
        const bool again = !unanswerable && !present.empty() && random.below(2) == 0;
        for (int tries = 0; tries < 64; ++tries) {
            asked.paragraph = again ? present[random.below(present.size())] : random.below(from.size());
            const SetParagraph& paragraph = from[asked.paragraph];
            if (paragraph.questions.empty()) {
                continue;
            }
            asked.question = random.below(paragraph.questions.size());
            const SetQuestion& question = paragraph.questions[asked.question];
            const bool refused = unanswerable || question.answers.empty();
            asked.encoded =
                encodeQuestion(m_context, question.question, refused ? m_spec.refusal : question.answers.front());
            return true;
        }
        return false;
    }

    Result<DataSequence> make(const std::vector<SetParagraph>& from, KeyedRandom& random) const {
        const int64_t length = drawLength(m_spec, m_context, random);
        std::vector<size_t> chosen;
        std::vector<std::vector<TokenId>> texts;
        std::vector<Asked> asked;
        std::vector<size_t> absent;
        int64_t used = 2;  // BOS and the dummy prefix
        const auto separator = m_context.tokenizer->encode("\n\n", {.bos = false, .dummyPrefix = false});
        const auto include = [&](size_t paragraph, bool required) {
            if (std::find(chosen.begin(), chosen.end(), paragraph) != chosen.end()) {
                return true;
            }
            if (std::find(absent.begin(), absent.end(), paragraph) != absent.end()) {
                return false;
            }
            auto tokens = m_context.tokenizer->encode(from[paragraph].text, {.bos = false, .dummyPrefix = false});
            const auto size = static_cast<int64_t>(tokens.size() + separator.size());
            if (used + size > length && !(required && chosen.empty())) {
                return false;
            }
            used += size;
            chosen.push_back(paragraph);
            texts.push_back(std::move(tokens));
            return true;
        };
        const auto wanted = static_cast<size_t>(m_spec.questions);
        for (size_t tries = 0; tries < 4 * wanted && asked.size() < wanted; ++tries) {
            Asked next;
            const bool unanswerable = random.uniform() < m_spec.unanswerable;
            if (!drawQuestion(from, chosen, random, unanswerable, next) || used + next.encoded.size() > length) {
                continue;
            }
            const bool repeated = std::any_of(asked.begin(), asked.end(), [&](const Asked& other) {
                return other.paragraph == next.paragraph && other.question == next.question;
            });
            if (repeated) {
                continue;
            }
            used += next.encoded.size();
            const bool known = std::find(chosen.begin(), chosen.end(), next.paragraph) != chosen.end();
            if (unanswerable ? known : !include(next.paragraph, asked.empty())) {
                used -= next.encoded.size();
                continue;
            }
            if (unanswerable) {
                absent.push_back(next.paragraph);
            }
            asked.push_back(std::move(next));
        }
        for (int misses = 0; misses < 8;) {
            const size_t before = chosen.size();
            include(random.below(from.size()), false);
            misses += chosen.size() == before ? 1 : 0;
        }
        return assemble(from, chosen, texts, asked, random);
    }

    DataSequence assemble(const std::vector<SetParagraph>& from, const std::vector<size_t>& chosen,
                          const std::vector<std::vector<TokenId>>& texts, const std::vector<Asked>& asked,
                          KeyedRandom& random) const {
        SequenceBuilder builder(*m_context.tokenizer);
        builder.bos();
        bool first = true;
        for (const int64_t text : shuffledOrder(static_cast<int64_t>(texts.size()), random.next())) {
            // The first paragraph begins the document, with its prefix; the others continue it.
            if (first) {
                builder.document(from[chosen[static_cast<size_t>(text)]].text, m_spec.trainContext);
            } else {
                builder.continuation("\n\n", m_spec.trainContext);
                builder.add(texts[static_cast<size_t>(text)], m_spec.trainContext);
            }
            first = false;
        }
        for (const Asked& question : asked) {
            builder.add(question.encoded.question, false);
            builder.add(question.encoded.answer, true);
        }
        DataSequence made{builder.take(), "question set"};
        // A single paragraph longer than the sequence loses its end, not its question.
        const auto most = static_cast<size_t>(m_context.sequenceTokens);
        if (made.sequence.tokens.size() > most) {
            const auto surplus = static_cast<std::ptrdiff_t>(made.sequence.tokens.size() - most);
            const auto context = static_cast<std::ptrdiff_t>(texts.empty() ? 1 : texts.front().size()) + 1;
            const auto cut = std::max<std::ptrdiff_t>(1, context - surplus);
            made.sequence.tokens.erase(made.sequence.tokens.begin() + cut,
                                       made.sequence.tokens.begin() + cut + surplus);
            made.sequence.trained.erase(made.sequence.trained.begin() + cut,
                                        made.sequence.trained.begin() + cut + surplus);
        }
        return made;
    }

    DataSpec m_spec;
    DataContext m_context;
    DataReport m_report;
    std::vector<SetParagraph> m_trained, m_held;
};

}  // namespace

Result<std::unique_ptr<DataSource>> openQuestionSource(const DataSpec& spec, const DataContext& context) {
    auto source = std::make_unique<QuestionSource>(spec, context);
    LECTERN_TRY(source->load());
    return std::unique_ptr<DataSource>(std::move(source));
}

}  // namespace lectern
