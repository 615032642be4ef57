// Questions made from the documents themselves: a word left out of a sentence (cloze), a quotation to continue, and a
// name or number asked for by some of its sentence's words (keywords).
// They teach looking things up, not understanding, and are labelled as what they are.

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>

#include "engine/train/prose.h"

namespace lectern {
namespace {

constexpr uint64_t kDrawStream = 0x636c6f7a, kHeldDrawStream = 0x63686c64;
constexpr int64_t kHeldOutSequences = 256;
constexpr int64_t kQuestionTokens = 96;  // a usual question with its answer
constexpr std::string_view kBlank = "____";

bool isWordByte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80) != 0 ||
           c == '\'' || c == '-';
}

std::vector<ByteRange> words(std::string_view text) {
    std::vector<ByteRange> found;
    for (size_t i = 0; i < text.size();) {
        if (!isWordByte(text[i])) {
            ++i;
            continue;
        }
        const size_t begin = i;
        while (i < text.size() && isWordByte(text[i])) {
            ++i;
        }
        found.push_back({static_cast<int64_t>(begin), static_cast<int64_t>(i)});
    }
    return found;
}

std::string_view sub(std::string_view text, ByteRange range) {
    return text.substr(static_cast<size_t>(range.begin), static_cast<size_t>(range.size()));
}

/// White space of any kind becomes one space: quotations are asked for as one line.
std::string oneLine(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (!space) {
            out.push_back(c);
        } else if (!out.empty() && out.back() != ' ') {
            out.push_back(' ');
        }
    }
    return out;
}

enum class Made { Cloze, Quotation, Keywords };

struct MadeQuestion {
    std::string question, answer;
    Made kind = Made::Cloze;
};

/// Leaves out the rarest word of the passage that the sentence has, but never its first.
std::optional<MadeQuestion> makeCloze(std::string_view sentence,
                                      const std::map<std::string, int, std::less<>>& counts) {
    const std::vector<ByteRange> list = words(sentence);
    ByteRange best;
    int rarest = 1 << 30;
    for (size_t i = 1; i < list.size(); ++i) {
        const std::string_view word = sub(sentence, list[i]);
        const auto found = counts.find(word);
        const int count = found == counts.end() ? 1 : found->second;
        const bool number = std::isdigit(static_cast<unsigned char>(word.front())) != 0;
        if ((word.size() >= 4 || number) && count < rarest) {
            rarest = count;
            best = list[i];
        }
    }
    if (best.size() == 0) {
        return std::nullopt;
    }
    std::string blanked(sentence);
    blanked.replace(static_cast<size_t>(best.begin), static_cast<size_t>(best.size()), kBlank);
    return MadeQuestion{"Which word is missing in this sentence of the text: \"" + oneLine(blanked) + "\"?",
                        std::string(sub(sentence, best)), Made::Cloze};
}

/// Quotes the first half of a sentence.
std::optional<MadeQuestion> makeQuotation(std::string_view sentence) {
    const std::vector<ByteRange> list = words(sentence);
    if (list.size() < 8) {
        return std::nullopt;
    }
    const auto cut = static_cast<size_t>(list[list.size() / 2].begin);
    return MadeQuestion{
        "How does the sentence of the text that begins with \"" + oneLine(sentence.substr(0, cut)) + "\" go on?",
        oneLine(sentence.substr(cut)), Made::Quotation};
}

constexpr auto kNameQuestions = std::to_array<std::string_view>(
    {"Who or what %k?", "Which name %k?", "Who %k?", "What %k?", "Where %k?", "Which %k?"});
constexpr auto kNumberQuestions = std::to_array<std::string_view>(
    {"How many %k?", "Which number %k?", "When %k?", "In which year %k?", "How much %k?"});

