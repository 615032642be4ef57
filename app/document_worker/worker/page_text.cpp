#include "app/document_worker/worker/page_text.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string_view>
#include <vector>

#include "app/document_worker/protocol.h"

namespace lectern::app::worker {
namespace {

using Words = std::vector<std::unique_ptr<Poppler::TextBox>>;

/// A vertical step of more than this many line heights between lines starts a new paragraph.
constexpr double kParagraphStep = 1.75;

struct Line {
    std::vector<const Poppler::TextBox*> words;
    QRectF box;
};

struct Glyph {
    char32_t character = 0;
    QRectF box;
};

bool isHyphen(char32_t c) {
    return c == U'-' || c == 0x00AD || c == 0x2010;
}

bool isRightToLeft(char32_t c) {
    const QChar::Direction direction = QChar::direction(c);
    return direction == QChar::DirR || direction == QChar::DirAL;
}

bool isKept(char32_t c) {
    const bool joiner = c == 0x200C || c == 0x200D || c == 0x00AD;
    return joiner || (QChar::isPrint(c) && !QChar::isSpace(c) && !QChar::isSurrogate(c));
}

/// Latin ligatures (U+FB00..U+FB06) are read as their letters: nobody searches for the others.
void addLigature(char32_t ligature, const QRectF& box, std::vector<Glyph>& glyphs) {
    static constexpr std::u32string_view kLetters[] = {U"ff", U"fi", U"fl", U"ffi", U"ffl", U"st", U"st"};
    const std::u32string_view letters = kLetters[ligature - 0xFB00];
    const double width = box.width() / static_cast<double>(letters.size());
    for (size_t i = 0; i < letters.size(); ++i) {
        const double left = box.left() + width * static_cast<double>(i);
        glyphs.push_back({letters[i], QRectF(left, box.top(), width, box.height())});
    }
}

std::vector<Glyph> glyphsOf(const Poppler::TextBox& word) {
    std::vector<Glyph> glyphs;
    const QList<uint> characters = word.text().toUcs4();
    int index = 0;
    for (const uint c : characters) {
        const QRectF box = word.charBoundingBox(index++);
        if (c >= 0xFB00 && c <= 0xFB06) {
            addLigature(c, box, glyphs);
        } else if (c < 0x110000 && isKept(c)) {
            glyphs.push_back({c, box});
        }
    }
    return glyphs;
}

bool wordIsRightToLeft(const std::vector<Glyph>& glyphs) {
    const auto count =
        std::count_if(glyphs.begin(), glyphs.end(), [](const Glyph& g) { return isRightToLeft(g.character); });
    return 2 * count > static_cast<int64_t>(glyphs.size());
}

class PageTextBuilder {
  public:
    PageTextBuilder(DocumentPage& page, QSizeF size) : m_page(page), m_size(size) {}

    void addLine(const Line& line, const Line* next) {
        std::vector<std::vector<Glyph>> words;
        std::vector<bool> spaceAfter;
        for (const Poppler::TextBox* word : line.words) {
            words.push_back(glyphsOf(*word));
            spaceAfter.push_back(word->hasSpaceAfter());
        }
        std::vector<size_t> order = logicalOrder(words);
        for (size_t i = 0; i < order.size(); ++i) {
            const bool last = i + 1 == order.size();
            const bool joined = last && next != nullptr && hyphenJoins(words[order[i]], *next);
            addWord(words[order[i]], joined);
            m_hyphenated = joined;
            if (!last && spaceAfter[std::min(order[i], order[i + 1])]) {
                m_page.text.push_back(' ');
            }
        }
        if (next != nullptr && !m_hyphenated && !m_page.text.empty() && m_page.text.back() != '\n') {
            m_page.text += startsParagraph(line.box, next->box) ? "\n\n" : "\n";
        }
    }

    bool full() const {
        return static_cast<int64_t>(m_page.text.size()) > protocol::kMaximumPageTextBytes - 65536 ||
               static_cast<int64_t>(m_page.boxes.words.size()) >= protocol::kMaximumWordsPerPage;
    }

  private:
    /// Poppler lists words from left to right; runs of right-to-left words are read the other way.
    static std::vector<size_t> logicalOrder(std::vector<std::vector<Glyph>>& words) {
        std::vector<size_t> order(words.size());
        for (size_t i = 0; i < words.size(); ++i) {
            order[i] = i;
        }
        for (size_t i = 0; i < words.size();) {
            size_t end = i;
            while (end < words.size() && wordIsRightToLeft(words[end])) {
                std::reverse(words[end].begin(), words[end].end());
                ++end;
            }
            std::reverse(order.begin() + static_cast<ptrdiff_t>(i), order.begin() + static_cast<ptrdiff_t>(end));
            i = std::max(end, i + 1);
        }
        return order;
    }

