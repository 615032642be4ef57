#include "app/ingest/text_links.h"

#include <QString>
#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

#include "app/ingest/text_ingestor.h"

namespace lectern::app {
namespace {

constexpr size_t kMaximumLabelBytes = 1000;
constexpr size_t kMaximumTargetBytes = 2000;
constexpr size_t kMaximumSpanBytes = 10'000;

bool isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string percentDecoded(std::string_view text) {
    return QByteArray::fromPercentEncoding(QByteArray(text.data(), static_cast<qsizetype>(text.size()))).toStdString();
}

std::string lower(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toLower().toStdString();
}

/// Reference names match without regard to case and runs of space.
std::string referenceName(std::string_view label) {
    return QString::fromUtf8(label.data(), static_cast<qsizetype>(label.size()))
        .simplified()
        .toCaseFolded()
        .toStdString();
}

bool isEscaped(std::string_view text, size_t at) {
    size_t slashes = 0;
    while (slashes < at && text[at - 1 - slashes] == '\\') {
        ++slashes;
    }
    return slashes % 2 == 1;
}

/// Length of an address that begins at `at`, 0 where there is none.
size_t addressLength(std::string_view text, size_t at) {
    static constexpr std::array<std::string_view, 4> kSchemes = {"https://", "http://", "ftp://", "mailto:"};
    const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                     [&](std::string_view each) { return text.substr(at).starts_with(each); });
    if (scheme == kSchemes.end() || (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0)) {
        return 0;
    }
    size_t end = at + scheme->size();
    int open = 0;  // brackets inside an address belong to it where they are balanced
    for (; end < text.size() && end - at < kMaximumTargetBytes; ++end) {
        const auto c = static_cast<unsigned char>(text[end]);
        open += c == '(' ? 1 : 0;
        if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == '`' || c == '|' || c == '\\' || c == '^' || c == '{' ||
            c == '}' || (c == ')' && open == 0) || c == 0x7f) {
            break;
        }
        open -= c == ')' ? 1 : 0;
    }
    while (end > at && std::string_view(".,;:!?'*_]").find(text[end - 1]) != std::string_view::npos) {
        --end;
    }
    return end > at + scheme->size() ? end - at : 0;
}

/// One look through a Markdown text. Marks what is code first, so that nothing in it counts.
class MarkdownScanner {
  public:
    explicit MarkdownScanner(std::string_view text) : m_text(text), m_code(text.size(), false) {
        markCode();
        collectReferences();
    }

    std::vector<TextLink> links() {
        for (size_t at = 0; at < m_text.size() && m_links.size() < kMaximumTextLinks;) {
            if (m_code[at]) {
                ++at;
            } else if (m_text[at] == '[' && !isEscaped(m_text, at)) {
                at = bracket(at);
            } else if (const size_t length = addressLength(m_text, at); length > 0) {
                m_links.push_back({range(at, at + length), std::string(m_text.substr(at, length))});
                at += length;
            } else {
                ++at;
            }
        }
        return std::move(m_links);
    }

  private:
    static ByteRange range(size_t begin, size_t end) {
        return {static_cast<int64_t>(begin), static_cast<int64_t>(end)};
    }

    void markCode() {
        char fence = 0;
        for (size_t begin = 0; begin < m_text.size();) {
            const size_t end = std::min(m_text.find('\n', begin), m_text.size());
            const size_t first = std::min(m_text.find_first_not_of(" \t", begin), end);
            const std::string_view start = m_text.substr(first, std::min<size_t>(3, end - first));
            const bool isFence = start == "```" || start == "~~~";
            if (isFence && (fence == 0 || fence == start[0])) {
                fence = fence == 0 ? start[0] : 0;
                std::fill(m_code.begin() + offset(begin), m_code.begin() + offset(end), true);
            } else if (fence != 0) {
                std::fill(m_code.begin() + offset(begin), m_code.begin() + offset(end), true);
            }
            begin = end + 1;
        }
        // Code spans: as many back quotes end one as began it, at most over a paragraph.
        for (size_t at = m_text.find('`'); at != std::string_view::npos; at = m_text.find('`', at)) {
            const size_t after = std::min(m_text.find_first_not_of('`', at), m_text.size());
            const std::string_view quotes = m_text.substr(at, after - at);
            if (m_code[at] || isEscaped(m_text, at)) {
                at = after;
                continue;
            }
            std::string_view near = m_text.substr(after, kMaximumSpanBytes);
            near = near.substr(0, near.find("\n\n"));
            size_t close = near.find(quotes);
            while (close != std::string_view::npos && close + quotes.size() < near.size() &&
                   near[close + quotes.size()] == '`') {
                const size_t behind = near.find_first_not_of('`', close);
                close = behind == std::string_view::npos ? behind : near.find(quotes, behind);
            }
            if (close == std::string_view::npos) {
                at = after;
                continue;
            }
            const size_t end = after + close + quotes.size();
            std::fill(m_code.begin() + offset(at), m_code.begin() + offset(end), true);
            at = end;
        }
    }

