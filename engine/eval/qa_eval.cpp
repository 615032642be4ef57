#include "engine/eval/qa_eval.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "engine/eval/retrieval_eval.h"
#include "engine/text/prompt_template.h"

namespace lectern {
namespace {

constexpr int32_t kReplyTokens = 48;

struct Asked {
    size_t paragraph = 0;
    size_t question = 0;
    bool leftOut = false;
};

template <class T>
void shuffle(std::vector<T>& list, std::mt19937_64& random) {
    // std::shuffle's draws differ between standard libraries.
    for (size_t i = list.size(); i > 1; --i) {
        std::swap(list[i - 1], list[random() % i]);
    }
}

class QaRun {
  public:
    QaRun(const LoadedModel& loaded, const std::vector<SetParagraph>& paragraphs, const QaSpec& spec)
        : m_loaded(loaded), m_paragraphs(paragraphs), m_spec(spec), m_random(spec.seed) {}

    Result<QaReport> run(const std::function<void(const QaTrial&)>& onTrial, std::stop_token stop) {
        for (const std::vector<Asked>& group : groups(drawQuestions())) {
            LECTERN_TRY(askGroup(group, onTrial, stop));
        }
        return std::move(m_report);
    }

  private:
    std::vector<Asked> drawQuestions() {
        std::vector<Asked> all;
        for (size_t p = 0; p < m_paragraphs.size(); ++p) {
            for (size_t q = 0; q < m_paragraphs[p].questions.size(); ++q) {
                all.push_back({p, q, false});
            }
        }
        shuffle(all, m_random);
        if (m_spec.questions > 0 && all.size() > static_cast<size_t>(m_spec.questions)) {
            all.resize(static_cast<size_t>(m_spec.questions));
        }
        for (Asked& asked : all) {
            asked.leftOut = static_cast<double>(m_random() >> 11) * 0x1p-53 < m_spec.unanswerable;
        }
        return all;
    }

    /// Questions that share a context: those of one paragraph when it stands alone, else so many in a row.
    std::vector<std::vector<Asked>> groups(std::vector<Asked> asked) const {
        const bool alone = m_spec.contextTokens == 0;
        if (alone) {
            std::stable_sort(asked.begin(), asked.end(),
                             [](const Asked& a, const Asked& b) { return a.paragraph < b.paragraph; });
        }
        std::vector<std::vector<Asked>> groups;
        for (const Asked& each : asked) {
            const bool joins =
                !groups.empty() && (alone ? groups.back().front().paragraph == each.paragraph
                                          : groups.back().size() < static_cast<size_t>(std::max(1, m_spec.perContext)));
            if (!joins) {
                groups.emplace_back();
            }
            groups.back().push_back(each);
        }
        return groups;
    }

    std::vector<TokenId> continuation(const std::string& text) const {
        return m_loaded.model->tokenizer().encode(text, {.bos = false, .dummyPrefix = false});
    }
    std::vector<TokenId> questionTokens(const Asked& asked) const {
        return continuation(m_prompt.renderQuestion(m_paragraphs[asked.paragraph].questions[asked.question].question));
    }

    /// The paragraphs of a hidden context in random order: those asked about, then random others while they fit.
    std::vector<size_t> fill(const std::vector<Asked>& group, std::vector<bool>& fits) {
        size_t longest = 0;
        for (const Asked& asked : group) {
            longest = std::max(longest, questionTokens(asked).size());
        }
        int64_t room = m_spec.contextTokens - kReplyTokens - static_cast<int64_t>(longest) - 2;
        const int64_t separator = static_cast<int64_t>(continuation("\n\n").size());
        std::vector<size_t> chosen, absent;
        const auto include = [&](size_t paragraph) {
            if (std::find(chosen.begin(), chosen.end(), paragraph) != chosen.end()) {
                return true;
            }
            const auto size = static_cast<int64_t>(continuation(m_paragraphs[paragraph].text).size()) + separator;
            if (size > room) {
                return false;
            }
            room -= size;
            chosen.push_back(paragraph);
            return true;
        };
        for (const Asked& asked : group) {
            if (asked.leftOut) {
                absent.push_back(asked.paragraph);
            }
        }
        const auto isAbsent = [&](size_t paragraph) {
            return std::find(absent.begin(), absent.end(), paragraph) != absent.end();
        };
        for (size_t i = 0; i < group.size(); ++i) {
            fits[i] = group[i].leftOut || (!isAbsent(group[i].paragraph) && include(group[i].paragraph));
        }
        // Random others; a few that are too long do not end it.
        constexpr int kMisses = 8;
        std::vector<size_t> others(m_paragraphs.size());
        std::iota(others.begin(), others.end(), size_t{0});
        shuffle(others, m_random);
        int misses = 0;
        for (size_t i = 0; i < others.size() && misses < kMisses; ++i) {
            misses += !isAbsent(others[i]) && !include(others[i]) ? 1 : 0;
        }
        shuffle(chosen, m_random);
        return chosen;
    }

