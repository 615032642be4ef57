#pragma once
// The JSON that lectern-cli prints. Keys are a contract: they are only ever added to.

#include <nlohmann/json.hpp>

#include "app/ask/ask_session.h"
#include "app/library/library.h"

namespace lectern::app::cli {

/// [[x0, y0, x1, y1], ...]
nlohmann::json rectsJson(const std::vector<PageRect>& rects);

/// One document of a context.
nlohmann::json documentJson(const DocumentRecord& record, int64_t tokens);

/// A record as `library list` and `ingest` print it.
nlohmann::json recordJson(const DocumentRecord& record);

/// {sentence, document, page|null, page_label, lines|null, text, rects, token_ranges, weight, state}. `page` counts
/// from 1.
nlohmann::json citationJson(const Citation& citation, DocumentKind kind);

/// What a run of `ask` knows beside one answer.
struct AskReport {
    nlohmann::json documents;
    AskSession::PrefillReport prefill;
    bool prefillReused = false;  ///< the second and later questions of a run
    nlohmann::json profile;
    std::vector<std::string> warnings;
    std::vector<SentenceVerdict> verdicts;  ///< of the last answer; empty where it was not verified
};
nlohmann::json answerJson(const std::string& question, const Answer& answer, const Context& context,
                          const AskReport& report);

}  // namespace lectern::app::cli
