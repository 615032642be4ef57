#pragma once
// Invented facts to hide in prose and ask for.

#include <string>

#include "engine/train/keyed_random.h"

namespace lectern {

struct Fact {
    std::string statement;  ///< one sentence
    std::string question;
    std::string answer;   ///< stands literally in the statement
    std::string subject;  ///< what tells it from the other facts of one context
};

/// A random fact of one of two dozen kinds: numbers, codes, names, colours, dates and places of invented things.
Fact drawFact(KeyedRandom& random);

}  // namespace lectern
