#include "app/document_worker/worker/sax.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <charconv>
#include <memory>

namespace lectern::app::worker {
namespace {

constexpr int kMaximumDepth = 1000;
constexpr size_t kPieceBytes = 1 << 20;

struct State {
    SaxHandler* handler = nullptr;
    xmlParserCtxtPtr context = nullptr;
    int depth = 0;
    bool tooDeep = false;

    void begin(const std::string& name, const SaxHandler::Attributes& attributes) {
        if (++depth > kMaximumDepth) {
            tooDeep = true;
            xmlStopParser(context);
            return;
        }
        handler->beginElement(name, attributes);
    }
    void end(const std::string& name) {
        --depth;
        handler->endElement(name);
    }
};

std::string text(const xmlChar* begin) {
    return begin == nullptr ? std::string() : reinterpret_cast<const char*>(begin);
}

State& stateOf(void* user) {
    return *static_cast<State*>(user);
}

void onCharacters(void* user, const xmlChar* begin, int length) {
    stateOf(user).handler->characters({reinterpret_cast<const char*>(begin), static_cast<size_t>(length)});
}

void onBeginXml(void* user, const xmlChar* name, const xmlChar*, const xmlChar*, int, const xmlChar**, int count, int,
                const xmlChar** values) {
    SaxHandler::Attributes attributes;
    for (int i = 0; i < count; ++i) {
        const xmlChar** each = values + 5 * static_cast<ptrdiff_t>(i);  // name, prefix, namespace, begin, end
        attributes.emplace_back(
            text(each[0]), std::string(reinterpret_cast<const char*>(each[3]), reinterpret_cast<const char*>(each[4])));
    }
    stateOf(user).begin(text(name), attributes);
}

void onEndXml(void* user, const xmlChar* name, const xmlChar*, const xmlChar*) {
    stateOf(user).end(text(name));
}

void onBeginHtml(void* user, const xmlChar* name, const xmlChar** values) {
    SaxHandler::Attributes attributes;
    for (; values != nullptr && values[0] != nullptr; values += 2) {
        attributes.emplace_back(text(values[0]), text(values[1]));
    }
    stateOf(user).begin(text(name), attributes);
}

void onEndHtml(void* user, const xmlChar* name) {
    stateOf(user).end(text(name));
}

// A document's own entities are not looked up, so none can expand to another or name a file.
xmlEntityPtr onEntity(void*, const xmlChar* name) {
    return xmlGetPredefinedEntity(name);
}

xmlSAXHandler handlers() {
    xmlSAXHandler sax{};
    sax.characters = onCharacters;
    sax.ignorableWhitespace = onCharacters;
    sax.cdataBlock = onCharacters;
    sax.getEntity = onEntity;
    return sax;
}

Error tooDeep(const std::string& name) {
    return {ErrorCode::LimitExceeded, name + " is nested deeper than Lectern reads."};
}

}  // namespace

std::string attribute(const SaxHandler::Attributes& attributes, std::string_view name) {
    const auto found =
        std::find_if(attributes.begin(), attributes.end(), [&](const auto& each) { return each.first == name; });
    return found == attributes.end() ? std::string() : found->second;
}

int integerOf(std::string_view value, int otherwise) {
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc() && end == value.data() + value.size() ? number : otherwise;
}

Result<void> parseXml(std::string_view xml, const std::string& name, SaxHandler& handler) {
    xmlSAXHandler sax = handlers();
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = onBeginXml;
    sax.endElementNs = onEndXml;
    State state{&handler};
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> context(
        xmlCreatePushParserCtxt(&sax, &state, nullptr, 0, nullptr), xmlFreeParserCtxt);
    state.context = context.get();
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE);
    int code = 0;
    for (size_t i = 0; i < xml.size() && code == 0; i += kPieceBytes) {
        const size_t size = std::min(kPieceBytes, xml.size() - i);
        code = xmlParseChunk(context.get(), xml.data() + i, static_cast<int>(size), 0);
    }
    code = code == 0 ? xmlParseChunk(context.get(), nullptr, 0, 1) : code;
    if (state.tooDeep) {
        return tooDeep(name);
    }
    return code == 0 || context->wellFormed != 0
               ? Result<void>()
               : Error{ErrorCode::Corrupt, name + " is damaged: its text cannot be parsed."};
}

Result<void> parseHtml(std::string_view utf8, const std::string& name, SaxHandler& handler) {
    xmlSAXHandler sax = handlers();
    sax.startElement = onBeginHtml;
    sax.endElement = onEndHtml;
    State state{&handler};
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> context(
        htmlCreatePushParserCtxt(&sax, &state, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8), htmlFreeParserCtxt);
    state.context = context.get();
    htmlCtxtUseOptions(context.get(), HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                          HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
    for (size_t i = 0; i < utf8.size() && !state.tooDeep; i += kPieceBytes) {
        const size_t size = std::min(kPieceBytes, utf8.size() - i);
        htmlParseChunk(context.get(), utf8.data() + i, static_cast<int>(size), 0);
    }
    if (state.tooDeep) {
        return tooDeep(name);
    }
    htmlParseChunk(context.get(), nullptr, 0, 1);
    return state.tooDeep ? Result<void>(tooDeep(name)) : Result<void>();
}

}  // namespace lectern::app::worker
