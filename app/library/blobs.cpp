#include "app/library/blobs.h"

#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>

#include "app/library/compression.h"
#include "engine/core/byte_io.h"

namespace lectern::app {
namespace {

using nlohmann::json;

constexpr int64_t kMaximumTokenBytes = int64_t{256} << 20;
constexpr int64_t kMaximumOutlineBytes = int64_t{64} << 20;

static_assert(std::endian::native == std::endian::little, "the library's blobs are little-endian");
static_assert(sizeof(PageRect) == 16 && sizeof(TokenRange) == 16);

template <typename T>
std::string pack(std::span<const T> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

template <typename T>
std::vector<T> unpack(std::string_view bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty()) {
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    }
    return values;
}

}  // namespace

std::string packRects(std::span<const PageRect> rects) {
    return pack(rects);
}
std::vector<PageRect> unpackRects(std::string_view bytes) {
    return unpack<PageRect>(bytes);
}
std::string packTokenRanges(std::span<const TokenRange> ranges) {
    return pack(ranges);
}
std::vector<TokenRange> unpackTokenRanges(std::string_view bytes) {
    return unpack<TokenRange>(bytes);
}

std::string packPageTokens(const PageTokens& tokens) {
    ByteWriter out;
    out.varint(tokens.ids.size());
    uint32_t previous = 0;
    for (const uint32_t start : tokens.starts) {
        out.varint(start - previous);
        previous = start;
    }
    for (const int32_t id : tokens.ids) {
        out.varint(static_cast<uint32_t>(id));
    }
    return compressBytes(out.take());
}

Result<PageTokens> unpackPageTokens(std::string_view compressed) {
    const Error damaged{ErrorCode::Corrupt, "The stored tokens of a page are damaged."};
    LECTERN_ASSIGN(const std::string raw, decompressBytes(compressed, kMaximumTokenBytes));
    ByteReader in(raw);
    const uint64_t count = in.varint();
    if (in.failed() || count > in.remaining() / 2) {
        return damaged;
    }
    PageTokens tokens;
    tokens.starts.reserve(count);
    tokens.ids.reserve(count);
    uint64_t start = 0;
    for (uint64_t i = 0; i < count; ++i) {
        const uint64_t step = in.varint();
        if (in.failed() || step > 0xffffffff || start + step > 0xffffffff) {
            return damaged;
        }
        start += step;
        tokens.starts.push_back(static_cast<uint32_t>(start));
    }
    for (uint64_t i = 0; i < count; ++i) {
        const uint64_t id = in.varint();
        if (in.failed() || id > 0x7fffffff) {
            return damaged;
        }
        tokens.ids.push_back(static_cast<int32_t>(id));
    }
    return in.remaining() == 0 ? Result<PageTokens>(std::move(tokens)) : damaged;
}

std::string packOutline(std::span<const OutlineEntry> outline) {
    json rows = json::array();
    for (const OutlineEntry& entry : outline) {
        rows.push_back({entry.title, entry.page, entry.top, entry.depth, entry.line});
    }
    return compressBytes(rows.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::vector<OutlineEntry> unpackOutline(std::string_view bytes) {
    std::vector<OutlineEntry> outline;
    const Result<std::string> text = decompressBytes(bytes, kMaximumOutlineBytes);
    const json rows = text ? json::parse(*text, nullptr, false) : json();
    for (const json& row : rows.is_array() ? rows : json::array()) {
        const bool good = row.is_array() && row.size() == 5 && row[0].is_string() && row[1].is_number_integer() &&
                          row[2].is_number() && row[3].is_number_integer() && row[4].is_number_integer();
        if (good) {
            outline.push_back({row[0].get<std::string>(), row[1].get<int32_t>(), row[2].get<float>(),
                               row[3].get<int32_t>(), row[4].get<int32_t>()});
        }
    }
    return outline;
}

std::string packStrings(std::span<const std::string> strings) {
    return json(std::vector<std::string>(strings.begin(), strings.end()))
        .dump(-1, ' ', false, json::error_handler_t::replace);
}

std::vector<std::string> unpackStrings(std::string_view text) {
    std::vector<std::string> strings;
    const json rows = json::parse(text, nullptr, false);
    for (const json& row : rows.is_array() ? rows : json::array()) {
        if (row.is_string()) {
            strings.push_back(row.get<std::string>());
        }
    }
    return strings;
}

}  // namespace lectern::app
