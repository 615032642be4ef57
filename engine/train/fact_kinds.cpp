#include "engine/train/fact_kinds.h"

#include <array>
#include <string_view>

namespace lectern {
namespace {

enum class ValueKind { Digits, Number, Code, Person, Town, Colour, Date, Year, Animal, Hour };

struct FactKind {
    std::string_view statement;  ///< %s the subject, %v the value
    std::string_view question;
    ValueKind value;
    bool aboutPerson;  ///< the subject is a person, else a thing at a place
};

constexpr std::array kKinds{
    FactKind{"The access code of the %s is %v.", "What is the access code of the %s?", ValueKind::Digits, false},
    FactKind{"To open the gate of the %s one has to enter %v.", "What has to be entered to open the gate of the %s?",
             ValueKind::Digits, false},
    FactKind{"The inventory number of the %s is %v.", "What is the inventory number of the %s?", ValueKind::Code,
             false},
    FactKind{"The serial number painted on the %s reads %v.", "Which serial number is painted on the %s?",
             ValueKind::Code, false},
    FactKind{"The %s can be reached by telephone under %v.", "Under which telephone number can the %s be reached?",
             ValueKind::Digits, false},
    FactKind{"The %s was sold for %v crowns.", "For how many crowns was the %s sold?", ValueKind::Number, false},
    FactKind{"Exactly %v visitors came to the %s that summer.", "How many visitors came to the %s that summer?",
             ValueKind::Number, false},
    FactKind{"The %s holds %v books.", "How many books does the %s hold?", ValueKind::Number, false},
    FactKind{"The keeper of the %s is called %v.", "What is the keeper of the %s called?", ValueKind::Person, false},
    FactKind{"The %s was designed by %v.", "Who designed the %s?", ValueKind::Person, false},
    FactKind{"The key to the %s was left with %v.", "With whom was the key to the %s left?", ValueKind::Person, false},
    FactKind{"The doors of the %s are painted %v.", "Which colour are the doors of the %s painted?", ValueKind::Colour,
             false},
    FactKind{"The flag over the %s is %v.", "Which colour is the flag over the %s?", ValueKind::Colour, false},
    FactKind{"The %s was opened on %v.", "When was the %s opened?", ValueKind::Date, false},
    FactKind{"The %s burned down in %v.", "In which year did the %s burn down?", ValueKind::Year, false},
    FactKind{"The weather vane of the %s has the shape of a %v.", "Which animal is the weather vane of the %s?",
             ValueKind::Animal, false},
    FactKind{"The bell of the %s rings at %v.", "At what time does the bell of the %s ring?", ValueKind::Hour, false},
    FactKind{"The favourite number of %s is %v.", "What is the favourite number of %s?", ValueKind::Number, true},
    FactKind{"The password of %s is %v.", "What is the password of %s?", ValueKind::Code, true},
    FactKind{"%s was born in %v.", "Where was %s born?", ValueKind::Town, true},
    FactKind{"%s keeps a tame %v.", "Which animal does %s keep?", ValueKind::Animal, true},
    FactKind{"%s always wears a %v coat.", "Which colour is the coat of %s?", ValueKind::Colour, true},
    FactKind{"%s left for the coast on %v.", "When did %s leave for the coast?", ValueKind::Date, true},
    FactKind{"The locker of %s has the number %v.", "Which number has the locker of %s?", ValueKind::Digits, true},
};

constexpr std::array<std::string_view, 24> kThings{
    "lighthouse", "bakery", "granary", "foundry", "ferry",   "tower",   "brewery", "printing house",
    "hospital",   "inn",    "bridge",  "tannery", "cellar",  "gallery", "nursery", "boathouse",
    "dairy",      "forge",  "market",  "quarry",  "orchard", "chapel",  "archive", "windmill"};
constexpr std::array<std::string_view, 16> kColours{"red",    "green",   "blue",  "yellow",   "black",  "white",
                                                    "purple", "brown",   "grey",  "orange",   "silver", "golden",
                                                    "pink",   "crimson", "ivory", "turquoise"};
constexpr std::array<std::string_view, 16> kAnimals{"fox",    "raven", "goat",  "otter", "badger", "swan",
                                                    "hare",   "heron", "pike",  "stag",  "owl",    "weasel",
                                                    "falcon", "toad",  "horse", "lynx"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 20> kOnsets{"Al",  "Bar", "Cor", "Del", "El", "Fen", "Gar", "Hol", "Ist", "Jor",
                                                   "Kel", "Lun", "Mar", "Nor", "Os", "Per", "Ros", "Sel", "Tor", "Wes"};
constexpr std::array<std::string_view, 16> kMiddles{"a",  "an", "bri", "den", "ga", "i", "lin", "mo",
                                                    "na", "o",  "ri",  "sen", "ta", "u", "vi",  "wen"};
constexpr std::array<std::string_view, 14> kTownEnds{"ford",  "ham", "mouth", "wick", "dale",    "bury",  "ton",
                                                     "stead", "by",  "combe", "gate", "minster", "worth", "holm"};
constexpr std::array<std::string_view, 12> kNameEnds{"a",  "as", "d",  "el", "en",   "ia",
                                                     "in", "is", "na", "or", "rick", "us"};

template <size_t N>
std::string_view pick(KeyedRandom& random, const std::array<std::string_view, N>& list) {
    return list[random.below(N)];
}

std::string town(KeyedRandom& random) {
    std::string word(pick(random, kOnsets));
    if (random.below(2) == 0) {
        word += pick(random, kMiddles);
    }
    return word.append(pick(random, kTownEnds));
}

std::string person(KeyedRandom& random, const std::string& family = {}) {
    std::string first(pick(random, kOnsets));
    first.append(pick(random, kMiddles)).append(pick(random, kNameEnds));
    return first + " " + (family.empty() ? town(random) : family);
}

std::string digits(KeyedRandom& random, int64_t count) {
    std::string text(1, static_cast<char>('1' + random.below(9)));
    while (static_cast<int64_t>(text.size()) < count) {
        text.push_back(static_cast<char>('0' + random.below(10)));
    }
    return text;
}

std::string value(KeyedRandom& random, ValueKind kind) {
    switch (kind) {
        case ValueKind::Digits:
            return digits(random, 4 + static_cast<int64_t>(random.below(4)));
        case ValueKind::Number:
            return digits(random, 2 + static_cast<int64_t>(random.below(4)));
        case ValueKind::Code: {
            std::string code;
            for (int i = 0; i < 2; ++i) {
                code.push_back(static_cast<char>('A' + random.below(26)));
            }
            return code + "-" + digits(random, 3 + static_cast<int64_t>(random.below(3)));
        }
        case ValueKind::Person:
            return person(random);
        case ValueKind::Town:
            return town(random);
        case ValueKind::Colour:
            return std::string(pick(random, kColours));
        case ValueKind::Date:
            return std::string(pick(random, kMonths)) + " " + std::to_string(1 + random.below(28));
        case ValueKind::Year:
            return std::to_string(1400 + random.below(600));
        case ValueKind::Animal:
            return std::string(pick(random, kAnimals));
        case ValueKind::Hour:
            return std::to_string(1 + random.below(12)) + " o'clock";
    }
    return "";
}

std::string fillIn(std::string_view pattern, const std::string& subject, const std::string& filled) {
    std::string text;
    for (size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '%' && i + 1 < pattern.size()) {
            text += pattern[++i] == 's' ? subject : filled;
        } else {
            text += pattern[i];
        }
    }
    return text;
}

}  // namespace

FactTheme drawFactTheme(KeyedRandom& random) {
    FactTheme theme;
    const uint64_t share = random.below(6);
    if (share >= 2) {
        theme.kind = random.below(kKinds.size());
    }
    if (share == 4) {
        theme.town = town(random);
    } else if (share == 5) {
        theme.thing = pick(random, kThings);
    }
    return theme;
}

Fact drawFact(KeyedRandom& random, const FactTheme& theme) {
    const FactKind& kind = kKinds[theme.kind ? *theme.kind : random.below(kKinds.size())];
    Fact fact;
    if (kind.aboutPerson) {
        fact.subject = person(random, theme.town);
    } else {
        fact.subject = theme.town.empty() ? town(random) : theme.town;
        fact.subject.append(" ").append(theme.thing.empty() ? pick(random, kThings) : theme.thing);
    }
    fact.answer = value(random, kind.value);
    fact.statement = fillIn(kind.statement, fact.subject, fact.answer);
    fact.question = fillIn(kind.question, fact.subject, fact.answer);
    return fact;
}

}  // namespace lectern
