#include "app/ingest/page_boxes_codec.h"

#include <algorithm>
#include <cmath>

namespace lectern::app {
namespace {

constexpr uint8_t kVersion = 1;
constexpr float kUnits = 65535.0f;
constexpr int64_t kFixedWordBytes = 8;     // four u16
constexpr int64_t kMinimumWordBytes = 11;  // three varints of one byte and the box

void putVarint(std::string& out, uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(static_cast<uint8_t>(value) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

void putU16(std::string& out, uint16_t value) {
    out.push_back(static_cast<char>(value & 0xff));
    out.push_back(static_cast<char>(value >> 8));
}

uint16_t toUnits(float value) {
    return static_cast<uint16_t>(std::lround(std::clamp(value, 0.0f, 1.0f) * kUnits));
}

class Reader {
  public:
    explicit Reader(std::string_view bytes) : m_bytes(bytes) {}

    int64_t left() const { return static_cast<int64_t>(m_bytes.size()) - m_position; }

    bool byte(uint8_t& value) {
        if (left() < 1) {
            return false;
        }
        value = static_cast<uint8_t>(m_bytes[static_cast<size_t>(m_position++)]);
        return true;
    }

    bool varint(uint64_t& value) {
        value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            uint8_t next = 0;
            if (!byte(next)) {
                return false;
            }
            value |= static_cast<uint64_t>(next & 0x7f) << shift;
            if ((next & 0x80) == 0) {
                return true;
            }
        }
        return false;
    }

    uint16_t u16() {
        uint8_t low = 0;
        uint8_t high = 0;
        byte(low);
        byte(high);
        return static_cast<uint16_t>(low | (high << 8));
    }

  private:
    std::string_view m_bytes;
    int64_t m_position = 0;
};

Error damaged() {
    return {ErrorCode::Corrupt, "The stored word positions of a page are damaged."};
}

bool readWord(Reader& reader, uint64_t& textPosition, int64_t textBytes, uint64_t edgeTotal, PageBoxes& boxes) {
    uint64_t gap = 0;
    uint64_t length = 0;
    uint64_t packed = 0;
    if (!reader.varint(gap) || !reader.varint(length) || !reader.varint(packed)) {
        return false;
    }
    const auto limit = static_cast<uint64_t>(textBytes);
    if (gap > limit || length > limit || textPosition + gap + length > limit) {
        return false;
    }
    const uint64_t characters = packed >> 1;
    const int64_t innerEdges = characters > 0 ? static_cast<int64_t>(characters) - 1 : 0;
    if (characters > 0xffff || reader.left() < kFixedWordBytes + 2 * innerEdges ||
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
    std::string out;
    out.reserve(16 + boxes.words.size() * 14 + boxes.edges.size() * 2);
    out.push_back(static_cast<char>(kVersion));
    putVarint(out, boxes.words.size());
    putVarint(out, boxes.edges.size());
    uint32_t textPosition = 0;
    for (const WordBox& word : boxes.words) {
        putVarint(out, word.byteBegin - textPosition);
        putVarint(out, word.byteEnd - word.byteBegin);
        putVarint(out, static_cast<uint64_t>(word.characterCount) * 2 + (word.vertical ? 1 : 0));
        textPosition = word.byteEnd;
        putU16(out, toUnits(word.box.x0));
        putU16(out, toUnits(word.box.y0));
        putU16(out, toUnits(word.box.x1));
        putU16(out, toUnits(word.box.y1));
        for (int i = 1; i < word.characterCount; ++i) {
            putU16(out, boxes.edges[word.edgeBegin + static_cast<uint32_t>(i)]);
        }
    }
    return out;
}

Result<PageBoxes> decodePageBoxes(std::string_view bytes, int64_t textBytes) {
    Reader reader(bytes);
    uint8_t version = 0;
    uint64_t wordCount = 0;
    uint64_t edgeCount = 0;
    if (!reader.byte(version) || version != kVersion || !reader.varint(wordCount) || !reader.varint(edgeCount)) {
        return damaged();
    }
    const auto left = static_cast<uint64_t>(reader.left());
    if (textBytes < 0 || textBytes > 0xffffffff || wordCount > left / kMinimumWordBytes ||
        edgeCount > left / 2 + 2 * wordCount) {
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
    if (reader.left() != 0 || boxes.edges.size() != edgeCount) {
        return damaged();
    }
    return boxes;
}

}  // namespace lectern::app
