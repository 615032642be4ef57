#include "engine/eval/citation_eval.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <random>

#include "engine/attention/citation.h"
#include "engine/text/sentences.h"

namespace lectern {
namespace {

/// The document's bytes, and where each token's begin in them.
struct DocumentText {
    std::string text;
    std::vector<int64_t> starts;  ///< [tokens + 1]

    DocumentText(const Tokenizer& tokenizer, std::span<const TokenId> tokens) {
        for (const TokenId token : tokens) {
            starts.push_back(static_cast<int64_t>(text.size()));
            text += tokenizer.pieceBytes(token);
        }
        starts.push_back(static_cast<int64_t>(text.size()));
    }
    std::string_view passage(TokenRange tokens) const {
        const auto last = static_cast<int64_t>(starts.size()) - 1;
        const ByteRange bytes{starts[static_cast<size_t>(std::clamp<int64_t>(tokens.begin, 0, last))],
                              starts[static_cast<size_t>(std::clamp<int64_t>(tokens.end, 0, last))]};
        const ByteRange wide = expandToSentences(text, bytes);
        return std::string_view(text).substr(static_cast<size_t>(wide.begin), static_cast<size_t>(wide.size()));
    }
};

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || byte >= 0x80) {
            word.push_back(static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte));
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (!word.empty()) {
        words.push_back(std::move(word));
    }
    return words;
}

CitationTrial judge(const FinishedTrial& finished, const Tokenizer& tokenizer) {
    CitationTrial judged{finished.trial, "", false, false, false, false};
    const auto question = std::find_if(finished.task.questions.begin(), finished.task.questions.end(),
                                       [&](const auto& each) { return each.question == finished.trial.question; });
    const std::string& fact = question->fact;
    const DocumentText document(tokenizer, finished.task.document);
    const TokenRange whole{0, finished.trial.documentTokens};
    const std::vector<CitedRange> ranges = rankCitations(finished.trace, finished.generation.contextTokens, whole);
    const auto contains = [&](std::string_view passage) { return passage.find(fact) != std::string_view::npos; };
    for (const CitedRange& range : ranges) {
        judged.anyCited = judged.anyCited || contains(document.passage(range.tokens));
    }
    int64_t span = finished.trace.regionTokens;
    if (!ranges.empty()) {
        judged.passage = document.passage(ranges.front().tokens);
        judged.cited = contains(judged.passage);
        span = ranges.front().tokens.size();
    }
    std::mt19937_64 random(finished.trial.seed ^ static_cast<uint64_t>(finished.trial.factTokens.begin));
    const int64_t regions = std::max<int64_t>(1, (whole.end - span) / finished.trace.regionTokens);
    const int64_t begin = static_cast<int64_t>(random() % static_cast<uint64_t>(regions)) * finished.trace.regionTokens;
    judged.randomRight = contains(document.passage({begin, begin + span}));
    judged.lexicalRight = contains(lexicalPassage(document.text, finished.trial.question));
    return judged;
}

}  // namespace

std::string_view lexicalPassage(std::string_view text, std::string_view question) {
    constexpr double kSaturation = 1.2, kLengthShare = 0.75;
    std::map<std::string, double> wanted;
    for (std::string& word : wordsOf(question)) {
        wanted.emplace(std::move(word), 0.0);
    }
    struct Counted {
        ByteRange bytes;
        std::map<std::string, int> matches;
        double length = 0;
    };
    std::vector<Counted> sentences;
    double totalLength = 0;
    for (const ByteRange& bytes : splitSentences(text)) {
        Counted counted{bytes, {}, 0};
        for (const std::string& word :
             wordsOf(text.substr(static_cast<size_t>(bytes.begin), static_cast<size_t>(bytes.size())))) {
            counted.length += 1;
            if (wanted.contains(word)) {
                ++counted.matches[word];
            }
        }
        for (const auto& [word, times] : counted.matches) {
            wanted[word] += 1;
        }
        totalLength += counted.length;
        sentences.push_back(std::move(counted));
    }
    const auto count = static_cast<double>(sentences.size());
    const double meanLength = totalLength / std::max(1.0, count);
    double best = 0;
    std::string_view passage;
    for (const Counted& sentence : sentences) {
        double score = 0;
        for (const auto& [word, times] : sentence.matches) {
            const double rarity = std::log(1 + (count - wanted[word] + 0.5) / (wanted[word] + 0.5));
            const double normal = kSaturation * (1 - kLengthShare + kLengthShare * sentence.length / meanLength);
            score += rarity * times * (kSaturation + 1) / (times + normal);
        }
        if (score > best) {
            best = score;
            passage =
                text.substr(static_cast<size_t>(sentence.bytes.begin), static_cast<size_t>(sentence.bytes.size()));
        }
    }
    return passage;
}

Result<std::vector<CitationTrial>> runCitations(const LoadedModel& loaded, const RetrievalSpec& spec,
                                                const MakeTask& makeTask,
                                                const std::function<void(const CitationTrial&)>& onTrial,
                                                std::stop_token stop) {
    std::vector<CitationTrial> judged;
    const auto onTrace = [&](const FinishedTrial& finished) {
        judged.push_back(judge(finished, loaded.model->tokenizer()));
        if (onTrial) {
            onTrial(judged.back());
        }
    };
    LECTERN_TRY(runRetrieval(loaded, spec, makeTask, nullptr, stop, onTrace));
    return judged;
}

}  // namespace lectern
