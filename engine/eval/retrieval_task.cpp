#include "engine/eval/retrieval_task.h"

#include <algorithm>
#include <array>
#include <random>

namespace lectern {
namespace {

// Room for the reply inside contextTokens.
constexpr int64_t kReplyTokens = 32;

constexpr std::string_view kTaskSentence =
    "There is an important piece of information hidden inside a lot of irrelevant text. Find it and memorize it.";
constexpr std::string_view kFiller =
    " The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.";

struct FactKind {
    std::string_view statement;  ///< %n the thing, %v the value
    std::string_view question;
};

// Kinds of fact as a manual or a novel might state them; values are drawn per trial.
constexpr std::array kFactKinds{
    FactKind{"The access code of the %n is %v.", "What is the access code of the %n?"},
    FactKind{"The serial number of the %n is %v.", "What is the serial number of the %n?"},
    FactKind{"The telephone number of the %n is %v.", "What is the telephone number of the %n?"},
    FactKind{"The %n was built for exactly %v crowns.", "For how many crowns was the %n built?"},
};
constexpr std::array<std::string_view, 16> kPlaces{"Marlow", "Ashby",  "Tarrant", "Elstow",  "Quorn",  "Hadley",
                                                   "Brent",  "Corwen", "Dunmore", "Fairlie", "Gorran", "Ilsham",
                                                   "Kelso",  "Lydney", "Orford",  "Penzie"};
constexpr std::array<std::string_view, 12> kThings{"library",    "harbour", "observatory", "archive",
                                                   "station",    "museum",  "mill",        "workshop",
                                                   "laboratory", "chapel",  "theatre",     "school"};

uint64_t below(std::mt19937_64& random, uint64_t bound) {
    return random() % bound;
}

std::string fiveDigits(std::mt19937_64& random) {
    return std::to_string(10000 + below(random, 90000));
}

std::string fillIn(std::string_view pattern, const std::string& thing, const std::string& value) {
    std::string text;
    for (size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '%' && i + 1 < pattern.size()) {
            text += pattern[++i] == 'n' ? thing : value;
        } else {
            text += pattern[i];
        }
    }
    return text;
}

std::vector<TokenId> continuation(const Tokenizer& tokenizer, std::string_view text) {
    return tokenizer.encode(text, {.bos = false, .dummyPrefix = false});
}

std::vector<TokenId> questionTokens(const Tokenizer& tokenizer, const std::string& question) {
    return continuation(tokenizer, "\n\nQuestion: " + question + "\nAnswer:");
}

void append(std::vector<TokenId>& target, std::span<const TokenId> tokens) {
    target.insert(target.end(), tokens.begin(), tokens.end());
}

Error tooShort(int64_t contextTokens) {
    return {ErrorCode::InvalidInput,
            "A context of " + std::to_string(contextTokens) + " tokens is too short for this task."};
}

/// A token that ends a sentence in running text: facts are inserted behind one, never inside a word.
bool endsSentence(const Tokenizer& tokenizer, TokenId id) {
    const std::string_view bytes = tokenizer.pieceBytes(id);
    return !bytes.empty() && (bytes.back() == '.' || bytes.back() == '!' || bytes.back() == '?');
}

}  // namespace

Result<RetrievalTask> makePasskeyTask(const Tokenizer& tokenizer, int64_t contextTokens, double depth, uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::string key = fiveDigits(random);
    RetrievalTask task;
    task.expected = key;
    task.depth = depth;
    task.fact = "The pass key is " + key + ". Remember it. " + key + " is the pass key.";
    task.question = questionTokens(tokenizer, "What is the pass key?");
    task.document = tokenizer.encode(kTaskSentence, {.bos = true});
    const std::vector<TokenId> filler = continuation(tokenizer, kFiller);
    const std::vector<TokenId> line = continuation(tokenizer, " " + task.fact);
    const int64_t room =
        contextTokens - kReplyTokens - static_cast<int64_t>(task.document.size() + task.question.size() + line.size());
    if (room < 0) {
        return tooShort(contextTokens);
    }
    const int64_t units = room / static_cast<int64_t>(filler.size());
    const auto before = static_cast<int64_t>(depth * static_cast<double>(units));
    for (int64_t unit = 0; unit <= units; ++unit) {
        if (unit == before) {
            const auto begin = static_cast<int64_t>(task.document.size());
            append(task.document, line);
            task.factTokens = {begin, static_cast<int64_t>(task.document.size())};
        }
        if (unit < units) {
            append(task.document, filler);
        }
    }
    return task;
}

