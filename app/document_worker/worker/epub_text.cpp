#include "app/document_worker/worker/epub_text.h"

#include <algorithm>
#include <optional>

#include "app/document_worker/worker/container.h"
#include "app/document_worker/worker/flow_links.h"
#include "app/document_worker/worker/html_text.h"
#include "app/document_worker/worker/sax.h"

namespace lectern::app::worker {
namespace {

constexpr size_t kMaximumParts = 50'000;
constexpr size_t kMaximumEntries = 50'000;
constexpr int kMaximumDepth = 32;

/// META-INF/container.xml: where the package is.
class ContainerHandler : public SaxHandler {
  public:
    std::string package;
    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (name == "rootfile" && package.empty()) {
            package = attribute(attributes, "full-path");
        }
    }
};

/// META-INF/encryption.xml: fonts may be obfuscated, text may not.
class EncryptionHandler : public SaxHandler {
  public:
    bool textIsEncrypted = false;
    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (name == "CipherReference") {
            const std::string target = attribute(attributes, "URI");
            textIsEncrypted = textIsEncrypted || target.ends_with("html") || target.ends_with(".htm");
        }
    }
};

/// The package: items by id, reading order, and where the tables of contents are.
class PackageHandler : public SaxHandler {
  public:
    std::map<std::string, std::string> items;
    std::vector<std::string> spine;
    std::string navigation;
    std::string ncx;

    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (name == "item") {
            const std::string href = attribute(attributes, "href");
            items[attribute(attributes, "id")] = href;
            if (attribute(attributes, "properties").find("nav") != std::string::npos) {
                navigation = href;
            }
            if (attribute(attributes, "media-type") == "application/x-dtbncx+xml") {
                ncx = href;
            }
        } else if (name == "itemref" && spine.size() < kMaximumParts) {
            spine.push_back(attribute(attributes, "idref"));
        }
    }
};

struct ContentsEntry {
    std::string title;
    std::string target;
    int depth = 0;
};

/// nav.xhtml (lists of links) or toc.ncx (navPoints).
class ContentsHandler : public SaxHandler {
  public:
    std::vector<ContentsEntry> entries;

    void beginElement(const std::string& name, const Attributes& attributes) override {
        if (name == "nav") {
            m_inContents = attribute(attributes, "type").find("toc") != std::string::npos;
        } else if (name == "ol" && m_inContents) {
            ++m_depth;
        } else if (name == "navPoint") {
            ++m_depth;
            begin({});
        } else if (name == "a" && m_inContents && m_depth > 0) {
            begin(attribute(attributes, "href"));
            m_inTitle = true;
        } else if (name == "text" && m_depth > 0) {
            m_inTitle = true;
        } else if (name == "content" && m_depth > 0 && !entries.empty() && entries.back().target.empty()) {
            entries.back().target = attribute(attributes, "src");
        }
    }

    void endElement(const std::string& name) override {
        if (name == "nav") {
            m_inContents = false;
        } else if ((name == "ol" && m_inContents) || name == "navPoint") {
            m_depth = std::max(0, m_depth - 1);
        } else if (name == "a" || name == "text") {
            m_inTitle = false;
        }
    }

    void characters(std::string_view utf8) override {
        if (m_inTitle && !entries.empty() && entries.back().title.size() < kMaximumTitleBytes) {
            entries.back().title += utf8;
        }
    }

  private:
    void begin(std::string target) {
        if (entries.size() < kMaximumEntries) {
            entries.push_back({"", std::move(target), std::min(m_depth - 1, kMaximumDepth)});
        }
    }
    int m_depth = 0;
    bool m_inContents = false;
    bool m_inTitle = false;
};

class EpubReader {
  public:
    EpubReader(const ContainerEntries& entries, std::string name, int64_t maximumPageBytes)
        : m_entries(entries), m_name(std::move(name)), m_maximumPageBytes(maximumPageBytes) {}

    Result<Epub> read() {
        LECTERN_TRY(openPackage());
        for (const std::string& id : m_package.spine) {
            LECTERN_TRY(readPart(resolved(m_packagePath, m_package.items[id])));
        }
        if (m_epub.pages.empty()) {
            return Error{ErrorCode::Corrupt, m_name + " is damaged: none of its parts is there."};
        }
        const bool listed = readContents(m_package.navigation) || readContents(m_package.ncx);
        if (!listed) {
            m_epub.outline = m_headings;
        }
        nameParts();
        connectLinks();
        return std::move(m_epub);
    }

  private:
    const std::string* find(const std::string& path) const {
        const auto found = m_entries.find(path);
        return found == m_entries.end() ? nullptr : &found->second;
    }

    static std::string resolved(const std::string& base, const std::string& link) {
        return link.empty() ? std::string() : resolveEntry(base, link.substr(0, link.find('#')));
    }

