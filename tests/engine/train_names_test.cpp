// Names, facts and keyword questions of generated training sequences.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "engine/core/resources.h"
#include "engine/formats/model_source.h"
#include "engine/train/data_source.h"
#include "engine/train/fact_kinds.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {
namespace {

TEST(NameStock, TakesNamesFromTheirPlacesInProse) {
    const CorpusDocument book{
        "book",
        "She had never met Mr. Henson before. Then Mr. Henson spoke of Mrs. Aldous, and Mrs. Aldous smiled. They lived "
        "in "
        "Winterby then, not in Winterby Hall, and went from Tollen to Tollen and from Tollen home. He was called John "
        "Henson, his brother too was John Henson, and the third John Henson died. It was late in March, and they had "
        "to "
        "march in March. Both saw Captain Hook in May, and in May it may rain."};
    const NameStock names = NameStock::fromDocuments(std::span(&book, 1));
    EXPECT_EQ(names.families(), (std::vector<std::string>{"Aldous", "Henson"}));
    EXPECT_EQ(names.places(), (std::vector<std::string>{"Tollen", "Winterby"}));  // months are common words too
    EXPECT_EQ(names.firstNames(), (std::vector<std::string>{"John"}));
}

TEST(NameStock, FewNamesAreNotUsed) {
    KeyedRandom first(1), second(1);
    const CorpusDocument book{"book", "He came to see Mr. Henson. Later Mr. Henson came in Tollen, in Tollen."};
    EXPECT_EQ(NameStock::fromDocuments(std::span(&book, 1)).person(first), NameStock().person(second));
}

TEST(FactKinds, EveryFactHoldsItsAnswerAndAsksForItsSubject) {
    KeyedRandom random(7);
    const NameStock names;
    std::set<std::string> openings;
    for (int i = 0; i < 5000; ++i) {
        const Fact fact = drawFact(random, names, drawFactTheme(random, names));
        ASSERT_NE(fact.statement.find(fact.answer), std::string::npos) << fact.statement;
        ASSERT_EQ(fact.question.find(fact.answer), std::string::npos) << fact.question;
        ASSERT_EQ(fact.question.back(), '?') << fact.question;
        for (const std::string& text : {fact.statement, fact.question}) {
            ASSERT_EQ(text.find_first_of("%|"), std::string::npos) << text;
            // A thing may be named in another form, but with the same words.
            for (size_t begin = 0; begin < fact.subject.size();) {
                const size_t end = std::min(fact.subject.find(' ', begin), fact.subject.size());
                ASSERT_NE(text.find(fact.subject.substr(begin, end - begin)), std::string::npos) << text;
                begin = end + 1;
            }
        }
        openings.insert(fact.question.substr(0, fact.question.find(' ')));
    }
    EXPECT_GE(openings.size(), 8u);  // Who, What, When, Where, Which, How, ...
}

TEST(DocumentQuestions, KeywordsAskForANameOrNumberOfTheText) {
    const TemporaryDirectory folder;
    std::string book;
    for (int i = 0; i < 60; ++i) {
        book += "The northern harbour wall was finished by Elinor Marsh in " + std::to_string(1700 + i) + ". ";
    }
    writeFile(folder.path() / "book.txt", book);
    const Tokenizer tokenizer = *Tokenizer::create(openModelSource(*defaultModelPath())->tokenizerModel);
    DataContext context;
    context.tokenizer = &tokenizer;
    context.sequenceTokens = 500;
    context.threads = 1;
    DataSpec spec;
    spec.kind = DataKind::DocumentQuestions;
    spec.paths = {folder.path().string()};
    spec.questions = 8;
    spec.keywordShare = 1;
    const auto source = openDataSource(spec, context);
    ASSERT_TRUE(source) << source.error().message;
    int names = 0, years = 0;
    for (int64_t index = 0; index < 10; ++index) {
        const auto made = (*source)->sequence(index);
        ASSERT_TRUE(made);
        EXPECT_NE(made->origin.find("by keywords"), std::string::npos) << made->origin;
        std::string answer;
        for (size_t i = 0; i < made->sequence.tokens.size(); ++i) {
            if (made->sequence.trained[i] == 0) {
                continue;
            }
            if (made->sequence.tokens[i] != tokenizer.eosToken()) {
                answer += tokenizer.pieceBytes(made->sequence.tokens[i]);
                continue;
            }
            ASSERT_NE(book.find(answer), std::string::npos) << answer;
            names += answer == " Elinor Marsh" ? 1 : 0;
            years += answer.rfind(" 17", 0) == 0 && answer.size() == 5 ? 1 : 0;
            answer.clear();
        }
    }
    EXPECT_GT(names, 5);
    EXPECT_GT(years, 5);
}

}  // namespace
}  // namespace lectern::test