    static bool hyphenJoins(const std::vector<Glyph>& word, const Line& next) {
        if (word.size() < 2 || !isHyphen(word.back().character) || !QChar::isLetter(word[word.size() - 2].character)) {
            return false;
        }
        const std::vector<Glyph> following = glyphsOf(*next.words.front());
        return !following.empty() && QChar::isLower(following.front().character);
    }

    static bool startsParagraph(const QRectF& line, const QRectF& next) {
        const double step = next.center().y() - line.center().y();
        const double height = std::max(line.height(), next.height());
        return step < -0.5 * height || step > kParagraphStep * height;
    }

    float normalised(double value, double extent) const {
        return extent > 0 ? static_cast<float>(std::clamp(value / extent, 0.0, 1.0)) : 0.0f;
    }

    void addWord(const std::vector<Glyph>& glyphs, bool dropLastFromText) {
        QRectF united;
        for (const Glyph& glyph : glyphs) {
            united = united.united(glyph.box);
        }
        if (glyphs.empty()) {
            return;
        }
        WordBox word;
        word.byteBegin = static_cast<uint32_t>(m_page.text.size());
        const size_t textGlyphs = glyphs.size() - (dropLastFromText ? 1 : 0);
        for (size_t i = 0; i < textGlyphs; ++i) {
            m_page.text += QString::fromUcs4(&glyphs[i].character, 1).toStdString();
        }
        word.byteEnd = static_cast<uint32_t>(m_page.text.size());
        word.box = {normalised(united.left(), m_size.width()), normalised(united.top(), m_size.height()),
                    normalised(united.right(), m_size.width()), normalised(united.bottom(), m_size.height())};
        word.vertical = glyphs.size() > 1 && united.height() > 1.5 * united.width();
        // Right-to-left words are only ever marked whole: their characters do not run along the edges.
        const size_t characters = wordIsRightToLeft(glyphs) ? 0 : glyphs.size();
        word.characterCount = static_cast<uint16_t>(std::min<size_t>(characters, 0xffff));
        word.edgeBegin = static_cast<uint32_t>(m_page.boxes.edges.size());
        addEdges(glyphs, united, word);
        m_page.boxes.words.push_back(word);
    }

    void addEdges(const std::vector<Glyph>& glyphs, const QRectF& united, const WordBox& word) {
        const double extent = word.vertical ? united.height() : united.width();
        const double origin = word.vertical ? united.top() : united.left();
        m_page.boxes.edges.push_back(0);
        for (size_t i = 1; i < word.characterCount; ++i) {
            const QRectF& box = glyphs[i].box;
            const double even = static_cast<double>(i) / static_cast<double>(glyphs.size());
            const double begin = word.vertical ? box.top() : box.left();
            const double along = extent > 0 && !box.isNull() ? std::clamp((begin - origin) / extent, 0.0, 1.0) : even;
            const auto edge = static_cast<uint16_t>(std::lround(along * 65535.0));
            m_page.boxes.edges.push_back(std::max(edge, m_page.boxes.edges.back()));
        }
        if (word.characterCount > 0) {
            m_page.boxes.edges.push_back(65535);
        }
    }

    DocumentPage& m_page;
    QSizeF m_size;
    bool m_hyphenated = false;
};

std::vector<Line> linesOf(const Words& words) {
    std::vector<Line> lines;
    bool open = false;
    for (const auto& word : words) {
        if (!open) {
            lines.emplace_back();
        }
        lines.back().words.push_back(word.get());
        lines.back().box = lines.back().box.united(word->boundingBox());
        open = word->nextWord() != nullptr;
    }
    return lines;
}

}  // namespace

void extractPageText(const Poppler::Page& page, DocumentPage& out) {
    const QSizeF size = page.pageSizeF();
    out.size = {size.width(), size.height()};
    const Words words = page.textList();
    const std::vector<Line> lines = linesOf(words);
    PageTextBuilder builder(out, size);
    for (size_t i = 0; i < lines.size(); ++i) {
        if (builder.full()) {
            out.note = "Only the first part of this page's text was read, because there is too much of it.";
            break;
        }
        builder.addLine(lines[i], i + 1 < lines.size() ? &lines[i + 1] : nullptr);
    }
}

}  // namespace lectern::app::worker