    Result<void> openPackage() {
        if (const std::string* encryption = find("META-INF/encryption.xml")) {
            EncryptionHandler handler;
            LECTERN_TRY(parseXml(*encryption, m_name, handler));
            if (handler.textIsEncrypted) {
                return Error{ErrorCode::Unsupported, m_name + " is protected by its publisher and cannot be read."};
            }
        }
        const std::string* container = find("META-INF/container.xml");
        ContainerHandler handler;
        LECTERN_TRY(container == nullptr ? Result<void>() : parseXml(*container, m_name, handler));
        m_packagePath = handler.package;
        const std::string* package = find(m_packagePath);
        if (package == nullptr) {
            return Error{ErrorCode::Corrupt, m_name + " is damaged: its package description is missing."};
        }
        LECTERN_TRY(parseXml(*package, m_name, m_package));
        m_epub.title = dublinCoreTitle(*package);
        return {};
    }

    Result<void> readPart(const std::string& path) {
        const std::string* bytes = find(path);
        if (bytes == nullptr || m_parts.contains(path)) {
            return {};
        }
        FlowText flow(m_maximumPageBytes);
        LECTERN_ASSIGN(const std::string html, htmlAsUtf8(*bytes));
        LECTERN_ASSIGN(const std::string title, readHtml(html, m_name, flow));
        DocumentPage page;
        page.index = static_cast<int32_t>(m_epub.pages.size());
        for (const FlowHeading& heading : flow.headings()) {
            m_headings.push_back({heading.title, page.index, 0, heading.depth, heading.line});
        }
        page.label = !flow.headings().empty() ? flow.headings().front().title : title;
        page.note = flow.overflowed() ? "Only the first part of this chapter was read, because it is too long." : "";
        page.text = flow.takeText();
        page.state = page.text.empty() ? PageState::Blank : PageState::Text;
        m_parts[path] = page.index;
        m_anchors.push_back(flow.anchors());
        m_links.push_back(flow.links());
        m_paths.push_back(path);
        m_epub.pages.push_back(std::move(page));
        return {};
    }

    /// Where a link in the part `base` leads: a part, and the line of an anchor in it.
    std::optional<FlowTarget> targetOf(const std::string& base, const std::string& target) const {
        const auto part = m_parts.find(target.starts_with('#') ? base : resolved(base, target));
        if (part == m_parts.end() || isOutsideAddress(target)) {
            return std::nullopt;
        }
        const auto& anchors = m_anchors[static_cast<size_t>(part->second)];
        const auto anchor = anchors.find(fragmentOf(target));
        return FlowTarget{part->second, anchor == anchors.end() ? 1 : anchor->second};
    }

    void connectLinks() {
        for (size_t i = 0; i < m_epub.pages.size(); ++i) {
            m_epub.links.push_back(linksOfPage(
                m_epub.pages[i], 0, m_links[i], [&](const std::string& target) { return targetOf(m_paths[i], target); },
                RelativeTargets::Nowhere));
        }
    }

    bool readContents(const std::string& link) {
        const std::string path = resolved(m_packagePath, link);
        const std::string* bytes = find(path);
        ContentsHandler handler;
        if (bytes == nullptr || !parseXml(*bytes, m_name, handler)) {
            return false;
        }
        for (const ContentsEntry& entry : handler.entries) {
            OutlineEntry line{collapsedTitle(entry.title), -1, 0, entry.depth, 0};
            if (const std::optional<FlowTarget> target = targetOf(path, entry.target)) {
                line.page = target->page;
                line.line = target->line;
            }
            if (!line.title.empty()) {
                m_epub.outline.push_back(std::move(line));
            }
        }
        return !m_epub.outline.empty();
    }

    /// The table of contents names parts better than their first heading does.
    void nameParts() {
        std::vector<bool> named(m_epub.pages.size());
        for (const OutlineEntry& entry : m_epub.outline) {
            const auto index = static_cast<size_t>(entry.page);
            if (entry.page >= 0 && !named[index]) {
                named[index] = true;
                m_epub.pages[index].label = entry.title;
            }
        }
        for (DocumentPage& page : m_epub.pages) {
            page.label = page.label.empty() ? "Part " + std::to_string(page.index + 1) : page.label;
        }
    }

    const ContainerEntries& m_entries;
    std::string m_name;
    int64_t m_maximumPageBytes;
    std::string m_packagePath;
    PackageHandler m_package;
    std::map<std::string, int32_t> m_parts;
    std::vector<std::map<std::string, int32_t>> m_anchors;  ///< by part
    std::vector<std::vector<FlowLink>> m_links;
    std::vector<std::string> m_paths;
    std::vector<OutlineEntry> m_headings;
    Epub m_epub;
};

}  // namespace

Result<Epub> readEpub(const ContainerEntries& entries, const std::string& name, int64_t maximumPageBytes) {
    return EpubReader(entries, name, maximumPageBytes).read();
}

}  // namespace lectern::app::worker
