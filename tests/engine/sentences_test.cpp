#include "engine/text/sentences.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace lectern {
namespace {

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> out;
    for (const ByteRange& r : splitSentences(text)) {
        out.emplace_back(text.substr(static_cast<size_t>(r.begin), static_cast<size_t>(r.size())));
    }
    return out;
}

using Sentences = std::vector<std::string>;

TEST(Sentences, EndsAtMarksBeforeABeginning) {
    EXPECT_EQ(split("One is here. Two! “Three?” Four… Five"),
              (Sentences{"One is here.", "Two!", "“Three?”", "Four…", "Five"}));
    EXPECT_EQ(split("他走了。她来了！好"), (Sentences{"他走了。", "她来了！", "好"}));
}

TEST(Sentences, AbbreviationsInitialsAndNumbersDoNotEndThem) {
    EXPECT_EQ(split("Dr. Smith met J. R. Hale at St. Ives. It cost 3.14 crowns, i.e. little. See Fig. 4."),
              (Sentences{"Dr. Smith met J. R. Hale at St. Ives.", "It cost 3.14 crowns, i.e. little.", "See Fig. 4."}));
    EXPECT_EQ(split("He said e.g. the lamp. and left"), (Sentences{"He said e.g. the lamp. and left"}));
}

TEST(Sentences, LinesOfAParagraphBelongTogether) {
    EXPECT_EQ(split("A sentence that goes\non in the next line. Another.\n\nA heading\n\nText."),
              (Sentences{"A sentence that goes\non in the next line.", "Another.", "A heading", "Text."}));
}

TEST(Sentences, ListItemsStandAlone) {
    EXPECT_EQ(split("Parts:\n• one lamp\n• two lamps\n1. First step\n2. Second step"),
              (Sentences{"Parts:", "• one lamp", "• two lamps", "1. First step", "2. Second step"}));
}

TEST(Sentences, NothingIsLostOrDoubled) {
    std::mt19937 random(2);
    const std::string alphabet = "aB. !?\n\")1-\xe2\x80\xa2";
    for (int trial = 0; trial < 3000; ++trial) {
        std::string text;
        for (unsigned i = random() % 60; i > 0; --i) {
            text.push_back(alphabet[random() % alphabet.size()]);
        }
        int64_t position = 0;
        for (const ByteRange& r : splitSentences(text)) {
            ASSERT_GE(r.begin, position) << text;
            ASSERT_GT(r.end, r.begin);
            for (int64_t i = position; i < r.begin; ++i) {
                ASSERT_TRUE(std::isspace(static_cast<unsigned char>(text[static_cast<size_t>(i)]))) << text;
            }
            position = r.end;
        }
        for (size_t i = static_cast<size_t>(position); i < text.size(); ++i) {
            ASSERT_TRUE(std::isspace(static_cast<unsigned char>(text[i]))) << text;
        }
    }
}

std::string expanded(std::string_view text, std::string_view part, int64_t widening = 400) {
    const auto begin = static_cast<int64_t>(text.find(part));
    const ByteRange r = expandToSentences(text, {begin, begin + static_cast<int64_t>(part.size())}, widening);
    return std::string(text.substr(static_cast<size_t>(r.begin), static_cast<size_t>(r.size())));
}

TEST(Sentences, ExpandsToWholeOnes) {
    const std::string text = "First one here. The lamp of room 9 is lit. Last one there.";
    EXPECT_EQ(expanded(text, "room 9"), "The lamp of room 9 is lit.");
    EXPECT_EQ(expanded(text, "lit. Last"), "The lamp of room 9 is lit. Last one there.");
    EXPECT_EQ(expanded(text, ". "), "First one here.");
    EXPECT_EQ(expandToSentences(text, {900, 950}).size(), 0);
}

TEST(Sentences, EndlessSentencesAreCutAtWords) {
    std::string text;
    for (int i = 0; i < 500; ++i) {
        text += "word" + std::to_string(i) + " ";
    }
    const std::string part = expanded(text, "word250 ", 60);
    EXPECT_LE(part.size(), 8u + 120u);
    EXPECT_TRUE(part.starts_with("word")) << part;
    EXPECT_NE(part.find(" word250 "), std::string::npos) << part;
}

TEST(Sentences, ExpandsToLinesOfCode) {
    const std::string text = "a();\n  b();\nc();\n";
    EXPECT_EQ(expandToLines(text, {8, 9}), (ByteRange{5, 11}));
    EXPECT_EQ(expandToLines(text, {8, 14}), (ByteRange{5, 16}));
    EXPECT_EQ(expandToLines(text, {5, 12}), (ByteRange{5, 11}));
}

}  // namespace
}  // namespace lectern
