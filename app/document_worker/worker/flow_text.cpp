#include "app/document_worker/worker/flow_text.h"

#include <algorithm>
#include <cstddef>

namespace lectern::app::worker {
namespace {

constexpr size_t kMaximumHeadings = 50'000;
constexpr size_t kMaximumAnchors = 200'000;
constexpr size_t kMaximumLinks = 200'000;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// Control characters say nothing to a reader and would end lines or strings elsewhere.
bool isControl(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\n') || byte == 0x7f;
}

}  // namespace

void FlowText::put(std::string_view bytes) {
    if (static_cast<int64_t>(m_text.size() + bytes.size()) > m_maximumBytes) {
        m_overflowed = true;
        return;
    }
    m_text += bytes;
    m_line += static_cast<int32_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

void FlowText::breakBy(int lineEnds) {
    if (m_cells.empty()) {
        m_breaks = std::max(m_breaks, lineEnds);
    } else {
        m_cells.back().breakOwed = m_cells.back().hasText;
    }
}

void FlowText::open() {
    for (Cell& cell : m_cells) {
        if (cell.breakOwed) {
            m_breaks = std::max(m_breaks, 1);
            cell.hasLines = true;
            cell.breakOwed = false;
        }
        cell.hasText = true;
    }
    if (m_breaks > 0 && !m_text.empty()) {
        put(std::string_view("\n\n").substr(0, static_cast<size_t>(m_breaks)));
        m_space = false;
    } else if (m_space && !m_text.empty() && m_text.back() != '\n') {
        put(" ");
    }
    m_breaks = 0;
    m_space = false;
    if (!m_prefix.empty()) {
        put(m_prefix);
        m_prefix.clear();
    }
    for (std::string& anchor : m_pendingAnchors) {
        if (m_anchors.size() < kMaximumAnchors) {
            m_anchors.emplace(std::move(anchor), m_line);
        }
    }
    m_pendingAnchors.clear();
    if (m_headingDepth >= 0 && m_headingBegin == std::string::npos) {
        m_headingBegin = m_text.size();
    }
    if (!m_linkTarget.empty() && m_linkBegin == std::string::npos) {
        m_linkBegin = m_text.size();
    }
}

void FlowText::addText(std::string_view utf8) {
    for (size_t i = 0; i < utf8.size() && !m_overflowed;) {
        if (isSpace(utf8[i]) || isControl(utf8[i])) {
            m_space = true;
            ++i;
            continue;
        }
        const size_t end = static_cast<size_t>(std::find_if(utf8.begin() + static_cast<std::ptrdiff_t>(i), utf8.end(),
                                                            [](char c) { return isSpace(c) || isControl(c); }) -
                                               utf8.begin());
        open();
        put(utf8.substr(i, end - i));
        i = end;
    }
}

void FlowText::addVerbatim(std::string_view utf8) {
    if (utf8.empty() || m_overflowed) {
        return;
    }
    open();
    std::string clean(utf8);
    clean.erase(std::remove_if(clean.begin(), clean.end(), isControl), clean.end());
    put(clean);
}

void FlowText::lineBreak() {
    if (m_cells.empty()) {
        m_breaks = std::min(2, m_breaks + 1);
    } else {
        breakBy(1);
    }
}

void FlowText::paragraph() {
    breakBy(2);
}

void FlowText::line() {
    breakBy(1);
}

void FlowText::beginRow() {
    line();
    m_rows.emplace_back();
}

void FlowText::endRow() {
    if (!m_rows.empty()) {
        m_rows.pop_back();
    }
    line();
}

void FlowText::beginCell() {
    Row alone;
    Row& row = m_rows.empty() ? alone : m_rows.back();
    if (row.cells > 0 && row.lastHadLines) {
        line();
    } else if (row.cells > 0) {
        m_space = false;
        addVerbatim(" | ");
    }
    ++row.cells;
    m_cells.emplace_back();
}

void FlowText::endCell() {
    if (m_cells.empty()) {
        return;
    }
    if (!m_rows.empty()) {
        m_rows.back().lastHadLines = m_cells.back().hasLines;
    }
    m_cells.pop_back();
}

void FlowText::beginHeading(int depth) {
    paragraph();
    m_prefix.clear();
    m_headingDepth = depth;
    m_headingBegin = std::string::npos;
}

void FlowText::endHeading() {
    if (m_headingDepth >= 0 && m_headingBegin != std::string::npos && m_headings.size() < kMaximumHeadings) {
        FlowHeading heading;
        heading.title = m_text.substr(m_headingBegin, kMaximumTitleBytes);
        heading.line = m_line - static_cast<int32_t>(std::count(heading.title.begin(), heading.title.end(), '\n'));
        std::replace(heading.title.begin(), heading.title.end(), '\n', ' ');
        heading.depth = m_headingDepth;
        m_headings.push_back(std::move(heading));
    }
    m_headingDepth = -1;
    m_headingBegin = std::string::npos;
    paragraph();
}

void FlowText::addAnchor(const std::string& name) {
    if (m_pendingAnchors.size() < kMaximumAnchors && name.size() <= kMaximumTitleBytes) {
        m_pendingAnchors.push_back(name);
    }
}

void FlowText::beginLink(std::string target) {
    endLink();
    m_linkTarget = target.size() <= kMaximumTitleBytes ? std::move(target) : std::string();
}

void FlowText::endLink() {
    if (!m_linkTarget.empty() && m_linkBegin < m_text.size() && m_links.size() < kMaximumLinks) {
        m_links.push_back({m_linkBegin, m_text.size(), std::move(m_linkTarget)});
    }
    m_linkTarget.clear();
    m_linkBegin = std::string::npos;
}

std::string FlowText::takeText() {
    while (!m_text.empty() && isSpace(m_text.back())) {
        m_text.pop_back();
    }
    return std::move(m_text);
}

std::string collapsedTitle(std::string_view utf8) {
    FlowText flow(static_cast<int64_t>(kMaximumTitleBytes));
    flow.addText(utf8);
    return flow.takeText();
}

}  // namespace lectern::app::worker