    static std::ptrdiff_t offset(size_t at) { return static_cast<std::ptrdiff_t>(at); }

    /// Lines "[name]: target".
    void collectReferences() {
        for (size_t begin = 0; begin < m_text.size();) {
            const size_t end = std::min(m_text.find('\n', begin), m_text.size());
            const size_t open = m_text.find_first_not_of(' ', begin);
            if (open < end && open - begin < 4 && m_text[open] == '[' && !m_code[open]) {
                const size_t close = m_text.substr(0, end).find("]:", open);
                if (close < end && close > open + 1) {
                    const size_t target = m_text.find_first_not_of(" \t", close + 2);
                    if (target < end) {
                        const size_t stop = std::min(m_text.find_first_of(" \t\r", target), end);
                        m_references.emplace(referenceName(m_text.substr(open + 1, close - open - 1)),
                                             bare(m_text.substr(target, stop - target)));
                    }
                }
            }
            begin = end + 1;
        }
    }

    /// "<target>" without its angle brackets.
    static std::string bare(std::string_view target) {
        const bool angled = target.size() > 2 && target.front() == '<' && target.back() == '>';
        return std::string(angled ? target.substr(1, target.size() - 2) : target);
    }

    /// The ']' that closes the '[' at `open`; npos where there is none near.
    size_t closing(size_t open) const {
        int depth = 0;
        const size_t limit = std::min(m_text.size(), open + kMaximumLabelBytes);
        for (size_t at = open; at < limit; ++at) {
            if (m_code[at] || isEscaped(m_text, at)) {
                continue;
            }
            if (m_text[at] == '\n' && at + 1 < m_text.size() && m_text[at + 1] == '\n') {
                break;
            }
            depth += m_text[at] == '[' ? 1 : m_text[at] == ']' ? -1 : 0;
            if (depth == 0) {
                return at;
            }
        }
        return std::string_view::npos;
    }

    /// The '[' at `open` may begin a link; returns where to go on.
    size_t bracket(size_t open) {
        const size_t close = closing(open);
        if (close == std::string_view::npos || close == open + 1) {
            return open + 1;
        }
        std::string target;
        size_t end = close + 1;
        const char next = end < m_text.size() ? m_text[end] : '\0';
        if (next == '(') {
            end = inlineTarget(end, target);
        } else if (next == '[') {
            const size_t nameEnd = closing(end);
            const bool named = nameEnd != std::string_view::npos && nameEnd > end + 1;
            target = reference(named ? m_text.substr(end + 1, nameEnd - end - 1) : label(open, close));
            end = nameEnd == std::string_view::npos ? end : nameEnd + 1;
        } else if (next != ':') {
            target = reference(label(open, close));
        }
        const bool isPicture = open > 0 && m_text[open - 1] == '!' && !isEscaped(m_text, open - 1);
        if (target.empty()) {
            return open + 1;
        }
        if (!isPicture) {
            m_links.push_back({range(open + 1, close), std::move(target)});
        }
        return end;
    }

    std::string_view label(size_t open, size_t close) const { return m_text.substr(open + 1, close - open - 1); }

    std::string reference(std::string_view name) const {
        const auto found = m_references.find(referenceName(name));
        return found == m_references.end() ? std::string() : found->second;
    }

