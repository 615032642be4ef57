#include "app/document_worker/worker/html_text.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "app/ingest/text_decoder.h"

namespace lectern::app::worker {
namespace {

constexpr size_t kDeclarationBytes = 2048;
constexpr size_t kMaximumListDepth = 100;

template <size_t N>
bool isOneOf(const std::string& name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool isSkipped(const std::string& name) {
    static constexpr std::array<std::string_view, 10> kNames = {"script", "style",  "template", "noscript", "svg",
                                                                "iframe", "object", "audio",    "video",    "canvas"};
    return isOneOf(name, kNames);
}

bool isParagraph(const std::string& name) {
    static constexpr std::array<std::string_view, 26> kNames = {
        "p",          "div",     "section",    "article", "header", "footer", "main",  "aside", "nav",
        "blockquote", "figure",  "figcaption", "ul",      "ol",     "dl",     "table", "form",  "fieldset",
        "address",    "details", "hr",         "pre",     "body",   "center", "menu",  "hgroup"};
    return isOneOf(name, kNames);
}

bool isLine(const std::string& name) {
    static constexpr std::array<std::string_view, 8> kNames = {"dt",     "dd",     "caption", "summary",
                                                               "legend", "option", "thead",   "tbody"};
    return isOneOf(name, kNames);
}

bool isList(const std::string& name) {
    return name == "ul" || name == "ol" || name == "menu";
}

/// 1..6 of a heading's name, 0 of another.
int headingLevel(const std::string& name) {
    return name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' ? name[1] - '0' : 0;
}

class HtmlHandler : public SaxHandler {
  public:
    explicit HtmlHandler(FlowText& flow) : m_flow(flow) {}

    std::string title;

    void beginElement(const std::string& name, const Attributes& attributes) override {
        const bool hidden =
            std::any_of(attributes.begin(), attributes.end(), [](const auto& each) { return each.first == "hidden"; });
        if (m_skipped > 0 || isSkipped(name) || (hidden && name != "body")) {
            // Elements without an end still get their end event.
            ++m_skipped;
            return;
        }
        m_inTitle = m_inTitle || name == "title";
        addAnchors(name, attributes);
        if (name == "a") {
            m_flow.beginLink(attribute(attributes, "href"));
        }
        if (const int level = headingLevel(name); level > 0) {
            m_flow.beginHeading(level - 1);
        } else if (name == "br") {
            m_flow.lineBreak();
        } else if (name == "li") {
            beginItem();
        } else if (name == "tr") {
            m_flow.beginRow();
        } else if (name == "td" || name == "th") {
            m_flow.beginCell();
        } else if (name == "img") {
            const std::string words = attribute(attributes, "alt");
            m_flow.addText(words.empty() ? "" : " [" + words + "] ");
        } else if (isList(name) && !m_lists.empty()) {
            m_flow.line();
        } else if (isParagraph(name)) {
            m_flow.paragraph();
        } else if (isLine(name)) {
            m_flow.line();
        }
        if (isList(name) && m_lists.size() < kMaximumListDepth) {
            m_lists.push_back(name == "ol" ? 1 : 0);
        }
        m_verbatim += name == "pre" || name == "textarea" ? 1 : 0;
    }

    void endElement(const std::string& name) override {
        if (m_skipped > 0) {
            --m_skipped;
            return;
        }
        m_inTitle = m_inTitle && name != "title";
        if (name == "a") {
            m_flow.endLink();
        }
        if (headingLevel(name) > 0) {
            m_flow.endHeading();
        } else if (name == "tr") {
            m_flow.endRow();
        } else if (name == "td" || name == "th") {
            m_flow.endCell();
        } else if (name == "li" || isLine(name) || (isList(name) && m_lists.size() > 1)) {
            m_flow.line();
        } else if (isParagraph(name)) {
            m_flow.paragraph();
        }
        if (isList(name) && !m_lists.empty()) {
            m_lists.pop_back();
        }
        m_verbatim -= (name == "pre" || name == "textarea") && m_verbatim > 0 ? 1 : 0;
    }

    void characters(std::string_view utf8) override {
        if (m_skipped > 0) {
            return;
        }
        if (m_inTitle) {
            title += title.size() < kMaximumTitleBytes ? utf8 : std::string_view();
        } else if (m_verbatim > 0) {
            m_flow.addVerbatim(utf8);
        } else {
            m_flow.addText(utf8);
        }
    }

  private:
    void addAnchors(const std::string& name, const Attributes& attributes) {
        for (const char* key : {"id", "name"}) {
            const std::string value = attribute(attributes, key);
            if (!value.empty() && (key[0] == 'i' || name == "a")) {
                m_flow.addAnchor(value);
            }
        }
    }

    void beginItem() {
        m_flow.line();
        const std::string indent(m_lists.size() > 1 ? 2 * (m_lists.size() - 1) : 0, ' ');
        const bool numbered = !m_lists.empty() && m_lists.back() > 0;
        m_flow.setPrefix(indent + (numbered ? std::to_string(m_lists.back()++) + ". " : "- "));
    }

    FlowText& m_flow;
    std::vector<int> m_lists;  ///< next number, 0 for lists without numbers
    int m_skipped = 0;
    int m_verbatim = 0;
    bool m_inTitle = false;
};

/// The value of charset= or encoding= near the beginning; empty where none is declared.
std::string declaredEncoding(std::string_view bytes) {
    std::string head(bytes.substr(0, kDeclarationBytes));
    std::transform(head.begin(), head.end(), head.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string_view key : {"charset=", "encoding="}) {
        size_t begin = head.find(key);
        if (begin == std::string::npos) {
            continue;
        }
        begin += key.size();
        begin += begin < head.size() && (head[begin] == '"' || head[begin] == '\'') ? 1 : 0;
        const size_t end = head.find_first_of("\"' />;?\r\n", begin);
        return head.substr(begin, end == std::string::npos ? end : end - begin);
    }
    return {};
}

}  // namespace

Result<std::string> readHtml(std::string_view utf8, const std::string& name, FlowText& flow) {
    HtmlHandler handler(flow);
    LECTERN_TRY(parseHtml(utf8, name, handler));
    return collapsedTitle(handler.title);
}

Result<std::string> htmlAsUtf8(std::string_view bytes) {
    LECTERN_ASSIGN(DecodedText decoded, decodeText(bytes, declaredEncoding(bytes)));
    return std::move(decoded.text);
}

}  // namespace lectern::app::worker
