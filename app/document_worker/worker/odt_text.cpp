#include <algorithm>
#include <array>

#include "app/document_worker/worker/office_text.h"
#include "app/document_worker/worker/sax.h"

namespace lectern::app::worker {
namespace {

constexpr int kMaximumSpaces = 1000;

class OdtHandler : public SaxHandler {
  public:
    explicit OdtHandler(FlowText& flow) : m_flow(flow) {}

    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (m_skipped > 0 || isSkipped(name)) {
            ++m_skipped;
            return;
        }
        if (name == "h") {
            m_flow.beginHeading(std::clamp(integerOf(attribute(attributes, "outline-level"), 1), 1, 10) - 1);
            ++m_inText;
        } else if (name == "p") {
            beginParagraph();
            ++m_inText;
        } else if (name == "list-item") {
            m_flow.line();
            m_flow.setPrefix("- ");
            ++m_items;
        } else if (name == "s") {
            const int count = std::clamp(integerOf(attribute(attributes, "c"), 1), 1, kMaximumSpaces);
            m_flow.addText(std::string(static_cast<size_t>(count), ' '));
        } else if (name == "a") {
            m_flow.beginLink(attribute(attributes, "href"));
        } else if (name == "bookmark" || name == "bookmark-start" || name == "reference-mark-start") {
            m_flow.addAnchor(attribute(attributes, "name"));
        } else if (name == "tab") {
            m_flow.addText(" ");
        } else if (name == "line-break") {
            m_flow.lineBreak();
        } else if (name == "note") {
            m_flow.addText(" [");
            ++m_notes;
            m_noteParagraphs = 0;
        } else if (name == "table-row") {
            m_flow.beginRow();
        } else if (name == "table-cell") {
            m_flow.beginCell();
        } else if (name == "table") {
            m_flow.paragraph();
        }
    }

    void endElement(const std::string& name) override {
        if (m_skipped > 0) {
            --m_skipped;
            return;
        }
        if (name == "h") {
            m_flow.endHeading();
            --m_inText;
        } else if (name == "p") {
            endParagraph();
            --m_inText;
        } else if (name == "list-item") {
            m_flow.line();
            --m_items;
        } else if (name == "a") {
            m_flow.endLink();
        } else if (name == "note") {
            m_flow.addText("]");
            --m_notes;
        } else if (name == "table-row") {
            m_flow.endRow();
        } else if (name == "table-cell") {
            m_flow.endCell();
        } else if (name == "table") {
            m_flow.paragraph();
        }
    }

    void characters(std::string_view utf8) override {
        if (m_skipped == 0 && m_inText > 0) {
            m_flow.addText(utf8);
        }
    }

  private:
    static bool isSkipped(const std::string& name) {
        static constexpr std::array<std::string_view, 6> kNames = {
            "annotation", "tracked-changes", "note-citation", "automatic-styles", "forms", "sequence-decls"};
        return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
    }

    // The paragraphs of a note stand inside the line that it belongs to.
    void beginParagraph() {
        if (m_notes > 0) {
            m_flow.addText(m_noteParagraphs++ > 0 ? " " : "");
        } else {
            endParagraph();
        }
    }
    void endParagraph() {
        if (m_notes > 0) {
            return;
        }
        if (m_items > 0) {
            m_flow.line();
        } else {
            m_flow.paragraph();
        }
    }

    FlowText& m_flow;
    int m_skipped = 0;
    int m_inText = 0;
    int m_items = 0;
    int m_notes = 0;
    int m_noteParagraphs = 0;
};

class TitleHandler : public SaxHandler {
  public:
    std::string title;
    void beginElement(const std::string& name, const Attributes&) override {
        m_inside = name == "title" && title.empty();
    }
    void endElement(const std::string&) override { m_inside = false; }
    void characters(std::string_view utf8) override {
        if (m_inside && title.size() < kMaximumTitleBytes) {
            title += utf8;
        }
    }

  private:
    bool m_inside = false;
};

}  // namespace

Result<void> readOdt(const ContainerEntries& entries, const std::string& name, FlowText& flow) {
    OdtHandler handler(flow);
    return parseXml(entries.at("content.xml"), name, handler);
}

std::string dublinCoreTitle(const std::string& xml) {
    TitleHandler handler;
    static_cast<void>(parseXml(xml, "", handler).ok());
    return collapsedTitle(handler.title);
}

}  // namespace lectern::app::worker
