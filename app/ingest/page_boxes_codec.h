#pragma once
// Bytes of a page's word boxes, as the worker sends them and the library stores them (there compressed).

#include <string>
#include <string_view>

#include "app/ingest/document.h"
#include "engine/core/result.h"

namespace lectern::app {

/// Little-endian, version 1: u8 version, varint words, varint edges; per word varint gap to the previous word's end,
/// varint length, varint 2 * characters + vertical, u16 box edges of 1/65535 page, then the characters - 1 inner edges
/// as u16 (outer ones are 0 and 65535).
std::string encodePageBoxes(const PageBoxes& boxes);

/// The inverse, from any bytes: sizes are checked against what is left before anything is allocated; every byte range
/// ends at or before `textBytes` and every box lies inside the page. Errors: Corrupt.
Result<PageBoxes> decodePageBoxes(std::string_view bytes, int64_t textBytes);

}  // namespace lectern::app
