#include "app/document_worker/ocr_worker/recogniser.h"

#include <tesseract/baseapi.h>
#include <tesseract/resultiterator.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "app/document_worker/protocol.h"

namespace lectern::app::worker {
namespace {

// Below this, in percent, what Tesseract reads is nearly always dirt, lines or pictures.
constexpr float kMinimumConfidence = 30;

using Level = tesseract::PageIteratorLevel;

std::string textAt(const tesseract::ResultIterator& position, Level level) {
    const std::unique_ptr<char[]> text(position.GetUTF8Text(level));
    return text == nullptr ? std::string() : std::string(text.get());
}

class PageBuilder {
  public:
    PageBuilder(DocumentPage& page, const QImage& picture)
        : m_page(page), m_width(picture.width()), m_height(picture.height()) {}

    void add(tesseract::ResultIterator& word) {
        const bool newParagraph = word.IsAtBeginningOf(tesseract::RIL_PARA);
        const bool newLine = word.IsAtBeginningOf(tesseract::RIL_TEXTLINE);
        m_break = newParagraph ? "\n\n" : newLine && m_break.size() < 2 ? "\n" : m_break.empty() ? " " : m_break;
        const std::string text = textAt(word, tesseract::RIL_WORD);
        int left = 0;
        int top = 0;
        int right = 0;
        int bottom = 0;
        const bool placed = word.BoundingBox(tesseract::RIL_WORD, &left, &top, &right, &bottom);
        const bool fits = static_cast<int64_t>(m_page.text.size() + text.size()) < protocol::kMaximumPageTextBytes &&
                          static_cast<int64_t>(m_page.boxes.words.size()) < protocol::kMaximumWordsPerPage;
        if (text.empty() || !placed || !fits || word.Confidence(tesseract::RIL_WORD) < kMinimumConfidence) {
            return;
        }
        open(text);
        WordBox box;
        box.byteBegin = static_cast<uint32_t>(m_page.text.size());
        m_page.text += text;
        box.byteEnd = static_cast<uint32_t>(m_page.text.size());
        box.box = {unit(left, m_width), unit(top, m_height), unit(right, m_width), unit(bottom, m_height)};
        addEdges(word, text, left, right, box);
        m_page.boxes.words.push_back(box);
        m_break.clear();
    }

  private:
    static float unit(int value, int extent) {
        return std::clamp(static_cast<float>(value) / static_cast<float>(std::max(extent, 1)), 0.0f, 1.0f);
    }

    /// What divides this word from the one before; a word broken at the end of a line is joined again.
    void open(const std::string& text) {
        std::string& so = m_page.text;
        const bool broken = m_break == "\n" && so.size() > 1 && so.back() == '-' &&
                            std::isalpha(static_cast<unsigned char>(so[so.size() - 2])) != 0 &&
                            std::islower(static_cast<unsigned char>(text.front())) != 0;
        if (broken) {
            so.pop_back();
            m_page.boxes.words.back().byteEnd -= 1;
        } else if (!so.empty()) {
            so += m_break;
        }
    }

    /// Boundaries between the word's symbols; where they are not one character each the word is marked whole.
    void addEdges(const tesseract::ResultIterator& word, const std::string& text, int left, int right, WordBox& box) {
        std::vector<uint16_t> edges{0};
        tesseract::ResultIterator symbol(word);
        std::string joined;
        bool single = true;
        do {
            int from = 0;
            int to = 0;
            int ignored = 0;
            const std::string each = textAt(symbol, tesseract::RIL_SYMBOL);
            symbol.BoundingBox(tesseract::RIL_SYMBOL, &from, &ignored, &to, &ignored);
            const auto characters = std::count_if(each.begin(), each.end(), [](char c) { return (c & 0xc0) != 0x80; });
            single = single && characters == 1;
            if (!joined.empty()) {
                const double along = static_cast<double>(from - left) / std::max(right - left, 1);
                const auto edge = static_cast<uint16_t>(std::lround(std::clamp(along, 0.0, 1.0) * 65535.0));
                edges.push_back(std::max(edge, edges.back()));
            }
            joined += each;
            if (symbol.IsAtFinalElement(tesseract::RIL_WORD, tesseract::RIL_SYMBOL)) {
                break;
            }
        } while (symbol.Next(tesseract::RIL_SYMBOL));
        single = single && joined == text && edges.size() < 0xffff;
        box.edgeBegin = static_cast<uint32_t>(m_page.boxes.edges.size());
        box.characterCount = single ? static_cast<uint16_t>(edges.size()) : uint16_t{0};
        if (single) {
            edges.push_back(65535);
        } else {
            edges = {0};
        }
        m_page.boxes.edges.insert(m_page.boxes.edges.end(), edges.begin(), edges.end());
    }

    DocumentPage& m_page;
    int m_width;
    int m_height;
    std::string m_break;
};

}  // namespace

struct Recogniser::Impl {
    tesseract::TessBaseAPI api;
    std::string language;
};

Recogniser::Recogniser() : m_impl(std::make_unique<Impl>()) {}

Recogniser::~Recogniser() {
    m_impl->api.End();
}

Result<void> Recogniser::recognise(const QImage& picture, double pixelsPerInch, const std::string& language,
                                   DocumentPage& page) {
    if (m_impl->language != language) {
        m_impl->language.clear();
        if (m_impl->api.Init(nullptr, language.c_str(), tesseract::OEM_LSTM_ONLY) != 0) {
            return Error{ErrorCode::Unsupported, "Text recognition for “" + language +
                                                     "” is not installed on this computer (package tesseract-ocr-" +
                                                     language + ")."};
        }
        m_impl->language = language;
    }
    const QImage gray = picture.convertToFormat(QImage::Format_Grayscale8);
    m_impl->api.SetPageSegMode(tesseract::PSM_AUTO);
    m_impl->api.SetImage(gray.constBits(), gray.width(), gray.height(), 1, static_cast<int>(gray.bytesPerLine()));
    m_impl->api.SetSourceResolution(static_cast<int>(std::lround(pixelsPerInch)));
    if (m_impl->api.Recognize(nullptr) != 0) {
        return Error{ErrorCode::Internal, "The picture of the page could not be read as text."};
    }
    PageBuilder builder(page, gray);
    const std::unique_ptr<tesseract::ResultIterator> word(m_impl->api.GetIterator());
    if (word != nullptr) {
        do {
            builder.add(*word);
        } while (word->Next(tesseract::RIL_WORD));
    }
    m_impl->api.Clear();
    return {};
}

}  // namespace lectern::app::worker
