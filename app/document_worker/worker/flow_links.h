#pragma once
// Links of reflowable documents: from what the file writes to pages and lines.

#include <functional>
#include <optional>

#include "app/document_worker/document_types.h"
#include "app/document_worker/worker/flow_text.h"

namespace lectern::app::worker {

struct FlowTarget {
    int page = 0;
    int32_t line = 1;  ///< of that page
};

/// Where a target of the file leads inside the document; nothing where it does not.
using FlowTargets = std::function<std::optional<FlowTarget>(const std::string& target)>;

/// Whether a target names a place outside that can be shown to a reader ("https:", "mailto:"; no scripts, no data).
bool isOutsideAddress(const std::string& target);

/// "name" and "n%C3%A4me" of an anchor: what follows '#', with percent-encoding decoded. Empty where there is none.
std::string fragmentOf(const std::string& target);

/// What a target without a scheme ("other.html") is where `targets` does not know it: another file, or nothing.
enum class RelativeTargets : uint8_t { Outside, Nowhere };

/// Links of one page, whose text begins at `firstByte` of the text that `links` count in. Targets that lead nowhere are
/// left out.
PageLinks linksOfPage(const DocumentPage& page, size_t firstByte, const std::vector<FlowLink>& links,
                      const FlowTargets& targets, RelativeTargets relative);

}  // namespace lectern::app::worker
