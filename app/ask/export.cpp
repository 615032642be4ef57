#include "app/ask/export.h"

#include <QString>
#include <algorithm>
#include <ctime>
#include <map>

namespace lectern::app {
namespace {

struct Source {
    std::string title;
    std::string path;
    DocumentKind kind = DocumentKind::Text;
};

struct Turn {
    MessageRecord message;
    std::vector<Citation> citations;
};

std::string dateOf(int64_t ms) {
    const auto seconds = static_cast<std::time_t>(ms / 1000);
    std::tm parts{};
    localtime_r(&seconds, &parts);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &parts);
    return text;
}

std::string oneLine(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// The answer with the numbers of its citations behind each sentence, by `mark`.
template <typename Escape, typename Mark>
std::string markedText(const Turn& turn, Escape escape, Mark mark) {
    std::map<int64_t, std::string> marks;  // by the sentence's end
    int number = 0;
    for (const Citation& citation : turn.citations) {
        marks[citation.sentenceBytes.end] += mark(++number);
    }
    std::string out;
    size_t done = 0;
    for (const auto& [end, text] : marks) {
        const size_t until = std::clamp(static_cast<size_t>(end), done, turn.message.text.size());
        out += escape(turn.message.text.substr(done, until - done)) + text;
        done = until;
    }
    return out + escape(turn.message.text.substr(done));
}

std::string markdownEscaped(const std::string& text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool atLineBegin = i == 0 || text[i - 1] == '\n';
        const bool special =
            c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' || c == '<' || c == '>';
        if (special || (atLineBegin && (c == '#' || c == '+' || c == '-' || c == '='))) {
            out += '\\';
        }
        out += c;
    }
    return out;
}

std::string htmlEscaped(const std::string& text) {
    return QString::fromStdString(text).toHtmlEscaped().toStdString();
}

class Exporter {
  public:
    Exporter(ConversationRecord record, std::map<DocumentId, Source> sources, std::vector<Turn> turns)
        : m_record(std::move(record)), m_sources(std::move(sources)), m_turns(std::move(turns)) {}

    std::string markdown() const {
        std::string out = "# " + markdownEscaped(oneLine(m_record.title)) + "\n\n";
        for (const DocumentId id : m_record.documents) {
            const Source& source = m_sources.at(id);
            out += "- " + markdownEscaped(source.title) + " (`" + source.path + "`)\n";
        }
        for (const Turn& turn : m_turns) {
            if (turn.message.role == MessageRole::Question) {
                out += "\n## " + markdownEscaped(oneLine(turn.message.text)) + "\n";
                continue;
            }
            out += "\n" + markedText(turn, markdownEscaped, [](int n) { return " \\[" + std::to_string(n) + "\\]"; }) +
                   "\n\n*" + markdownEscaped(footnote(turn)) + "*\n\n";
            int number = 0;
            for (const Citation& citation : turn.citations) {
                out += std::to_string(++number) + ". " + markdownEscaped(reference(citation)) + "\n   > " +
                       markdownEscaped(oneLine(citation.text)) + "\n";
            }
        }
        return out;
    }

    std::string html() const {
        std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
                          htmlEscaped(m_record.title) + "</title>\n<style>" + kStyle +
                          "</style>\n</head>\n<body>\n<h1>" + htmlEscaped(m_record.title) + "</h1>\n<ul>\n";
        for (const DocumentId id : m_record.documents) {
            const Source& source = m_sources.at(id);
            out += "<li>" + htmlEscaped(source.title) + " <code>" + htmlEscaped(source.path) + "</code></li>\n";
        }
        out += "</ul>\n";
        for (const Turn& turn : m_turns) {
            if (turn.message.role == MessageRole::Question) {
                out += "<h2>" + htmlEscaped(turn.message.text) + "</h2>\n";
                continue;
            }
            const std::string id = "a" + std::to_string(turn.message.id) + "-";
            out += "<p class=\"answer\">" +
                   markedText(turn, htmlEscaped,
                              [&](int n) {
                                  const std::string number = std::to_string(n);
                                  return "<sup><a href=\"#" + id + number + "\">[" + number + "]</a></sup>";
                              }) +
                   "</p>\n<p class=\"about\">" + htmlEscaped(footnote(turn)) + "</p>\n<ol>\n";
            int number = 0;
            for (const Citation& citation : turn.citations) {
                out += "<li id=\"" + id + std::to_string(++number) + "\">" + htmlEscaped(reference(citation)) +
                       "<blockquote>" + htmlEscaped(citation.text) + "</blockquote></li>\n";
            }
            out += "</ol>\n";
        }
        return out + "</body>\n</html>\n";
    }

