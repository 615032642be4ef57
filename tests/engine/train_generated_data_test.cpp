// Sources that make their sequences: questions among paragraphs, questions about a document, needles and pass keys.

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/engine/train_data_fixture.h"

namespace lectern::test {
namespace {

using nlohmann::json;

TEST(QuestionSource, HidesParagraphsAmongOthers) {
    const TemporaryDirectory folder;
    json squad{{"data", {{{"title", "t"}, {"paragraphs", json::array()}}}}}, lists = json::array();
    for (int i = 0; i < 60; ++i) {
        const std::string name = "Town" + std::to_string(i), answer = std::to_string(7000 + i);
        const std::string body = "Here is " + name + ", which has " + answer + " houses and a long wall around them.";
        squad["data"][0]["paragraphs"].push_back(
            {{"context", body},
             {"qas", {{{"question", "How many houses has " + name + "?"}, {"answers", {{{"text", answer}}}}}}}});
        const json pair = json::array({"How many houses has " + name + "?", answer});
        const json paragraph = json::array({body, json::array({pair})});
        lists.push_back(json::array({"title", json::array({paragraph})}));
    }
    for (const json& layout : {squad, lists}) {
        const auto path = folder.path() / "set.json";
        writeFile(path, layout.dump());
        DataSpec wanted = spec(DataKind::Questions, path);
        wanted.questions = 3;
        wanted.minTokens = 100;
        wanted.maxTokens = 400;
        wanted.unanswerable = 0.3;
        const auto source = open(wanted, context(512, 0.2));
        ASSERT_TRUE(source);
        int answered = 0, refused = 0;
        std::set<size_t> lengths;
        for (int64_t i = 0; i < 40; ++i) {
            const TrainSequence sequence = source->sequence(i)->sequence;
            EXPECT_LE(sequence.tokens.size(), 400u);
            lengths.insert(sequence.tokens.size() / 50);
            const Asked asked = parse(sequence);
            EXPECT_FALSE(asked.pairs.empty());
            for (const auto& [question, answer] : asked.pairs) {
                const std::string name = question.substr(20, question.size() - 21);
                const bool present = asked.context.find(name + ",") != std::string::npos;
                EXPECT_EQ(present, answer != "The text does not say.") << question << " " << answer;
                EXPECT_TRUE(!present || asked.context.find(name + ", which has " + answer) != std::string::npos);
                ++(present ? answered : refused);
            }
        }
        EXPECT_GT(answered, 40);
        EXPECT_GT(refused, 10);
        EXPECT_GT(lengths.size(), 3u);
        EXPECT_EQ(source->sequence(3)->sequence.tokens, source->sequence(3)->sequence.tokens);
        EXPECT_FALSE(source->heldOut(0)->sequence.tokens.empty());
    }
}

TEST(QuestionSource, AsksOneParagraphSeveralThingsAndNothingTwice) {
    const TemporaryDirectory folder;
    json lists = json::array();
    for (int i = 0; i < 40; ++i) {
        const std::string name = "Town" + std::to_string(i);
        json pairs = json::array();
        std::string body = name + " has";
        for (const std::string kind : {"houses", "boats", "wells", "lamps"}) {
            const std::string answer = std::to_string(100 * i + static_cast<int>(kind.front()));
            body += " " + answer + " " + kind + ",";
            pairs.push_back(json::array({"How many " + kind + " has " + name + "?", answer}));
        }
        lists.push_back(json::array({"title", json::array({json::array({body + " and no more.", pairs})})}));
    }
    const auto path = folder.path() / "set.json";
    writeFile(path, lists.dump());
    DataSpec wanted = spec(DataKind::Questions, path);
    wanted.questions = 8;
    wanted.minTokens = 100;
    wanted.maxTokens = 300;
    const auto source = open(wanted, context(512, 0.2));
    ASSERT_TRUE(source);
    int several = 0;
    for (int64_t i = 0; i < 40; ++i) {
        const Asked asked = parse(source->sequence(i)->sequence);
        std::set<std::string> questions;
        std::map<std::string, int> ofTown;
        for (const auto& [question, answer] : asked.pairs) {
            EXPECT_TRUE(questions.insert(question).second) << "asked twice: " << question;
            several += ++ofTown[question.substr(question.rfind(' '))] == 2 ? 1 : 0;
        }
    }
    EXPECT_GT(several, 20);
}

TEST(DocumentQuestions, QuoteTheDocument) {
    const TemporaryDirectory folder;
    writeFile(folder.path() / "doc.txt", numbered(4, 200));
    DataSpec wanted = spec(DataKind::DocumentQuestions, folder.path());
    const auto source = open(wanted, context(700));
    ASSERT_TRUE(source);
    int clozes = 0, quotations = 0;
    for (int64_t i = 0; i < 20; ++i) {
        const auto made = source->sequence(i);
        EXPECT_LE(made->sequence.tokens.size(), 700u);
        EXPECT_NE(made->origin.find("generated from doc.txt"), std::string::npos);
        const Asked asked = parse(made->sequence);
        for (const auto& [question, answer] : asked.pairs) {
            const size_t first = question.find('"') + 1, last = question.rfind('"');
            std::string quoted = question.substr(first, last - first);
            const size_t blank = quoted.find("____");
            if (blank != std::string::npos) {
                quoted.replace(blank, 4, answer);
                ++clozes;
            } else {
                quoted += answer;
                ++quotations;
            }
            EXPECT_NE(asked.context.find(quoted), std::string::npos) << question << answer;
        }
    }
    EXPECT_GT(clozes, 10);
    EXPECT_GT(quotations, 10);
}

TEST(NeedleSource, StatesWhatItAsks) {
    const TemporaryDirectory folder;
    writeFile(folder.path() / "doc.txt", numbered(4, 400));
    DataSpec wanted = spec(DataKind::Needle, folder.path());
    wanted.needles = 5;
    wanted.questions = 3;
    wanted.minTokens = 300;
    const auto source = open(wanted, context(1000));
    ASSERT_TRUE(source);
    std::set<std::string> questions;
    for (int64_t i = 0; i < 20; ++i) {
        const auto made = source->sequence(i);
        EXPECT_LE(made->sequence.tokens.size(), 1000u);
        const Asked asked = parse(made->sequence);
        EXPECT_LE(asked.pairs.size(), 3u);
        EXPECT_GE(asked.pairs.size(), 1u);
        for (const auto& [question, answer] : asked.pairs) {
            EXPECT_NE(asked.context.find(answer), std::string::npos) << question;
            questions.insert(question);
        }
    }
    EXPECT_GT(questions.size(), 40u);
    const auto passkey = open(
        [] {
            DataSpec made;
            made.kind = DataKind::Passkey;
            return made;
        }(),
        context(400));
    ASSERT_TRUE(passkey);
    std::set<std::string> keys;
    for (int64_t i = 0; i < 10; ++i) {
        const Asked asked = parse(passkey->sequence(i)->sequence);
        ASSERT_EQ(asked.pairs.size(), 1u);
        EXPECT_NE(asked.context.find("The pass key is " + asked.pairs[0].second), std::string::npos);
        keys.insert(asked.pairs[0].second);
    }
    EXPECT_EQ(keys.size(), 10u);
}

}  // namespace
}  // namespace lectern::test
