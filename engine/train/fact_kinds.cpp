#include "engine/train/fact_kinds.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lectern {
namespace {

enum class ValueKind {
    Digits,
    Number,
    Code,
    Person,
    Town,
    Colour,
    Date,
    Year,
    Animal,
    Hour,
    Money,
    Length,
    Percent,
    Age,
    Weekday,
    Material,
    Thing,
    Trade,
    Instrument
};

struct FactKind {
    std::string_view statements;  ///< wordings, separated by |; %s is the subject, %v the value
    std::string_view questions;
    ValueKind value;
    bool aboutPerson;  ///< the subject is a person, else a thing at a place
};

using enum ValueKind;
constexpr auto kKinds = std::to_array<FactKind>({
    {"The access code of the %s is %v.|The code that opens the %s is %v.",
     "What is the access code of the %s?|Which code opens the %s?", Digits, false},
    {"To open the gate of the %s one has to enter %v.", "What has to be entered to open the gate of the %s?", Digits,
     false},
    {"The inventory number of the %s is %v.",
     "What is the inventory number of the %s?|Under which inventory number is the %s listed?", Code, false},
    {"The serial number painted on the %s reads %v.", "Which serial number is painted on the %s?", Code, false},
    {"The %s can be reached by telephone under %v.|The telephone number of the %s is %v.",
     "Under which telephone number can the %s be reached?|What is the telephone number of the %s?", Digits, false},
    {"The %s was sold for %v crowns.", "For how many crowns was the %s sold?", Number, false},
    {"The %s cost %v to build.|Building the %s cost %v.",
     "How much did the %s cost to build?|What did it cost to build the %s?", Money, false},
    {"Repairs to the %s came to %v that year.",
     "What did repairs to the %s come to?|How much was spent on repairs to the %s?", Money, false},
    {"Exactly %v visitors came to the %s that summer.",
     "How many visitors came to the %s that summer?|How many people visited the %s?", Number, false},
    {"The %s holds %v books.|There are %v books in the %s.",
     "How many books does the %s hold?|How many books are in the %s?", Number, false},
    {"The %s employs %v people.|%v people work at the %s.",
     "How many people work at the %s?|How many people does the %s employ?", Number, false},
    {"The roof of the %s rests on %v pillars.", "On how many pillars does the roof of the %s rest?", Number, false},
    {"The %s stands %v above the sea.",
     "How high above the sea does the %s stand?|What is the height of the %s above the sea?", Length, false},
    {"From the station to the %s it is %v.", "How far is it from the station to the %s?", Length, false},
    {"The well of the %s is %v deep.", "How deep is the well of the %s?", Length, false},
    {"The keeper of the %s is called %v.|%v is the keeper of the %s.",
     "What is the keeper of the %s called?|Who is the keeper of the %s?", Person, false},
    {"The %s was designed by %v.|%v designed the %s.", "Who designed the %s?|By whom was the %s designed?", Person,
     false},
    {"The key to the %s was left with %v.", "With whom was the key to the %s left?|Who has the key to the %s?", Person,
     false},
    {"The first owner of the %s was %v.", "Who was the first owner of the %s?|Who owned the %s first?", Person, false},
    {"The %s is named after %v.", "After whom is the %s named?", Person, false},
    {"The painting in the hall of the %s shows %v.", "Whom does the painting in the hall of the %s show?", Person,
     false},
    {"The doors of the %s are painted %v.",
     "Which colour are the doors of the %s painted?|What colour are the doors of the %s?", Colour, false},
    {"The flag over the %s is %v.", "Which colour is the flag over the %s?", Colour, false},
    {"The %s was opened on %v.", "When was the %s opened?|On which day was the %s opened?", Date, false},
    {"The lease of the %s ends on %v.", "When does the lease of the %s end?", Date, false},
    {"The %s burned down in %v.|In %v the %s burned down.",
     "In which year did the %s burn down?|When did the %s burn down?", Year, false},
    {"The %s was founded in %v.|Founded in %v, the %s still stands.",
     "In which year was the %s founded?|When was the %s founded?", Year, false},
    {"The weather vane of the %s has the shape of a %v.",
     "Which animal is the weather vane of the %s?|What shape has the weather vane of the %s?", Animal, false},
    {"The bell of the %s rings at %v.", "At what time does the bell of the %s ring?|When does the bell of the %s ring?",
     Hour, false},
    {"The %s closes at %v.", "When does the %s close?|At what hour does the %s close?", Hour, false},
    {"The %s is closed every %v.", "On which day is the %s closed?", Weekday, false},
    {"The floor of the %s is made of %v.",
     "What is the floor of the %s made of?|Of which material is the floor of the %s?", Material, false},
    {"The %s was rebuilt with %v.", "What was the %s rebuilt with?", Material, false},
    {"The stone for the %s was brought from %v.",
     "From where was the stone for the %s brought?|Where did the stone for the %s come from?", Town, false},
    {"The twin of the %s stands in %v.", "Where does the twin of the %s stand?", Town, false},
    {"The %s is known for %v.", "What is the %s known for?|For what is the %s known?", Thing, false},
    {"Behind the %s the children found %v.", "What did the children find behind the %s?", Thing, false},
    {"The cellar of the %s is used to store %v.",
     "What is stored in the cellar of the %s?|What is the cellar of the %s used to store?", Thing, false},
    {"The %s has lost %v of its slates.", "How many of its slates has the %s lost?", Percent, false},
    {"The vote on the %s was carried with %v.", "With what share was the vote on the %s carried?", Percent, false},
    {"The favourite number of %s is %v.", "What is the favourite number of %s?|Which number does %s like best?", Number,
     true},
    {"The password of %s is %v.", "What is the password of %s?", Code, true},
    {"%s was born in %v.|%v is the birthplace of %s.", "Where was %s born?|In which town was %s born?", Town, true},
    {"%s moved to %v in the spring.", "Where did %s move?|To which town did %s move in the spring?", Town, true},
    {"%s keeps a tame %v.", "Which animal does %s keep?|What animal lives with %s?", Animal, true},
    {"%s always wears a %v coat.", "Which colour is the coat of %s?|What colour of coat does %s wear?", Colour, true},
    {"%s left for the coast on %v.", "When did %s leave for the coast?|On which day did %s leave for the coast?", Date,
     true},
    {"The locker of %s has the number %v.", "Which number has the locker of %s?|What is the number of %s's locker?",
     Digits, true},
    {"%s works as a %v.|By trade %s is a %v.",
     "What does %s work as?|What is the trade of %s?|What is %s's profession?", Trade, true},
    {"As a child %s wanted to become a %v.", "What did %s want to become as a child?", Trade, true},
    {"%s plays the %v.", "Which instrument does %s play?|What does %s play?", Instrument, true},
    {"%s is married to %v.", "To whom is %s married?|Who is the spouse of %s?", Person, true},
    {"%s learned everything from %v.|The teacher of %s was %v.",
     "From whom did %s learn everything?|Who was the teacher of %s?|Who taught %s?", Person, true},
    {"%s owes the bank %v.", "How much does %s owe the bank?", Money, true},
    {"%s won %v in the lottery.", "How much did %s win in the lottery?", Money, true},
    {"%s is %v years old.", "How old is %s?", Age, true},
    {"%s lost %v on the journey.", "What did %s lose on the journey?", Thing, true},
    {"For the birthday %s was given %v.", "What was %s given for the birthday?", Thing, true},
    {"%s comes to town every %v.", "On which day does %s come to town?", Weekday, true},
    {"%s walked %v on foot.", "How far did %s walk?", Length, true},
    {"In %v %s published the first map.",
     "In which year did %s publish the first map?|When did %s publish the first map?", Year, true},
});

constexpr auto kThings = std::to_array<std::string_view>(
    {"lighthouse",      "bakery",        "granary",     "foundry",     "ferry",       "tower",      "brewery",
     "printing house",  "hospital",      "inn",         "bridge",      "tannery",     "cellar",     "gallery",
     "nursery",         "boathouse",     "dairy",       "forge",       "market",      "quarry",     "orchard",
     "chapel",          "archive",       "windmill",    "post office", "town hall",   "glasshouse", "stables",
     "pumping station", "weaving mill",  "cider press", "toll house",  "observatory", "museum",     "school",
     "theatre",         "customs house", "shipyard",    "bathhouse",   "abbey",       "laboratory", "fire station",
     "reading room",    "sawmill",       "vineyard",    "bank",        "hotel",       "college",    "prison",
     "garden"});
constexpr auto kColours = std::to_array<std::string_view>(
    {"red", "green", "blue", "yellow", "black", "white", "purple", "brown", "grey", "orange", "silver", "golden",
     "pink", "crimson", "ivory", "turquoise", "dark green", "pale blue", "scarlet"});
constexpr auto kAnimals = std::to_array<std::string_view>(
    {"fox",    "raven",  "goat", "otter", "badger", "swan",   "hare",     "heron",    "pike",   "stag",     "owl",
     "weasel", "falcon", "toad", "horse", "lynx",   "parrot", "hedgehog", "tortoise", "magpie", "squirrel", "wolf"});
constexpr auto kMonths =
    std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July", "August",
                                     "September", "October", "November", "December"});
