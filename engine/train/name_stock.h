#pragma once
// Names for invented facts, taken from the documents themselves: a model that has copied thousands of different names
// copies the next one too, where one trained on a few syllables invents more of them.

#include <span>
#include <string>
#include <vector>

#include "engine/train/keyed_random.h"
#include "engine/train/text_corpus.h"

namespace lectern {

class NameStock {
  public:
    /// No names from documents: all are put together from syllables.
    NameStock() = default;
    /// Names that stand in the documents where persons ("Mr. ...") or places ("in ...") stand.
    static NameStock fromDocuments(std::span<const CorpusDocument> documents);

    /// Seven names in eight are the documents', where they have enough, the others syllables.
    std::string place(KeyedRandom& random) const;
    /// `family`: the last name; drawn where empty.
    std::string person(KeyedRandom& random, const std::string& family = {}) const;

    const std::vector<std::string>& places() const { return m_places; }
    const std::vector<std::string>& families() const { return m_families; }
    const std::vector<std::string>& firstNames() const { return m_firstNames; }

  private:
    std::vector<std::string> m_places, m_families, m_firstNames;
};

}  // namespace lectern
