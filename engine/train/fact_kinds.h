#pragma once
// Invented facts to hide in prose and ask for.

#include <optional>
#include <string>

#include "engine/train/name_stock.h"

namespace lectern {

struct Fact {
    std::string statement;  ///< one sentence
    std::string question;
    std::string answer;   ///< stands literally in the statement
    std::string subject;  ///< what tells it from the other facts of one context
};

/// What all facts of one context have in common, so that only the rest tells them apart; empty members are drawn for
/// every fact afresh.
struct FactTheme {
    std::optional<size_t> kind;
    std::string town;   ///< in every subject: the place of a thing, a person's last name
    std::string thing;  ///< in every subject that is a thing
};

/// A third of the themes are empty, a third set the kind, a third the kind and the town or the thing.
FactTheme drawFactTheme(KeyedRandom& random, const NameStock& names);

/// A random fact of one of five dozen kinds: numbers, codes, names, amounts, things, dates and places of invented
/// things and persons. Most kinds have several wordings, and a fifth of the questions name a thing in another form than
/// its statement does ("the Marlow library", "the library of Marlow").
Fact drawFact(KeyedRandom& random, const NameStock& names, const FactTheme& theme = {});

}  // namespace lectern
