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

/// What facts are made of; values are five digits drawn per fact.
struct FactParts {
    std::span<const FactKind> kinds;
    std::span<const std::string_view> places, things;
};

constexpr std::array kStandardKinds{
    FactKind{"The access code of the %n is %v.", "What is the access code of the %n?"},
    FactKind{"The serial number of the %n is %v.", "What is the serial number of the %n?"},
    FactKind{"The telephone number of the %n is %v.", "What is the telephone number of the %n?"},
    FactKind{"The %n was built for exactly %v crowns.", "For how many crowns was the %n built?"},
};
constexpr std::array<std::string_view, 16> kStandardPlaces{"Marlow", "Ashby",  "Tarrant", "Elstow",  "Quorn",  "Hadley",
                                                           "Brent",  "Corwen", "Dunmore", "Fairlie", "Gorran", "Ilsham",
                                                           "Kelso",  "Lydney", "Orford",  "Penzie"};
constexpr std::array<std::string_view, 12> kStandardThings{"library",    "harbour", "observatory", "archive",
                                                           "station",    "museum",  "mill",        "workshop",
                                                           "laboratory", "chapel",  "theatre",     "school"};

constexpr std::array kUnseenKinds{
    FactKind{"The registration number of the %n is %v.", "What is the registration number of the %n?"},
    FactKind{"The postal code of the %n is %v.", "What is the postal code of the %n?"},
    FactKind{"The %n weighs %v pounds.", "How many pounds does the %n weigh?"},
    FactKind{"The %n was insured for %v guilders.", "For how many guilders was the %n insured?"},
    FactKind{"The file on the %n carries the number %v.", "What number does the file on the %n carry?"},
};
constexpr std::array<std::string_view, 16> kUnseenPlaces{
    "Brackley", "Stroud", "Whitby", "Yarrow", "Tamworth", "Skelton",   "Rothwell", "Pickering",
    "Oakham",   "Newlyn", "Malton", "Ludlow", "Keswick",  "Ilminster", "Hexham",   "Garstang"};
constexpr std::array<std::string_view, 12> kUnseenThings{"windlass",    "monument", "barge",     "printing press",
                                                         "turnpike",    "aqueduct", "reservoir", "racecourse",
                                                         "brass clock", "carousel", "almshouse", "locomotive"};

FactParts partsOf(FactSet set) {
    return set == FactSet::Unseen ? FactParts{kUnseenKinds, kUnseenPlaces, kUnseenThings}
                                  : FactParts{kStandardKinds, kStandardPlaces, kStandardThings};
}

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

struct Needle {
    RetrievalQuestion question;
    std::vector<TokenId> statement;
    double depth = 0;
};

std::vector<Needle> drawNeedles(const Tokenizer& tokenizer, const NeedleSpec& spec, double depth,
                                std::mt19937_64& random) {
    const FactParts parts = partsOf(spec.facts);
    std::vector<Needle> needles;
    std::vector<std::string> used;
    while (static_cast<int32_t>(needles.size()) < spec.needles) {
        const FactKind& kind = parts.kinds[below(random, parts.kinds.size())];
        const std::string thing = std::string(parts.places[below(random, parts.places.size())]) + " " +
                                  std::string(parts.things[below(random, parts.things.size())]);
        const std::string value = fiveDigits(random);
        if (std::find(used.begin(), used.end(), thing) != used.end()) {
            continue;
        }
        used.push_back(thing);
        Needle needle;
        needle.depth = needles.empty() ? depth : static_cast<double>(below(random, 10000)) / 10000;
        needle.question.question = fillIn(kind.question, thing, value);
        needle.question.expected = value;
        needle.question.fact = fillIn(kind.statement, thing, value);
        needle.question.depth = needle.depth;
        needle.question.tokens = questionTokens(tokenizer, needle.question.question);
        needle.statement = continuation(tokenizer, " " + needle.question.fact);
        needles.push_back(std::move(needle));
    }
    return needles;
}

/// `room` tokens of prose from a random place on, wrapped around when the text is short.
std::vector<TokenId> drawProse(const Tokenizer& tokenizer, std::string_view haystack, int64_t room,
                               std::mt19937_64& random) {
    std::vector<TokenId> prose;
    size_t offset = below(random, haystack.size());
    offset = std::min(haystack.find(' ', offset), haystack.size() - 1);
    while (static_cast<int64_t>(prose.size()) < room) {
        // About four bytes a token, with reserve.
        const size_t take = std::min(haystack.size() - offset, static_cast<size_t>(room) * 8);
        append(prose, continuation(tokenizer, haystack.substr(offset, take)));
        offset = (offset + take) % haystack.size();
    }
    prose.resize(static_cast<size_t>(room));
    return prose;
}

}  // namespace

