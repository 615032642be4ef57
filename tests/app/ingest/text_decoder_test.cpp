#include "app/ingest/text_decoder.h"

#include <gtest/gtest.h>

#include <random>

#include "app/ingest/text_ingestor.h"

namespace lectern::app {
namespace {

using namespace std::string_literals;

std::string decoded(std::string_view bytes) {
    const Result<DecodedText> result = decodeText(bytes);
    return result ? result->text : "error: " + result.error().message;
}

TEST(TextDecoder, ByteOrderMarks) {
    EXPECT_EQ(decoded("\xef\xbb\xbfGrüße"), "Grüße");
    EXPECT_EQ(decoded("\xff\xfeG\0r\0\xfc\0"s), "Grü");
    EXPECT_EQ(decoded("\xfe\xff\0G\0r\0\xfc"s), "Grü");
    EXPECT_EQ(decoded("\xff\xfe\0\0G\0\0\0"s), "G");
}

TEST(TextDecoder, LegacyEncodingsAreDetected) {
    // "Die Größe der Brücke überraschte die Gäste; natürlich fröhlich, müde und außergewöhnlich höflich." in
    // ISO-8859-1.
    const std::string latin =
        "Die Gr\xf6\xdf"
        "e der Br\xfc"
        "cke \xfc"
        "berraschte die G\xe4ste; nat\xfcrlich fr\xf6hlich, m\xfc"
        "de und au\xdf"
        "ergew\xf6hnlich h\xf6"
        "flich.";
    EXPECT_EQ(decoded(latin),
              "Die Größe der Brücke überraschte die Gäste; natürlich fröhlich, müde und außergewöhnlich höflich.");
}

TEST(TextDecoder, LinesEndInNewlines) {
    EXPECT_EQ(decoded("a\r\nb\rc\n\r\n"), "a\nb\nc\n\n");
}

TEST(TextDecoder, BinaryIsRefused) {
    EXPECT_FALSE(decodeText("\x7f"
                            "ELF\0\0\1"s)
                     .ok());
    EXPECT_FALSE(decodeText(std::string(100, '\1')).ok());
    EXPECT_TRUE(decodeText("").ok());
}

TEST(TextDecoder, WhateverComesOutIsUtf8) {
    std::mt19937 random(5);
    for (int trial = 0; trial < 2000; ++trial) {
        std::string bytes(random() % 60, ' ');
        for (char& c : bytes) {
            c = static_cast<char>(random());
        }
        const Result<DecodedText> result = decodeText(bytes);
        if (result) {
            EXPECT_EQ(decoded("\xef\xbb\xbf" + result->text), result->text) << "not valid UTF-8";
        }
    }
}

TEST(MarkdownOutline, HeadingsOutsideFences) {
    const std::vector<OutlineEntry> outline =
        markdownOutline("# One #\ntext\n```sh\n# comment\n```\n### Deep\n#hash\n####### seven\n## C#\n");
    ASSERT_EQ(outline.size(), 3u);
    EXPECT_EQ(outline[0], (OutlineEntry{"One", 0, 0, 0, 1}));
    EXPECT_EQ(outline[1], (OutlineEntry{"Deep", 0, 0, 2, 6}));
    EXPECT_EQ(outline[2].title, "C#");
}

}  // namespace
}  // namespace lectern::app
