#pragma once
// What a run trains on: a list of sources, each with its share, as written in the configuration.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/text/prompt_template.h"

namespace lectern {

enum class DataKind {
    Text,               ///< documents joined by EOS and cut into sequences; every token is trained
    Examples,           ///< JSONL: {"prompt", "completion"}, {"document", "question", "answer"} or {"messages"}
    Questions,          ///< question sets in SQuAD layout: the paragraph among others, answers trained
    DocumentQuestions,  ///< cloze and quotation questions made from the documents themselves
    Passkey,            ///< the passkey protocol
    Needle,             ///< several invented facts hidden in the documents' prose, each asked for
};

/// What happens to what is longer than a sequence. Counts are reported, never silent.
enum class Overlong {
    Split,     ///< goes on in the next sequence
    Truncate,  ///< text keeps its beginning; an example keeps its answer and loses the start of its prompt
    Drop,
};

struct DataSpec {
    DataKind kind = DataKind::Text;
    /// Files or folders: .txt and .md as one document each, .jsonl with one {"text"} a line; .json for Questions.
    std::vector<std::string> paths;
    double weight = 1;  ///< share of the run's sequences
    Overlong overlong = Overlong::Split;
    bool pack = true;         ///< Examples: several in one sequence
    int64_t minTokens = 0;    ///< of generated contexts, drawn log-uniformly; 0: as maxTokens
    int64_t maxTokens = 0;    ///< 0: the sequence length
    int32_t questions = 4;    ///< at most, per generated context
    int32_t needles = 4;      ///< Needle: facts per context
    double unanswerable = 0;  ///< Questions: share whose paragraph is absent
    double keywordShare = 0;  ///< DocumentQuestions: share asked by some of the sentence's words; else cloze, quotation
    std::string refusal = "The text does not say.";  ///< what the answer then is
    bool trainContext = false;                       ///< learn the context's own tokens as well
};

/// Reads one source. Errors: InvalidInput, naming the setting.
Result<DataSpec> parseDataSpec(const nlohmann::json& object, const std::string& where);
nlohmann::json dataSpecToJson(const DataSpec& spec);

/// {"document_prefix", "document_suffix", "question_prefix", "question_suffix"}; absent parts are the default's.
Result<PromptTemplate> parseTemplateSpec(const nlohmann::json& object);
nlohmann::json templateToJson(const PromptTemplate& prompt);

std::string_view name(DataKind kind);

}  // namespace lectern
