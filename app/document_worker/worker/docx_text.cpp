#include <algorithm>
#include <array>

#include "app/document_worker/worker/office_text.h"
#include "app/document_worker/worker/sax.h"

namespace lectern::app::worker {
namespace {

constexpr int kNoLevel = -1;
constexpr int kHeadingLevels = 9;

/// word/styles.xml: which paragraph styles are headings, and of which level from 0.
class StylesHandler : public SaxHandler {
  public:
    void beginElement(const std::string& name, const Attributes& attributes) override {
        const std::string value = attribute(attributes, "val");
        if (name == "style") {
            m_id = attribute(attributes, "styleId");
        } else if (name == "name" && value.size() == 9 && value.starts_with("heading ")) {
            m_levels[m_id] = value[8] - '1';
        } else if (name == "outlineLvl" && !value.empty()) {
            m_levels[m_id] = integerOf(value, kNoLevel);
        } else if (name == "basedOn") {
            m_parents[m_id] = value;
        }
    }

    int levelOf(std::string id) const {
        for (int step = 0; step < 32; ++step) {
            if (const auto level = m_levels.find(id); level != m_levels.end()) {
                return level->second >= 0 && level->second < kHeadingLevels ? level->second : kNoLevel;
            }
            const auto parent = m_parents.find(id);
            if (parent == m_parents.end()) {
                break;
            }
            id = parent->second;
        }
        return kNoLevel;
    }

  private:
    std::string m_id;
    std::map<std::string, int> m_levels;
    std::map<std::string, std::string> m_parents;
};

/// word/_rels/document.xml.rels: addresses outside, by the id that links name.
class TargetsHandler : public SaxHandler {
  public:
    std::map<std::string, std::string> targets;

    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (name == "Relationship" && attribute(attributes, "TargetMode") == "External") {
            targets[attribute(attributes, "Id")] = attribute(attributes, "Target");
        }
    }
};

class DocxHandler : public SaxHandler {
  public:
    DocxHandler(const StylesHandler& styles, const std::map<std::string, std::string>& targets, FlowText& flow)
        : m_styles(styles), m_targets(targets), m_flow(flow) {}

    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (m_skipped > 0 || isSkipped(name, attributes)) {
            ++m_skipped;
            return;
        }
        if (name == "p") {
            m_flow.line();
            m_level = kNoLevel;
            m_item = false;
            m_decided = false;
        } else if (name == "pPr") {
            m_inProperties = true;
        } else if (m_inProperties) {
            readProperty(name, attribute(attributes, "val"));
        } else if (name == "hyperlink") {
            decide();
            const std::string anchor = attribute(attributes, "anchor");
            const auto outside = m_targets.find(attribute(attributes, "id"));
            m_flow.beginLink(!anchor.empty()              ? "#" + anchor
                             : outside == m_targets.end() ? std::string()
                                                          : outside->second);
        } else if (name == "r") {
            decide();
        } else if (name == "bookmarkStart") {
            m_flow.addAnchor(attribute(attributes, "name"));
        } else if (name == "t") {
            m_inText = true;
        } else if (name == "tab") {
            m_flow.addText(" ");
        } else if (name == "br" || name == "cr") {
            m_flow.lineBreak();
        } else if (name == "noBreakHyphen") {
            m_flow.addText("-");
        } else if (name == "tr") {
            m_flow.beginRow();
        } else if (name == "tc") {
            m_flow.beginCell();
        } else if (name == "tbl") {
            m_flow.paragraph();
        } else if (name == "footnoteReference" || name == "endnoteReference") {
            m_flow.addText("[" + noteName(name, attribute(attributes, "id")) + "]");
        } else if (name == "footnote" || name == "endnote") {
            m_flow.paragraph();
            m_flow.setPrefix("[" + noteName(name, attribute(attributes, "id")) + "] ");
        }
    }

    void endElement(const std::string& name) override {
        if (m_skipped > 0) {
            --m_skipped;
            return;
        }
        if (name == "pPr") {
            m_inProperties = false;
            decide();
        } else if (name == "hyperlink") {
            m_flow.endLink();
        } else if (name == "t") {
            m_inText = false;
        } else if (name == "p") {
            endParagraph();
        } else if (name == "tr") {
            m_flow.endRow();
        } else if (name == "tc") {
            m_flow.endCell();
        } else if (name == "tbl") {
            m_flow.paragraph();
        }
    }

    void characters(std::string_view utf8) override {
        if (m_skipped == 0 && m_inText) {
            m_flow.addText(utf8);
        }
    }

  private:
    static bool isSkipped(const std::string& name, const Attributes& attributes) {
        static constexpr std::array<std::string_view, 6> kNames = {"del",     "moveFrom",  "Fallback",
                                                                   "delText", "instrText", "sectPr"};
        const bool separator = (name == "footnote" || name == "endnote") &&
                               attribute(attributes, "type").find("eparator") != std::string::npos;
        return separator || std::find(kNames.begin(), kNames.end(), name) != kNames.end();
    }

    static std::string noteName(const std::string& element, const std::string& id) {
        return (element.starts_with("end") ? "e" : "") + id;
    }

    void readProperty(const std::string& name, const std::string& value) {
        if (name == "pStyle") {
            m_level = m_styles.levelOf(value);
        } else if (name == "outlineLvl") {
            const int level = integerOf(value, kNoLevel);
            m_level = level >= 0 && level < kHeadingLevels ? level : kNoLevel;
        } else if (name == "numId") {
            m_item = value != "0";
        }
    }

    /// Once per paragraph, when what it is is known and before its text.
    void decide() {
        if (m_decided) {
            return;
        }
        m_decided = true;
        if (m_level != kNoLevel) {
            m_flow.beginHeading(m_level);
        } else if (m_item) {
            m_flow.setPrefix("- ");
        } else {
            m_flow.paragraph();
        }
    }

    void endParagraph() {
        if (m_level != kNoLevel) {
            m_flow.endHeading();
        } else if (m_item) {
            m_flow.line();
        } else {
            m_flow.paragraph();
        }
        m_level = kNoLevel;
    }

    const StylesHandler& m_styles;
    const std::map<std::string, std::string>& m_targets;
    FlowText& m_flow;
    int m_skipped = 0;
    int m_level = kNoLevel;
    bool m_item = false;
    bool m_decided = true;
    bool m_inProperties = false;
    bool m_inText = false;
};

}  // namespace

Result<void> readDocx(const ContainerEntries& entries, const std::string& name, FlowText& flow) {
    StylesHandler styles;
    if (const auto found = entries.find("word/styles.xml"); found != entries.end()) {
        LECTERN_TRY(parseXml(found->second, name, styles));
    }
    for (const std::string part : {"document.xml", "footnotes.xml", "endnotes.xml"}) {
        if (const auto found = entries.find("word/" + part); found != entries.end()) {
            TargetsHandler links;
            if (const auto rels = entries.find("word/_rels/" + part + ".rels"); rels != entries.end()) {
                LECTERN_TRY(parseXml(rels->second, name, links));
            }
            DocxHandler handler(styles, links.targets, flow);
            LECTERN_TRY(parseXml(found->second, name, handler));
            flow.paragraph();
        }
    }
    return {};
}

}  // namespace lectern::app::worker