bool isUpper(char c) {
    return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// Runs of names ("Gustave Eiffel") and numbers behind the sentence's first word: what can be asked for.
std::vector<ByteRange> namesAndNumbers(std::string_view sentence, const std::vector<ByteRange>& list) {
    std::vector<ByteRange> found;
    for (size_t i = 1; i < list.size(); ++i) {
        const std::string_view word = sub(sentence, list[i]);
        const bool joins = !found.empty() && isUpper(word.front()) && word.size() > 1 &&
                           isUpper(sentence[static_cast<size_t>(found.back().begin)]) &&
                           list[i].begin == found.back().end + 1 &&
                           sentence[static_cast<size_t>(found.back().end)] == ' ';
        if (joins) {
            found.back().end = list[i].end;
        } else if (isDigit(word.front()) || (isUpper(word.front()) && word.size() > 2)) {
            found.push_back(list[i]);
        }
    }
    return found;
}

/// Asks for a name or number by seven in ten of its sentence's longer words, half the time out of their order: close to
/// a question in other words than the text's, of which there are never enough.
std::optional<MadeQuestion> makeKeywords(std::string_view sentence, KeyedRandom& random) {
    constexpr size_t kFewest = 3, kMost = 9, kShortest = 4;
    const std::vector<ByteRange> list = words(sentence);
    const std::vector<ByteRange> candidates = namesAndNumbers(sentence, list);
    if (candidates.empty()) {
        return std::nullopt;
    }
    const ByteRange answer = candidates[random.below(candidates.size())];
    std::vector<std::string_view> kept;
    for (const ByteRange& word : list) {
        const bool inside = word.begin >= answer.begin && word.end <= answer.end;
        const std::string_view text = sub(sentence, word);
        const bool content = text.size() >= kShortest || isUpper(text.front()) || isDigit(text.front());
        if (!inside && content && random.below(10) < 7 && kept.size() < kMost) {
            kept.push_back(text);
        }
    }
    if (kept.size() < kFewest) {
        return std::nullopt;
    }
    if (random.below(2) == 0) {
        for (size_t i = kept.size(); i > 1; --i) {
            std::swap(kept[i - 1], kept[random.below(i)]);
        }
    }
    const std::string asked(sub(sentence, answer));
    const std::string_view pattern =
        isDigit(asked.front()) ? pick(random, kNumberQuestions) : pick(random, kNameQuestions);
    std::string joined;
    for (const std::string_view word : kept) {
        joined.append(joined.empty() ? "" : " ").append(word);
    }
    std::string question(pattern);
    question.replace(question.find("%k"), 2, joined);
    return MadeQuestion{std::move(question), asked, Made::Keywords};
}

class DocumentQuestionSource final : public DataSource {
  public:
    DocumentQuestionSource(const DataSpec& spec, const DataContext& context) : m_spec(spec), m_context(context) {
        m_report.kind = name(spec.kind);
    }

    Result<void> load() {
        LECTERN_ASSIGN(m_prose, Prose::load(m_spec, m_context));
        m_report.documents = m_prose.documents();
        m_report.heldOut = m_prose.held();
        for (int64_t index = 0; index < 8; ++index) {
            LECTERN_ASSIGN(const DataSequence drawn, sequence(index));
            if (drawn.sequence.trainedTokens() > 0) {
                return {};
            }
        }
        return Error{ErrorCode::InvalidInput,
                     "No questions could be made from the documents: they have no sentences of 30 to 400 bytes, or the "
                     "sequences are too short to hold a question beside them."};
    }

    Result<DataSequence> sequence(int64_t index) override { return make(index, false); }
    Result<DataSequence> heldOut(int64_t index) override {
        return index < kHeldOutSequences ? make(index, true) : DataSequence{};
    }
    const DataReport& report() const override { return m_report; }

  private:
    Result<DataSequence> make(int64_t index, bool held) const {
        KeyedRandom random({m_context.seed, held ? kHeldDrawStream : kDrawStream, static_cast<uint64_t>(index)});
        const int64_t length = drawLength(m_spec, m_context, random);
        // Room for the questions; what they leave unused stays unused.
        const int64_t room = length - 1 - std::min(length / 2, kQuestionTokens * m_spec.questions);
        const Prose::Passage passage = m_prose.draw(random, room, held);
        auto tokens = m_context.tokenizer->encodeWithOffsets(passage.text, {});
        tokens.resize(std::min(tokens.size(), static_cast<size_t>(room)));
        const std::string_view seen =
            std::string_view(passage.text).substr(0, tokens.empty() ? 0 : static_cast<size_t>(tokens.back().bytes.end));

        const std::vector<ByteRange> sentences = findSentences(seen);
        std::map<std::string, int, std::less<>> counts;
        for (const ByteRange& word : words(seen)) {
            ++counts[std::string(sub(seen, word))];
        }
        SequenceBuilder builder(*m_context.tokenizer);
        builder.bos();
        for (const auto& token : tokens) {
            builder.add(token.id, m_spec.trainContext);
        }
        std::array<int32_t, 3> made{};
        int32_t count = 0;
        for (int tries = 0; !sentences.empty() && tries < 4 * m_spec.questions && count < m_spec.questions; ++tries) {
            const std::string_view sentence = sub(seen, sentences[random.below(sentences.size())]);
            const bool keywords = m_spec.keywordShare > 0 && random.uniform() < m_spec.keywordShare;
            const auto question = keywords               ? makeKeywords(sentence, random)
                                  : random.below(2) == 0 ? makeCloze(sentence, counts)
                                                         : makeQuotation(sentence);
            if (!question) {
                continue;
            }
            const EncodedQuestion encoded = encodeQuestion(m_context, question->question, question->answer);
            if (builder.size() + encoded.size() > length) {
                continue;
            }
            builder.add(encoded.question, false);
            builder.add(encoded.answer, true);
            ++made[static_cast<size_t>(question->kind)];
            ++count;
        }
        std::string origin = "generated from " + passage.name + ": " + std::to_string(made[0]) + " cloze, " +
                             std::to_string(made[1]) + " quotation";
        if (made[2] > 0) {
            origin += ", " + std::to_string(made[2]) + " by keywords";
        }
        return DataSequence{builder.take(), std::move(origin)};
    }

    DataSpec m_spec;
    DataContext m_context;
    DataReport m_report;
    Prose m_prose;
};

}  // namespace

Result<std::unique_ptr<DataSource>> openDocumentQuestionSource(const DataSpec& spec, const DataContext& context) {
    auto source = std::make_unique<DocumentQuestionSource>(spec, context);
    LECTERN_TRY(source->load());
    return std::unique_ptr<DataSource>(std::move(source));
}

}  // namespace lectern
