#pragma once
// What an ingested document is, whatever file it came from. Plain values, free to copy between threads.

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/ids.h"

namespace lectern::app {

/// A rectangle on a page, normalised to the page as it is shown: 0..1, origin top left, x0 <= x1, y0 <= y1.
struct PageRect {
    float x0 = 0;
    float y0 = 0;
    float x1 = 0;
    float y1 = 0;
    bool operator==(const PageRect&) const = default;
};

/// Width and height of a page in points (1/72 inch), as shown (after the file's own page rotation).
struct PageSize {
    double widthPoints = 0;
    double heightPoints = 0;
    bool operator==(const PageSize&) const = default;
};

/// One word of a page: the bytes of the page's text it stands for, and where it is printed.
/// `edgeBegin` indexes PageBoxes::edges; a word of n characters (Unicode code points) has n + 1 edges there. n is 0 for
/// words that are only marked whole (right-to-left scripts).
struct WordBox {
    uint32_t byteBegin = 0;
    uint32_t byteEnd = 0;
    PageRect box;
    uint32_t edgeBegin = 0;
    uint16_t characterCount = 0;
    bool vertical = false;  ///< characters follow each other from top to bottom, edges run along y
    bool operator==(const WordBox&) const = default;
};

/// The words of a page in text order; byte ranges ascend and do not overlap. An edge is the boundary between two
/// characters, 0..65535 of the way through its word's box in writing direction.
struct PageBoxes {
    std::vector<WordBox> words;
    std::vector<uint16_t> edges;
    bool operator==(const PageBoxes&) const = default;
};

/// The numbers are stored in libraries: new kinds go to the end.
enum class DocumentKind : uint8_t { Pdf, Text, Markdown, SourceTree, Html, Epub, Docx, Odt };
inline constexpr int kDocumentKinds = 8;

/// "pdf", "text", "markdown", "source_tree", "html", "epub", "docx", "odt": the names used in JSON.
std::string documentKindName(DocumentKind kind);

/// What the text of a page can be trusted to be.
enum class PageState : uint8_t {
    Text,       ///< has text
    Blank,      ///< nothing on it
    NoText,     ///< something is drawn, but there is no text: a scan, or a figure
    Unreadable  ///< could not be parsed; `note` says why
};

/// One page of a PDF, one file of a source tree, one part of an EPUB, or the whole of a text (HTML, DOCX, ODT) file.
/// Only PDF pages have a size and boxes; the others are cited by lines. `text` is UTF-8 with '\n' between lines.
struct DocumentPage {
    int32_t index = 0;
    /// Page label ("iv", "12"), path inside the source tree, or title of the EPUB's part; empty for a plain text file.
    std::string label;
    PageSize size;
    PageState state = PageState::Text;
    std::string note;  ///< one sentence: why a page is Unreadable, or what else is to be known
    std::string text;
    PageBoxes boxes;
};

/// The note of pages whose text was recognised in their picture.
inline constexpr const char* kRecognisedNote =
    "text of scanned pages was recognised in their pictures; compare it with the page before relying on it.";

/// One line of the table of contents, in order; `depth` 0 is a chapter. `page` is -1 where the target is unknown.
/// Source trees list their folders (page -1) and files.
struct OutlineEntry {
    std::string title;
    int32_t page = -1;
    float top = 0;  ///< PDF: normalised height of the target on its page
    int32_t depth = 0;
    int32_t line = 0;  ///< all but PDF: line of the target on its page, from 1
    bool operator==(const OutlineEntry&) const = default;
};

/// Raised when the same file would give other text: stored documents of another version are ingested again.
inline constexpr int32_t kExtractorVersion = 1;

/// Everything about a document but its pages.
struct DocumentHeader {
    DocumentKind kind = DocumentKind::Text;
    std::string title;
    std::string sourcePath;   ///< absolute
    std::string contentHash;  ///< SHA-256 in hex of the file, or of the tree's sorted (path, file hash) list
    int64_t sizeBytes = 0;
    int32_t pageCount = 0;
    bool encrypted = false;
    std::vector<OutlineEntry> outline;
};

/// A document in memory. `boxes` of its pages may be left empty when it was read from the library for asking.
struct Document {
    DocumentHeader header;
    std::vector<DocumentPage> pages;
    std::vector<std::string> warnings;  ///< sentences for the reader: pages without text, files left out
};

}  // namespace lectern::app
