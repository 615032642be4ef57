#include "app/ingest/page_boxes_codec.h"

#include <gtest/gtest.h>

#include <random>

namespace lectern::app {
namespace {

PageBoxes randomBoxes(std::mt19937& random, int words, int64_t& textBytes) {
    PageBoxes boxes;
    const auto unit = [&] { return static_cast<float>(random() % 65536) / 65535.0f; };
    uint32_t position = 0;
    for (int i = 0; i < words; ++i) {
        WordBox word;
        word.byteBegin = position + random() % 3;
        word.byteEnd = word.byteBegin + random() % 200;
        position = word.byteEnd;
        const float a = unit(), b = unit(), c = unit(), d = unit();
        word.box = {std::min(a, b), std::min(c, d), std::max(a, b), std::max(c, d)};
        word.vertical = random() % 2 == 0;
        word.characterCount = static_cast<uint16_t>(random() % 12);
        word.edgeBegin = static_cast<uint32_t>(boxes.edges.size());
        boxes.edges.push_back(0);
        for (int e = 1; e < word.characterCount; ++e) {
            boxes.edges.push_back(static_cast<uint16_t>(e * 5000));
        }
        if (word.characterCount > 0) {
            boxes.edges.push_back(65535);
        }
        boxes.words.push_back(word);
    }
    textBytes = position;
    return boxes;
}

TEST(PageBoxesCodec, RoundTrips) {
    std::mt19937 random(7);
    for (const int words : {0, 1, 2, 500}) {
        int64_t textBytes = 0;
        const PageBoxes boxes = randomBoxes(random, words, textBytes);
        const Result<PageBoxes> back = decodePageBoxes(encodePageBoxes(boxes), textBytes);
        ASSERT_TRUE(back.ok()) << words;
        EXPECT_EQ(*back, boxes);
    }
}

TEST(PageBoxesCodec, RefusesRangesBeyondTheText) {
    std::mt19937 random(8);
    int64_t textBytes = 0;
    const PageBoxes boxes = randomBoxes(random, 50, textBytes);
    EXPECT_FALSE(decodePageBoxes(encodePageBoxes(boxes), textBytes - 1).ok());
}

TEST(PageBoxesCodec, RefusesEveryTruncation) {
    std::mt19937 random(9);
    int64_t textBytes = 0;
    const std::string bytes = encodePageBoxes(randomBoxes(random, 20, textBytes));
    for (size_t length = 0; length < bytes.size(); ++length) {
        EXPECT_FALSE(decodePageBoxes(std::string_view(bytes).substr(0, length), textBytes).ok()) << length;
    }
    EXPECT_FALSE(decodePageBoxes(bytes + "x", textBytes).ok());
}

TEST(PageBoxesCodec, RefusesCountsThatDoNotFitBeforeAllocating) {
    // Version 1, then 2^56 words.
    const std::string bytes = std::string("\x01", 1) + std::string("\xff\xff\xff\xff\xff\xff\xff\x7f", 8) + "\x01";
    EXPECT_FALSE(decodePageBoxes(bytes, 1000).ok());
}

TEST(PageBoxesCodec, SurvivesRandomDamage) {
    std::mt19937 random(10);
    int64_t textBytes = 0;
    const std::string bytes = encodePageBoxes(randomBoxes(random, 40, textBytes));
    for (int trial = 0; trial < 5000; ++trial) {
        std::string damaged = bytes;
        for (int i = 0; i < 3; ++i) {
            damaged[random() % damaged.size()] = static_cast<char>(random());
        }
        const Result<PageBoxes> result = decodePageBoxes(damaged, textBytes);
        if (!result) {
            EXPECT_EQ(result.error().code, ErrorCode::Corrupt);
            continue;
        }
        for (const WordBox& word : result->words) {
            ASSERT_LE(word.byteEnd, static_cast<uint64_t>(textBytes));
            ASSERT_LE(word.box.x0, word.box.x1);
            ASSERT_LE(word.edgeBegin + (word.characterCount > 0 ? word.characterCount + 1u : 1u), result->edges.size());
        }
    }
}

}  // namespace
}  // namespace lectern::app
