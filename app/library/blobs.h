#pragma once
// How small lists are packed into the library's blobs.

#include <span>
#include <string>
#include <vector>

#include "app/library/records.h"
#include "engine/core/result.h"

namespace lectern::app {

// Rectangles: four little-endian f32 each. Token ranges: two little-endian i64 each. Readers drop an incomplete tail.
std::string packRects(std::span<const PageRect> rects);
std::vector<PageRect> unpackRects(std::string_view bytes);
std::string packTokenRanges(std::span<const TokenRange> ranges);
std::vector<TokenRange> unpackTokenRanges(std::string_view bytes);

/// Ids and starts as delta varints, compressed.
std::string packPageTokens(const PageTokens& tokens);
/// Errors: Corrupt.
Result<PageTokens> unpackPageTokens(std::string_view bytes);

/// JSON arrays of the header's lists.
std::string packOutline(std::span<const OutlineEntry> outline);  ///< compressed
std::vector<OutlineEntry> unpackOutline(std::string_view bytes);
std::string packStrings(std::span<const std::string> strings);
std::vector<std::string> unpackStrings(std::string_view json);

}  // namespace lectern::app
