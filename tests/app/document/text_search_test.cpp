#include "app/ingest/text_search.h"

#include <gtest/gtest.h>

namespace lectern::app {
namespace {

std::vector<std::string> found(std::string_view text, std::string_view needle, TextSearchOptions options = {}) {
    std::vector<std::string> out;
    for (const ByteRange& r : findInText(text, needle, options)) {
        out.emplace_back(text.substr(static_cast<size_t>(r.begin), static_cast<size_t>(r.size())));
    }
    return out;
}

TEST(TextSearch, WhiteSpaceRunsMatchEachOther) {
    EXPECT_EQ(found("the blue\n\n  lamp, the blue lamp", " blue lamp "),
              (std::vector<std::string>{"blue\n\n  lamp", "blue lamp"}));
}

TEST(TextSearch, FoldsCaseBeyondAscii) {
    EXPECT_EQ(found("ÄRGER Ärger ärger", "ärger").size(), 3u);
    EXPECT_EQ(found("ÄRGER Ärger ärger", "ärger", {.caseSensitive = true}).size(), 1u);
}

TEST(TextSearch, WholeWords) {
    EXPECT_EQ(found("cat concat cats cat_ cat.", "cat", {.wholeWords = true}).size(), 2u);
}

TEST(TextSearch, BlankNeedleAndInvalidBytesAreHarmless) {
    EXPECT_TRUE(found("text", " \n").empty());
    EXPECT_TRUE(found("", "x").empty());
    EXPECT_EQ(found("a\xff\xfe\xc3 b", "b").size(), 1u);
    EXPECT_EQ(found("a\xe4\xb8", "a").size(), 1u);
}

TEST(TextSearch, StopsAtTheMaximum) {
    EXPECT_EQ(found("aaaa", "a", {.maximumHits = 3}).size(), 3u);
}

TEST(TextSearch, SnippetKeepsWholeWordsAndCharacters) {
    const std::string text = "The keepers' long\n\nneedle   was lost in the hay.";
    const auto around = [&](int characters) {
        const auto at = static_cast<int64_t>(text.find("needle"));
        return snippetAround(text, {at, at + 6}, characters);
    };
    EXPECT_EQ(around(6), "…long needle was…");
    EXPECT_EQ(around(8), "…long needle was…");
    EXPECT_EQ(around(12), "…long needle was lost…");
    EXPECT_EQ(around(100), "The keepers' long needle was lost in the hay.");
    // Hits inside a word, and scripts without spaces: characters are whole, nothing more can be said.
    EXPECT_EQ(snippetAround("ääneedleöö", {4, 10}, 1), "…äneedleö…");
    EXPECT_EQ(snippetAround("整个文档都在上下文中", {6, 12}, 1), "…个文档都…");
    EXPECT_EQ(snippetAround("", {3, 9}, 5), "");
    EXPECT_EQ(snippetAround(" \n needle \n ", {3, 9}, 1), "needle");
}

TEST(TextSearch, CharacterBegin) {
    EXPECT_EQ(characterBegin("a€b", 3), 1);
    EXPECT_EQ(characterBegin("a€b", 4), 4);
    EXPECT_EQ(characterBegin("a€b", 99), 5);
}

}  // namespace
}  // namespace lectern::app