Result<RetrievalTask> makePasskeyTask(const Tokenizer& tokenizer, int64_t contextTokens, double depth, uint64_t seed) {
    std::mt19937_64 random(seed);
    const std::string key = fiveDigits(random);
    RetrievalTask task;
    RetrievalQuestion asked;
    asked.expected = key;
    asked.depth = depth;
    asked.fact = "The pass key is " + key + ". Remember it. " + key + " is the pass key.";
    asked.question = "What is the pass key?";
    asked.tokens = questionTokens(tokenizer, asked.question);
    task.document = tokenizer.encode(kTaskSentence, {.bos = true});
    const std::vector<TokenId> filler = continuation(tokenizer, kFiller);
    const std::vector<TokenId> line = continuation(tokenizer, " " + asked.fact);
    const int64_t room =
        contextTokens - kReplyTokens - static_cast<int64_t>(task.document.size() + asked.tokens.size() + line.size());
    if (room < 0) {
        return tooShort(contextTokens);
    }
    const int64_t units = room / static_cast<int64_t>(filler.size());
    const auto before = static_cast<int64_t>(depth * static_cast<double>(units));
    for (int64_t unit = 0; unit <= units; ++unit) {
        if (unit == before) {
            const auto begin = static_cast<int64_t>(task.document.size());
            append(task.document, line);
            asked.factTokens = {begin, static_cast<int64_t>(task.document.size())};
        }
        if (unit < units) {
            append(task.document, filler);
        }
    }
    task.questions.push_back(std::move(asked));
    return task;
}

Result<RetrievalTask> makeNeedleTask(const Tokenizer& tokenizer, std::string_view haystack, const NeedleSpec& spec,
                                     double depth, uint64_t seed) {
    if (spec.needles < 1 || spec.asked < 1 || spec.asked > spec.needles) {
        return Error{ErrorCode::InvalidInput, "Between 1 and " + std::to_string(std::max(1, spec.needles)) +
                                                  " of the hidden facts can be asked for."};
    }
    std::mt19937_64 random(seed);
    std::vector<Needle> needles = drawNeedles(tokenizer, spec, depth, random);
    int64_t used = kReplyTokens + 1;
    size_t longestQuestion = 0;
    for (int32_t i = 0; i < spec.needles; ++i) {
        const Needle& needle = needles[static_cast<size_t>(i)];
        used += static_cast<int64_t>(needle.statement.size());
        longestQuestion = std::max(longestQuestion, i < spec.asked ? needle.question.tokens.size() : 0);
    }
    const int64_t room = spec.contextTokens - used - static_cast<int64_t>(longestQuestion);
    if (room < 64 || haystack.size() < 256) {
        return tooShort(spec.contextTokens);
    }
    const std::vector<TokenId> prose = drawProse(tokenizer, haystack, room, random);
    std::vector<Needle*> byDepth;
    for (Needle& needle : needles) {
        byDepth.push_back(&needle);
    }
    std::stable_sort(byDepth.begin(), byDepth.end(),
                     [](const Needle* a, const Needle* b) { return a->depth < b->depth; });

    RetrievalTask task;
    task.document.push_back(tokenizer.bosToken());
    size_t next = 0;
    for (size_t i = 0; i < prose.size(); ++i) {
        task.document.push_back(prose[i]);
        const bool last = i + 1 == prose.size();
        while (next < byDepth.size() &&
               (last || (static_cast<double>(i) >= byDepth[next]->depth * static_cast<double>(prose.size()) &&
                         endsSentence(tokenizer, prose[i])))) {
            const auto begin = static_cast<int64_t>(task.document.size());
            append(task.document, byDepth[next]->statement);
            byDepth[next]->question.factTokens = {begin, static_cast<int64_t>(task.document.size())};
            ++next;
        }
    }
    for (int32_t i = 0; i < spec.asked; ++i) {
        task.questions.push_back(std::move(needles[static_cast<size_t>(i)].question));
    }
    return task;
}

}  // namespace lectern
