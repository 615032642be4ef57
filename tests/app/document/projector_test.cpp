#include "app/ask/projector.h"

#include <gtest/gtest.h>

#include <cmath>

namespace lectern::app {
namespace {

// Two lines of two words of four characters, 0.1 wide; the third line stands in another column at the height of the
// first.
struct Sample {
    std::string text = "aaaa bbbb\ncccc dddd\neeee";
    PageBoxes boxes;

    Sample() {
        add(0, 0.1f, 0.1f);
        add(5, 0.22f, 0.1f);
        add(10, 0.1f, 0.15f);
        add(15, 0.22f, 0.15f);
        add(20, 0.6f, 0.1f);
    }

    void add(uint32_t begin, float x, float y) {
        WordBox word{begin, begin + 4, {x, y, x + 0.1f, y + 0.03f}, static_cast<uint32_t>(boxes.edges.size()),
                     4,     false};
        for (const int edge : {0, 16384, 32768, 49152, 65535}) {
            boxes.edges.push_back(static_cast<uint16_t>(edge));
        }
        boxes.words.push_back(word);
    }
};

TEST(Projector, OneRectanglePerLineAndColumn) {
    const Sample s;
    const std::vector<PageRect> rects = projectToPage(s.boxes, s.text, {0, 24});
    ASSERT_EQ(rects.size(), 3u);
    EXPECT_FLOAT_EQ(rects[0].x0, 0.1f);
    EXPECT_FLOAT_EQ(rects[0].x1, 0.32f);
    EXPECT_FLOAT_EQ(rects[1].y0, 0.15f);
    EXPECT_FLOAT_EQ(rects[2].x0, 0.6f);
}

TEST(Projector, CutsAtCharacters) {
    const Sample s;
    const std::vector<PageRect> rects = projectToPage(s.boxes, s.text, {2, 6});
    ASSERT_EQ(rects.size(), 1u);
    EXPECT_NEAR(rects[0].x0, 0.15f, 1e-4);
    EXPECT_NEAR(rects[0].x1, 0.245f, 1e-4);
}

TEST(Projector, BlankAndForeignRangesGiveNothing) {
    const Sample s;
    EXPECT_TRUE(projectToPage(s.boxes, s.text, {4, 5}).empty());
    EXPECT_TRUE(projectToPage(s.boxes, s.text, {100, 200}).empty());
    EXPECT_TRUE(projectToPage(s.boxes, s.text, {7, 7}).empty());
    EXPECT_TRUE(projectToPage(s.boxes, "short", {10, 20}).empty());
    EXPECT_TRUE(projectToPage({}, s.text, {0, 20}).empty());
}

TEST(Projector, EveryRangeStaysInsideItsWords) {
    const Sample s;
    for (int64_t begin = 0; begin <= 24; ++begin) {
        for (int64_t end = begin; end <= 24; ++end) {
            for (const PageRect& r : projectToPage(s.boxes, s.text, {begin, end})) {
                EXPECT_GE(r.x0, 0.1f);
                EXPECT_LE(r.x1, 0.7001f);
                EXPECT_LT(r.x0, r.x1);
                EXPECT_LT(r.y0, r.y1);
            }
        }
    }
}

TEST(Projector, Lines) {
    const std::string text = "one\ntwo\nthree\n";
    EXPECT_EQ(projectToLines(text, {0, 3}), (LineRange{1, 1}));
    EXPECT_EQ(projectToLines(text, {0, 4}), (LineRange{1, 1}));
    EXPECT_EQ(projectToLines(text, {4, 14}), (LineRange{2, 3}));
    EXPECT_EQ(projectToLines(text, {5, 5}), (LineRange{2, 2}));
    EXPECT_EQ(projectToLines(text, {90, 99}), (LineRange{4, 4}));
}

TEST(Projector, SelectionWithTheMouseRoundTrips) {
    const Sample s;
    const std::optional<ByteRange> range = bytesBetween(s.boxes, s.text, 0.15f, 0.115f, 0.27f, 0.165f);
    ASSERT_TRUE(range.has_value());
    EXPECT_EQ(*range, (ByteRange{2, 17}));
    EXPECT_FALSE(bytesBetween({}, "", 0, 0, 1, 1).has_value());
}

}  // namespace
}  // namespace lectern::app