    Result<void> askGroup(const std::vector<Asked>& group, const std::function<void(const QaTrial&)>& onTrial,
                          std::stop_token stop) {
        std::vector<bool> fits(group.size(), true);
        const bool alone = m_spec.contextTokens == 0;
        const std::vector<size_t> texts = alone ? std::vector{group.front().paragraph} : fill(group, fits);
        m_report.skipped += std::count(fits.begin(), fits.end(), false);
        if (texts.empty() || std::none_of(fits.begin(), fits.end(), [](bool each) { return each; })) {
            return {};
        }
        const Tokenizer& tokenizer = m_loaded.model->tokenizer();
        std::vector<TokenId> document = tokenizer.encode(m_paragraphs[texts.front()].text, {.bos = true});
        for (size_t i = 1; i < texts.size(); ++i) {
            const std::vector<TokenId> next = continuation("\n\n" + m_paragraphs[texts[i]].text);
            document.insert(document.end(), next.begin(), next.end());
        }
        int64_t capacity = m_spec.contextTokens;
        for (const Asked& asked : group) {
            capacity =
                std::max(capacity, static_cast<int64_t>(document.size() + questionTokens(asked).size()) + kReplyTokens);
        }
        LECTERN_ASSIGN(DocumentReading reading, DocumentReading::read(m_loaded, document, capacity, stop));
        for (size_t i = 0; i < group.size(); ++i) {
            if (!fits[i]) {
                continue;
            }
            const SetParagraph& paragraph = m_paragraphs[group[i].paragraph];
            const SetQuestion& question = paragraph.questions[group[i].question];
            LECTERN_ASSIGN(const Generation generation, reading.answer(questionTokens(group[i]), kReplyTokens, stop));
            QaTrial trial{paragraph.title,
                          question.question,
                          normalizedAnswer(generation.text),
                          group[i].leftOut ? std::vector<std::string>{} : question.answers,
                          {},
                          static_cast<int64_t>(document.size())};
            trial.score = scoreAnswer(trial.answer, trial.accepted, m_spec.refusal);
            if (onTrial) {
                onTrial(trial);
            }
            m_report.trials.push_back(std::move(trial));
        }
        return {};
    }

    const LoadedModel& m_loaded;
    const std::vector<SetParagraph>& m_paragraphs;
    const QaSpec& m_spec;
    PromptTemplate m_prompt = defaultPromptTemplate();
    std::mt19937_64 m_random;
    QaReport m_report;
};

}  // namespace

Result<QaReport> runQuestions(const LoadedModel& loaded, const std::vector<SetParagraph>& paragraphs,
                              const QaSpec& spec, const std::function<void(const QaTrial&)>& onTrial,
                              std::stop_token stop) {
    if (spec.unanswerable > 0 && spec.contextTokens == 0) {
        return Error{ErrorCode::InvalidInput,
                     "Paragraphs can only be left out of a context of others: unanswerable questions need a context "
                     "length."};
    }
    LECTERN_ASSIGN(QaReport report, QaRun(loaded, paragraphs, spec).run(onTrial, stop));
    if (report.trials.empty()) {
        return Error{ErrorCode::InvalidInput, report.skipped > 0 ? "No asked paragraph fits a context of " +
                                                                       std::to_string(spec.contextTokens) + " tokens."
                                                                 : std::string("The question set has no questions.")};
    }
    return report;
}

}  // namespace lectern