constexpr auto kWeekdays =
    std::to_array<std::string_view>({"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"});
constexpr auto kMaterials = std::to_array<std::string_view>(
    {"oak", "marble", "red brick", "slate", "sandstone", "beaten earth", "granite", "cedar wood", "cast iron",
     "blue tiles", "flint", "ash planks", "polished copper", "cork", "limestone", "bamboo"});
constexpr auto kTrades = std::to_array<std::string_view>(
    {"carpenter",     "surgeon",     "clockmaker", "pilot",     "schoolteacher", "locksmith",  "botanist",
     "tailor",        "cook",        "bookbinder", "surveyor",  "glassblower",   "typesetter", "beekeeper",
     "diver",         "notary",      "shoemaker",  "conductor", "stonemason",    "translator", "miller",
     "ship's doctor", "piano tuner", "gardener",   "chemist",   "judge"});
constexpr auto kInstruments =
    std::to_array<std::string_view>({"violin", "flute", "oboe", "harp", "trumpet", "cello", "organ", "drum", "guitar",
                                     "bassoon", "accordion", "French horn", "clarinet", "mandolin"});
constexpr auto kAdjectives = std::to_array<std::string_view>(
    {"old",     "small",   "broken", "silver", "wooden", "heavy",  "painted", "empty",   "foreign", "rusty",  "leather",
     "striped", "folding", "stolen", "torn",   "glass",  "locked", "carved",  "woollen", "copper",  "square", "tall"});
