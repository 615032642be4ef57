#pragma once
// XML and HTML as a stream of events, by libxml2: no tree, no entities but the predefined ones, no file or network.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"

namespace lectern::app::worker {

/// Receives a document in order. Names come without their namespace prefix, in lower case for HTML.
class SaxHandler {
  public:
    using Attributes = std::vector<std::pair<std::string, std::string>>;
    virtual ~SaxHandler() = default;
    virtual void beginElement(const std::string& name, const Attributes& attributes) = 0;
    virtual void endElement(const std::string& /*name*/) {}
    virtual void characters(std::string_view /*utf8*/) {}
};

/// Value of an attribute, empty where it is missing.
std::string attribute(const SaxHandler::Attributes& attributes, std::string_view name);

/// A value that is a whole number and nothing else; `otherwise` where it is not, or too large.
int integerOf(std::string_view value, int otherwise);

/// Reads well-formed XML. Errors: Corrupt (`name` is damaged), LimitExceeded (nested deeper than 1,000).
Result<void> parseXml(std::string_view xml, const std::string& name, SaxHandler& handler);

/// Reads HTML or XHTML the way browsers do: never an error but LimitExceeded. `utf8` must be UTF-8.
Result<void> parseHtml(std::string_view utf8, const std::string& name, SaxHandler& handler);

}  // namespace lectern::app::worker
