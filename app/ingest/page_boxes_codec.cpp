#include "app/ingest/page_boxes_codec.h"

#include <algorithm>
#include <cmath>

#include "engine/core/byte_io.h"

namespace lectern::app {
namespace {

constexpr uint8_t kVersion = 1;
constexpr float kUnits = 65535.0f;
constexpr int64_t kFixedWordBytes = 8;     // four u16
constexpr int64_t kMinimumWordBytes = 11;  // three varints of one byte and the box

uint16_t toUnits(float value) {
    return static_cast<uint16_t>(std::lround(std::clamp(value, 0.0f, 1.0f) * kUnits));
}

Error damaged() {
    return {ErrorCode::Corrupt, "The stored word positions of a page are damaged."};
}

bool readWord(ByteReader& reader, uint64_t& textPosition, int64_t textBytes, uint64_t edgeTotal, PageBoxes& boxes) {
    const uint64_t gap = reader.varint(), length = reader.varint(), packed = reader.varint();
    const auto limit = static_cast<uint64_t>(textBytes);
    if (reader.failed() || gap > limit || length > limit || textPosition + gap + length > limit) {
        return false;
    }
    const uint64_t characters = packed >> 1;
    const int64_t innerEdges = characters > 0 ? static_cast<int64_t>(characters) - 1 : 0;
    if (characters > 0xffff || static_cast<int64_t>(reader.remaining()) < kFixedWordBytes + 2 * innerEdges ||
        boxes.edges.size() + characters + 1 > edgeTotal) {
        return false;
    }
    WordBox word;
    word.byteBegin = static_cast<uint32_t>(textPosition + gap);
    word.byteEnd = static_cast<uint32_t>(textPosition + gap + length);
    textPosition = word.byteEnd;
    word.vertical = (packed & 1) != 0;
    word.characterCount = static_cast<uint16_t>(characters);
    word.box.x0 = reader.u16() / kUnits;
    word.box.y0 = reader.u16() / kUnits;
    word.box.x1 = reader.u16() / kUnits;
    word.box.y1 = reader.u16() / kUnits;
    if (word.box.x0 > word.box.x1 || word.box.y0 > word.box.y1) {
        return false;
    }
    word.edgeBegin = static_cast<uint32_t>(boxes.edges.size());
    boxes.edges.push_back(0);
    for (int64_t i = 0; i < innerEdges; ++i) {
        const uint16_t edge = reader.u16();
        boxes.edges.push_back(std::max(edge, boxes.edges.back()));
    }
    if (characters > 0) {
        boxes.edges.push_back(65535);
    }
    boxes.words.push_back(word);
    return true;
}

}  // namespace

std::string encodePageBoxes(const PageBoxes& boxes) {
    ByteWriter out;
    out.u8(kVersion);
    out.varint(boxes.words.size());
    out.varint(boxes.edges.size());
    uint32_t textPosition = 0;
    for (const WordBox& word : boxes.words) {
        out.varint(word.byteBegin - textPosition);
        out.varint(word.byteEnd - word.byteBegin);
        out.varint(static_cast<uint64_t>(word.characterCount) * 2 + (word.vertical ? 1 : 0));
        textPosition = word.byteEnd;
        out.u16(toUnits(word.box.x0));
        out.u16(toUnits(word.box.y0));
        out.u16(toUnits(word.box.x1));
        out.u16(toUnits(word.box.y1));
        for (int i = 1; i < word.characterCount; ++i) {
            out.u16(boxes.edges[word.edgeBegin + static_cast<uint32_t>(i)]);
        }
    }
    return out.take();
}

Result<PageBoxes> decodePageBoxes(std::string_view bytes, int64_t textBytes) {
    ByteReader reader(bytes);
    const uint8_t version = reader.u8();
    const uint64_t wordCount = reader.varint(), edgeCount = reader.varint();
    const uint64_t left = reader.remaining();
    if (reader.failed() || version != kVersion || textBytes < 0 || textBytes > 0xffffffff ||
        wordCount > left / kMinimumWordBytes || edgeCount > left / 2 + 2 * wordCount) {
        return damaged();
    }
    PageBoxes boxes;
    boxes.words.reserve(wordCount);
    boxes.edges.reserve(edgeCount);
    uint64_t textPosition = 0;
    for (uint64_t i = 0; i < wordCount; ++i) {
        if (!readWord(reader, textPosition, textBytes, edgeCount, boxes)) {
            return damaged();
        }
    }
    if (reader.remaining() != 0 || boxes.edges.size() != edgeCount) {
        return damaged();
    }
    return boxes;
}

}  // namespace lectern::app