    /// "(target "title")" that begins at `open`; returns the byte behind it, or `open` where it is none.
    size_t inlineTarget(size_t open, std::string& target) const {
        size_t at = open + 1;
        while (at < m_text.size() && isSpace(m_text[at])) {
            ++at;
        }
        size_t stop = at;
        if (at < m_text.size() && m_text[at] == '<') {
            stop = m_text.substr(0, at + kMaximumTargetBytes).find_first_of(">\n", at);
            stop = stop == std::string_view::npos || m_text[stop] == '\n' ? at : stop + 1;
        } else {
            int depth = 0;
            while (stop < m_text.size() && !isSpace(m_text[stop]) && stop - at < kMaximumTargetBytes) {
                depth += m_text[stop] == '(' ? 1 : m_text[stop] == ')' ? -1 : 0;
                if (depth < 0) {
                    break;
                }
                ++stop;
            }
        }
        std::string_view rest = m_text.substr(stop, kMaximumTargetBytes);
        rest = rest.substr(0, rest.find("\n\n"));
        const size_t close = rest.find(')');
        if (stop == at || close == std::string_view::npos) {
            return open;
        }
        target = bare(m_text.substr(at, stop - at));
        return stop + close + 1;
    }

    std::string_view m_text;
    std::vector<bool> m_code;
    std::map<std::string, std::string> m_references;
    std::vector<TextLink> m_links;
};

/// As GitHub and most others name headings: lower case, no punctuation, dashes for spaces.
std::string headingName(std::string_view title) {
    const QString text = QString::fromUtf8(title.data(), static_cast<qsizetype>(title.size())).toLower();
    QString name;
    for (const QChar c : text) {
        if (c.isLetterOrNumber() || c.isMark() || c.isSurrogate() || c == QLatin1Char('-') || c == QLatin1Char('_')) {
            name += c;
        } else if (c == QLatin1Char(' ')) {
            name += QLatin1Char('-');
        }
    }
    return name.toStdString();
}

}  // namespace

std::vector<TextLink> markdownLinks(std::string_view text) {
    return MarkdownScanner(text).links();
}

std::vector<TextLink> addressesIn(std::string_view text) {
    std::vector<TextLink> links;
    // Every address has a colon behind its scheme: far fewer places than letters.
    for (size_t colon = text.find(':'); colon != std::string_view::npos && links.size() < kMaximumTextLinks;) {
        size_t next = colon + 1;
        for (const size_t back : {size_t{5}, size_t{4}, size_t{3}, size_t{6}}) {
            const size_t length = back <= colon ? addressLength(text, colon - back) : 0;
            if (length > back + 1) {
                links.push_back({{static_cast<int64_t>(colon - back), static_cast<int64_t>(colon - back + length)},
                                 std::string(text.substr(colon - back, length))});
                next = colon - back + length;
                break;
            }
        }
        colon = text.find(':', next);
    }
    return links;
}

std::map<std::string, int> markdownAnchors(std::string_view text) {
    std::map<std::string, int> lines;
    std::map<std::string, int> seen;
    for (const OutlineEntry& heading : markdownOutline(text)) {
        const std::string name = headingName(heading.title);
        const int before = seen[name]++;
        lines.emplace(before == 0 ? name : name + "-" + std::to_string(before), heading.line);
    }
    int line = 1;
    size_t counted = 0;
    for (size_t at = text.find("<a "); at != std::string_view::npos; at = text.find("<a ", at + 1)) {
        std::string_view tag = text.substr(at, kMaximumTargetBytes);
        tag = tag.substr(0, tag.find('>'));
        line += static_cast<int>(std::count(text.begin() + static_cast<std::ptrdiff_t>(counted),
                                            text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
        counted = at;
        for (const std::string_view key : {"name=\"", "id=\""}) {
            const size_t begin = tag.find(key);
            const size_t close = begin == std::string_view::npos ? begin : tag.find('"', begin + key.size());
            if (close != std::string_view::npos) {
                lines.emplace(lower(tag.substr(begin + key.size(), close - begin - key.size())), line);
            }
        }
    }
    return lines;
}

std::string linkedPath(std::string_view from, std::string_view target) {
    const std::string path = percentDecoded(target.substr(0, target.find_first_of("#?")));
    const size_t colon = path.find(':');
    if (path.empty() || (colon != std::string::npos && colon > 1 && colon < path.find('/'))) {
        return {};
    }
    const std::filesystem::path folder = std::filesystem::path(from).parent_path();
    const std::string resolved = path.front() == '/'
                                     ? std::filesystem::path(path.substr(1)).lexically_normal().generic_string()
                                     : (folder / path).lexically_normal().generic_string();
    return resolved.starts_with("..") ? std::string() : resolved;
}

std::string linkedFragment(std::string_view target) {
    const size_t mark = target.find('#');
    return mark == std::string_view::npos ? std::string() : lower(percentDecoded(target.substr(mark + 1)));
}

}  // namespace lectern::app