  private:
    static constexpr const char* kStyle =
        "body{max-width:44em;margin:2em auto;padding:0 1em;font-family:sans-serif;line-height:1.5}"
        ".answer{white-space:pre-wrap}.about{color:#666;font-size:.9em}blockquote{color:#444;white-space:pre-wrap}";

    std::string footnote(const Turn& turn) const {
        std::string text = turn.message.modelName.empty() ? "" : turn.message.modelName + ", ";
        text += dateOf(turn.message.createdAtMs);
        return text + (turn.message.finishReason == "cancelled" ? ", stopped before its end" : "");
    }

    std::string reference(const Citation& citation) const {
        const auto source = m_sources.find(citation.document);
        const DocumentKind kind = source == m_sources.end() ? DocumentKind::Text : source->second.kind;
        const std::string title = source == m_sources.end() ? "a removed document" : source->second.title;
        return title + ", " + placeOf(citation, kind) + " (" + citationStateName(citation.state) + ")";
    }

    ConversationRecord m_record;
    std::map<DocumentId, Source> m_sources;
    std::vector<Turn> m_turns;
};

}  // namespace

std::string placeOf(const Citation& citation, DocumentKind kind) {
    if (kind == DocumentKind::Pdf) {
        const std::string number = std::to_string(citation.page + 1);
        const bool labelled = !citation.pageLabel.empty() && citation.pageLabel != number;
        return "page " + number + (labelled ? " (" + citation.pageLabel + ")" : "");
    }
    std::string place = citation.pageLabel;
    if (kind == DocumentKind::Epub) {
        place = "“" + place + "”";
    }
    if (citation.lines) {
        const std::string first = std::to_string(citation.lines->first);
        const std::string last = std::to_string(citation.lines->last);
        place += (place.empty() ? "" : ", ") + (first == last ? "line " + first : "lines " + first + "–" + last);
    }
    return place;
}

Result<std::string> exportConversation(Library& library, ConversationId id, ExportFormat format) {
    LECTERN_ASSIGN(const std::vector<ConversationRecord> all, library.conversations());
    const auto found =
        std::find_if(all.begin(), all.end(), [id](const ConversationRecord& each) { return each.id == id; });
    if (found == all.end()) {
        return Error{ErrorCode::NotFound, "The library has no conversation " + std::to_string(id) + "."};
    }
    std::map<DocumentId, Source> sources;
    for (const DocumentId document : found->documents) {
        LECTERN_ASSIGN(const DocumentRecord record, library.document(document));
        sources[document] = {record.header.title, record.header.sourcePath, record.header.kind};
    }
    std::vector<Turn> turns;
    LECTERN_ASSIGN(const std::vector<MessageRecord> messages, library.messages(id));
    for (const MessageRecord& message : messages) {
        if (message.role == MessageRole::Answer) {
            continue;
        }
        turns.push_back({message, {}});
        for (const MessageRecord& answer : messages) {
            if (answer.role == MessageRole::Answer && answer.replyTo == message.id) {
                LECTERN_ASSIGN(std::vector<Citation> citations, library.citations(answer.id));
                turns.push_back({answer, std::move(citations)});
            }
        }
    }
    const Exporter exporter(*found, std::move(sources), std::move(turns));
    return format == ExportFormat::Markdown ? exporter.markdown() : exporter.html();
}

}  // namespace lectern::app
