#pragma once
// Builds the text of a reflowable document: blocks become lines, headings become an outline.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::app::worker {

constexpr size_t kMaximumTitleBytes = 1000;

/// A heading and where its line lies.
struct FlowHeading {
    std::string title;
    int depth = 0;     ///< 0 is the highest
    int32_t line = 1;  ///< from 1
};

/// Text that leads somewhere, with its target as the file writes it.
struct FlowLink {
    size_t begin = 0;  ///< bytes of the text
    size_t end = 0;
    std::string target;
};

/// Text that is being collected. White space collapses as in HTML, paragraphs are divided by an empty line, list items
/// and table rows follow each other line by line. Beyond `maximumBytes` nothing is added and overflowed() is true.
class FlowText {
  public:
    explicit FlowText(int64_t maximumBytes) : m_maximumBytes(maximumBytes) {}

    void addText(std::string_view utf8);
    /// As it stands, white space too (<pre>, text:s).
    void addVerbatim(std::string_view utf8);
    void lineBreak();
    /// Ends what is being written; the next text begins a paragraph.
    void paragraph();
    /// The same with a single line end: list items, rows.
    void line();
    /// The next text is the title of a heading, until endHeading().
    void beginHeading(int depth);
    void endHeading();
    /// Written before the next text of its line ("- ", "3. ").
    void setPrefix(std::string prefix) { m_prefix = std::move(prefix); }
    /// Rows are lines, their cells are divided by " | ". Blocks inside a cell begin lines only where there are several;
    /// tables may be nested.
    void beginRow();
    void endRow();
    void beginCell();
    void endCell();
    /// Names the line of the next text, for links into the document.
    void addAnchor(const std::string& name);
    /// The next text leads to `target`, until endLink(). Links are not nested.
    void beginLink(std::string target);
    void endLink();

    const std::string& text() const { return m_text; }
    std::string takeText();
    const std::vector<FlowHeading>& headings() const { return m_headings; }
    const std::map<std::string, int32_t>& anchors() const { return m_anchors; }
    const std::vector<FlowLink>& links() const { return m_links; }
    bool overflowed() const { return m_overflowed; }

  private:
    struct Row {
        int cells = 0;
        bool lastHadLines = false;
    };
    struct Cell {
        bool hasText = false;
        bool breakOwed = false;
        bool hasLines = false;
    };
    void breakBy(int lineEnds);
    void open();
    void put(std::string_view bytes);

    int64_t m_maximumBytes;
    std::string m_text;
    std::string m_prefix;
    std::vector<Row> m_rows;
    std::vector<Cell> m_cells;
    std::vector<FlowHeading> m_headings;
    std::map<std::string, int32_t> m_anchors;
    std::vector<std::string> m_pendingAnchors;
    std::vector<FlowLink> m_links;
    std::string m_linkTarget;
    size_t m_linkBegin = std::string::npos;
    int32_t m_line = 1;
    int m_breaks = 0;  ///< line ends owed before the next text
    bool m_space = false;
    bool m_overflowed = false;
    int m_headingDepth = -1;
    size_t m_headingBegin = std::string::npos;
};

/// A title on one line, white space collapsed, of at most kMaximumTitleBytes.
std::string collapsedTitle(std::string_view utf8);

}  // namespace lectern::app::worker