Result<RetrievalTask> makeNeedleTask(const Tokenizer& tokenizer, std::string_view haystack, int64_t contextTokens,
                                     double depth, int32_t needles, uint64_t seed) {
    std::mt19937_64 random(seed);
    struct Needle {
        std::string statement, question, value;
        std::vector<TokenId> tokens;
        double depth;
    };
    std::vector<Needle> facts;
    std::vector<std::string> used;
    int64_t needleTokens = 0;
    while (static_cast<int32_t>(facts.size()) < std::max(1, needles)) {
        const FactKind& kind = kFactKinds[below(random, kFactKinds.size())];
        const std::string thing = std::string(kPlaces[below(random, kPlaces.size())]) + " " +
                                  std::string(kThings[below(random, kThings.size())]);
        const std::string value = fiveDigits(random);
        if (std::find(used.begin(), used.end(), thing) != used.end()) {
            continue;
        }
        used.push_back(thing);
        Needle needle{fillIn(kind.statement, thing, value), fillIn(kind.question, thing, value), value, {}, depth};
        if (!facts.empty()) {
            needle.depth = static_cast<double>(below(random, 10000)) / 10000;
        }
        needle.tokens = continuation(tokenizer, " " + needle.statement);
        needleTokens += static_cast<int64_t>(needle.tokens.size());
        facts.push_back(std::move(needle));
    }

    RetrievalTask task;
    task.expected = facts[0].value;
    task.fact = facts[0].statement;
    task.depth = depth;
    task.question = questionTokens(tokenizer, facts[0].question);
    const int64_t room = contextTokens - kReplyTokens - needleTokens - static_cast<int64_t>(task.question.size()) - 1;
    if (room < 64 || haystack.size() < 256) {
        return tooShort(contextTokens);
    }
    // Prose from a random place on, wrapped around when the text is short; about four bytes a token, with reserve.
    std::vector<TokenId> prose;
    size_t offset = below(random, haystack.size());
    offset = std::min(haystack.find(' ', offset), haystack.size() - 1);
    while (static_cast<int64_t>(prose.size()) < room) {
        const size_t take = std::min(haystack.size() - offset, static_cast<size_t>(room) * 8);
        append(prose, continuation(tokenizer, haystack.substr(offset, take)));
        offset = (offset + take) % haystack.size();
    }
    prose.resize(static_cast<size_t>(room));

    const Needle asked = facts[0];
    std::sort(facts.begin(), facts.end(), [](const Needle& a, const Needle& b) { return a.depth < b.depth; });
    task.document.push_back(tokenizer.bosToken());
    size_t next = 0;
    for (size_t i = 0; i < prose.size(); ++i) {
        task.document.push_back(prose[i]);
        const bool last = i + 1 == prose.size();
        while (next < facts.size() &&
               (last || (static_cast<double>(i) >= facts[next].depth * static_cast<double>(prose.size()) &&
                         endsSentence(tokenizer, prose[i])))) {
            const auto begin = static_cast<int64_t>(task.document.size());
            append(task.document, facts[next].tokens);
            if (facts[next].statement == asked.statement) {
                task.factTokens = {begin, static_cast<int64_t>(task.document.size())};
            }
            ++next;
        }
    }
    return task;
}

}  // namespace lectern
