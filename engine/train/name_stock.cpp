#include "engine/train/name_stock.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

namespace lectern {
namespace {

constexpr std::array<std::string_view, 20> kOnsets{"Al",  "Bar", "Cor", "Del", "El", "Fen", "Gar", "Hol", "Ist", "Jor",
                                                   "Kel", "Lun", "Mar", "Nor", "Os", "Per", "Ros", "Sel", "Tor", "Wes"};
constexpr std::array<std::string_view, 16> kMiddles{"a",  "an", "bri", "den", "ga", "i", "lin", "mo",
                                                    "na", "o",  "ri",  "sen", "ta", "u", "vi",  "wen"};
constexpr std::array<std::string_view, 14> kTownEnds{"ford",  "ham", "mouth", "wick", "dale",    "bury",  "ton",
                                                     "stead", "by",  "combe", "gate", "minster", "worth", "holm"};
constexpr std::array<std::string_view, 12> kNameEnds{"a",  "as", "d",  "el", "en",   "ia",
                                                     "in", "is", "na", "or", "rick", "us"};
constexpr std::array<std::string_view, 8> kTitles{"Mr.", "Mrs.", "Miss", "Dr.", "Captain", "Lady", "Lord", "Professor"};
constexpr std::array<std::string_view, 5> kPrepositions{"in", "at", "near", "from", "towards"};
// Fewer would be learned by heart.
constexpr size_t kEnough = 40;

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "Elinor", but not "I", "MR" or "L'Estrange".
bool isName(std::string_view word) {
    return word.size() >= 3 && word.size() <= 14 && word[0] >= 'A' && word[0] <= 'Z' &&
           std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

using Counts = std::map<std::string, int, std::less<>>;

struct Seen {
    Counts afterTitle, afterPreposition, before, lowercase;
};

/// One pass over the words; `before` counts names that stand directly before another name.
void count(std::string_view text, Seen& seen) {
    std::string_view previous;
    bool joined = false;  // one space and nothing else lies between the previous word and this one
    for (size_t i = 0; i < text.size();) {
        if (!isLetter(text[i])) {
            joined = joined && text[i] == ' ' && i > 0 && text[i - 1] != ' ';
            ++i;
            continue;
        }
        const size_t begin = i;
        while (i < text.size() && isLetter(text[i])) {
            ++i;
        }
        const std::string_view word = text.substr(begin, i - begin);
        // A title's full stop belongs to it.
        const bool dotted = i < text.size() && text[i] == '.';
        const std::string_view whole = dotted ? text.substr(begin, i + 1 - begin) : word;
        const bool title = std::find(kTitles.begin(), kTitles.end(), whole) != kTitles.end();
        if (joined && isName(word)) {
            if (std::find(kTitles.begin(), kTitles.end(), previous) != kTitles.end()) {
                ++seen.afterTitle[std::string(word)];
            } else if (std::find(kPrepositions.begin(), kPrepositions.end(), previous) != kPrepositions.end()) {
                ++seen.afterPreposition[std::string(word)];
            } else if (isName(previous)) {
                ++seen.before[std::string(previous)];
            }
        } else if (word.size() >= 3 && word[0] >= 'a') {
            ++seen.lowercase[std::string(word)];
        }
        previous = title ? whole : word;
        joined = true;
        i += title && dotted ? 1 : 0;
    }
}

bool isCommonWord(const Seen& seen, const std::string& name) {
    std::string lower = name;
    lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
    return seen.lowercase.contains(lower);
}

int countOf(const Counts& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
}

std::vector<std::string> select(const Counts& counts, int least, const std::function<bool(const std::string&)>& fits) {
    std::vector<std::string> names;
    for (const auto& [name, times] : counts) {
        if (times >= least && fits(name)) {
            names.push_back(name);
        }
    }
    return names;
}

std::string syllables(KeyedRandom& random) {
    std::string word(pick(random, kOnsets));
    if (random.below(2) == 0) {
        word += pick(random, kMiddles);
    }
    return word.append(pick(random, kTownEnds));
}

/// A name of the documents, seven times in eight.
std::optional<std::string> fromStock(const std::vector<std::string>& names, KeyedRandom& random) {
    if (names.size() < kEnough || random.below(8) == 0) {
        return std::nullopt;
    }
    return names[random.below(names.size())];
}

}  // namespace

NameStock NameStock::fromDocuments(std::span<const CorpusDocument> documents) {
    Seen seen;
    for (const CorpusDocument& document : documents) {
        count(document.text, seen);
    }
    NameStock stock;
    stock.m_families = select(seen.afterTitle, 2, [&](const std::string& name) { return !isCommonWord(seen, name); });
    stock.m_places = select(seen.afterPreposition, 2, [&](const std::string& name) {
        return !isCommonWord(seen, name) && countOf(seen.afterTitle, name) < countOf(seen.afterPreposition, name);
    });
    stock.m_firstNames = select(seen.before, 3, [&](const std::string& name) {
        return !isCommonWord(seen, name) && countOf(seen.afterPreposition, name) < countOf(seen.before, name);
    });
    return stock;
}

std::string NameStock::place(KeyedRandom& random) const {
    const auto name = fromStock(m_places, random);
    return name ? *name : syllables(random);
}

std::string NameStock::person(KeyedRandom& random, const std::string& family) const {
    auto first = fromStock(m_firstNames, random);
    if (!first) {
        first = std::string(pick(random, kOnsets));
        first->append(pick(random, kMiddles)).append(pick(random, kNameEnds));
    }
    if (!family.empty()) {
        return *first + " " + family;
    }
    const auto last = fromStock(m_families, random);
    return *first + " " + (last ? *last : syllables(random));
}

}  // namespace lectern
