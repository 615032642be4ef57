#include "app/library/compression.h"

#include <zstd.h>

#include "engine/core/check.h"

namespace lectern::app {
namespace {

constexpr int kLevel = 3;

}  // namespace

std::string compressBytes(std::string_view bytes) {
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    const size_t size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
    LECTERN_CHECK(ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

Result<std::string> decompressBytes(std::string_view bytes, int64_t maximumBytes) {
    const Error damaged{ErrorCode::Corrupt, "A compressed part of the library is damaged."};
    const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN ||
        size > static_cast<unsigned long long>(maximumBytes)) {
        return damaged;
    }
    std::string out(size, '\0');
    const size_t got = ZSTD_decompress(out.data(), out.size(), bytes.data(), bytes.size());
    if (ZSTD_isError(got) != 0 || got != size) {
        return damaged;
    }
    return out;
}

}  // namespace lectern::app
