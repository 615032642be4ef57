// What the library stores in its blobs: word boxes, tokens, rectangles, outlines. The first byte chooses; compressed
// blobs are also tried as if the rest were their content.

#include "app/ingest/page_boxes_codec.h"
#include "app/library/blobs.h"
#include "app/library/compression.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;
using namespace lectern::app;

std::vector<std::string> fuzzSeeds() {
    PageBoxes boxes;
    boxes.words.resize(2);
    boxes.words[0].byteEnd = 3;
    boxes.words[1].byteBegin = 4;
    boxes.words[1].byteEnd = 8;
    const PageTokens tokens{{1, 500, 3}, {0, 2, 9}};
    const std::vector<OutlineEntry> outline(2);
    const std::vector<std::string> strings{"a", "b"};
    const std::vector<PageRect> rects(2);
    return {"b" + encodePageBoxes(boxes),
            "t" + packPageTokens(tokens),
            "o" + packOutline(outline),
            "s" + packStrings(strings),
            "r" + packRects(rects),
            "z" + compressBytes("text text text"),
            "T" + *decompressBytes(packPageTokens(tokens), 1 << 20),
            "O" + *decompressBytes(packOutline(outline), 1 << 20)};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) {
        return 0;
    }
    const std::string_view rest = fuzz::textOf(data + 1, size - 1);
    switch (data[0]) {
        case 'b':
            (void)decodePageBoxes(rest, 1000);
            break;
        case 't':
            (void)unpackPageTokens(rest);
            break;
        case 'T':
            (void)unpackPageTokens(compressBytes(rest));
            break;
        case 'o':
            (void)unpackOutline(rest);
            break;
        case 'O':
            (void)unpackOutline(compressBytes(rest));
            break;
        case 's':
            (void)unpackStrings(rest);
            break;
        case 'r':
            (void)unpackRects(rest);
            (void)unpackTokenRanges(rest);
            break;
        default:
            (void)decompressBytes(rest, 1 << 20);
            break;
    }
    return 0;
}
