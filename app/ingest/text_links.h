#pragma once
// Links that a text file writes itself: Markdown links, addresses in plain text, and where Markdown anchors lie.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"

namespace lectern::app {

/// Bytes of a text that lead to `target`, as the file writes it: an address, "#heading", "other.md#heading".
struct TextLink {
    ByteRange bytes;  ///< what a reader sees as the link: its words, or the address itself
    std::string target;
    bool operator==(const TextLink&) const = default;
};

/// Most links that are looked for in one text.
inline constexpr size_t kMaximumTextLinks = 20'000;

/// Inline, reference and automatic links of CommonMark and bare addresses, outside code; in order.
std::vector<TextLink> markdownLinks(std::string_view text);

/// "https://…", "http://…", "ftp://…" and "mailto:…" in any text; punctuation that ends the sentence is left out.
std::vector<TextLink> addressesIn(std::string_view text);

/// Lines (from 1) of the headings by the name that links use ("## A Title!" is "a-title", the second of the name
/// "a-title-1"), and of anchors written as HTML.
std::map<std::string, int> markdownAnchors(std::string_view text);

/// `target` without its fragment, percent-encoding decoded, as seen from the folder of the file `from`; empty where it
/// is an address, leaves the tree, or is only a fragment.
std::string linkedPath(std::string_view from, std::string_view target);

/// What follows '#', percent-encoding decoded, in lower case as markdownAnchors() names them.
std::string linkedFragment(std::string_view target);

}  // namespace lectern::app