constexpr auto kObjects = std::to_array<std::string_view>(
    {"umbrella", "compass", "lantern",  "map",    "suitcase", "teapot", "ring",      "telescope", "ladder",
     "mirror",   "hat",     "coin",     "barrel", "letter",   "clock",  "knife",     "chess set", "kettle",
     "bicycle",  "blanket", "notebook", "key",    "basket",   "statue", "microscope"});
constexpr auto kUnits = std::to_array<std::string_view>({"feet", "miles", "yards", "metres", "kilometres", "paces"});

/// One of the wordings of `list`.
std::string_view pickWording(KeyedRandom& random, std::string_view list) {
    const auto count = static_cast<uint64_t>(std::count(list.begin(), list.end(), '|')) + 1;
    for (uint64_t skipped = random.below(count); skipped > 0; --skipped) {
        list.remove_prefix(list.find('|') + 1);
    }
    return list.substr(0, list.find('|'));
}

std::string digits(KeyedRandom& random, int64_t count) {
    std::string text(1, static_cast<char>('1' + random.below(9)));
    while (static_cast<int64_t>(text.size()) < count) {
        text.push_back(static_cast<char>('0' + random.below(10)));
    }
    return text;
}

std::string value(KeyedRandom& random, const NameStock& names, ValueKind kind) {
    switch (kind) {
        case Digits:
            return digits(random, 4 + static_cast<int64_t>(random.below(4)));
        case Number:
            return digits(random, 2 + static_cast<int64_t>(random.below(4)));
        case Code: {
            std::string code;
            for (int i = 0; i < 2; ++i) {
                code.push_back(static_cast<char>('A' + random.below(26)));
            }
            return code + "-" + digits(random, 3 + static_cast<int64_t>(random.below(3)));
        }
        case Person:
            return names.person(random);
        case Town:
            return names.place(random);
        case Colour:
            return std::string(pick(random, kColours));
        case Date:
            return std::string(pick(random, kMonths)) + " " + std::to_string(1 + random.below(28));
        case Year:
            return std::to_string(1400 + random.below(600));
        case Animal:
            return std::string(pick(random, kAnimals));
        case Hour:
            return std::to_string(1 + random.below(12)) + " o'clock";
        case Money: {
            const std::string amount = digits(random, 2 + static_cast<int64_t>(random.below(4)));
            return random.below(2) == 0 ? amount + " pounds" : amount + " dollars";
        }
        case Length:
            return digits(random, 1 + static_cast<int64_t>(random.below(3))).append(" ").append(pick(random, kUnits));
        case Percent:
            return std::to_string(2 + random.below(97)) + " per cent";
        case Age:
            return std::to_string(7 + random.below(90));
        case Weekday:
            return std::string(pick(random, kWeekdays));
        case Material:
            return std::string(pick(random, kMaterials));
        case Thing:
            return std::string("the ").append(pick(random, kAdjectives)).append(" ").append(pick(random, kObjects));
        case Trade:
            return std::string(pick(random, kTrades));
        case Instrument:
            return std::string(pick(random, kInstruments));
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

/// "Marlow library" or "library of Marlow".
std::string thingAt(KeyedRandom& random, const std::string& town, const std::string& thing, uint64_t turned) {
    return random.below(turned) == 0 ? thing + " of " + town : town + " " + thing;
}

}  // namespace

FactTheme drawFactTheme(KeyedRandom& random, const NameStock& names) {
    FactTheme theme;
    const uint64_t share = random.below(6);
    if (share >= 2) {
        theme.kind = random.below(kKinds.size());
    }
    if (share == 4) {
        theme.town = names.place(random);
    } else if (share == 5) {
        theme.thing = pick(random, kThings);
    }
    return theme;
}

Fact drawFact(KeyedRandom& random, const NameStock& names, const FactTheme& theme) {
    const FactKind& kind = kKinds[theme.kind ? *theme.kind : random.below(kKinds.size())];
    Fact fact;
    std::string stated, asked;
    if (kind.aboutPerson) {
        fact.subject = stated = asked = names.person(random, theme.town);
    } else {
        const std::string town = theme.town.empty() ? names.place(random) : theme.town;
        const std::string thing(theme.thing.empty() ? pick(random, kThings) : theme.thing);
        fact.subject = town + " " + thing;
        stated = thingAt(random, town, thing, 10);
        asked = thingAt(random, town, thing, 10);
    }
    const std::string_view question = pickWording(random, kind.questions);
    do {
        fact.answer = value(random, names, kind.value);
        fact.question = fillIn(question, asked, fact.answer);
    } while (fact.question.find(fact.answer) != std::string::npos);  // born in the town that bears the name
    fact.statement = fillIn(pickWording(random, kind.statements), stated, fact.answer);
    return fact;
}

}  // namespace lectern
