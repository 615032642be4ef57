#include "engine/text/prompt_template.h"

namespace lectern {

std::string PromptTemplate::renderDocument(std::string_view document) const {
    std::string out;
    out.reserve(documentPrefix.size() + document.size() + documentSuffix.size());
    return out.append(documentPrefix).append(document).append(documentSuffix);
}

std::string PromptTemplate::renderQuestion(std::string_view question) const {
    std::string out;
    out.reserve(questionPrefix.size() + question.size() + questionSuffix.size());
    return out.append(questionPrefix).append(question).append(questionSuffix);
}

PromptTemplate defaultPromptTemplate() {
    return {};
}

Result<PromptTemplate> parsePromptTemplate(std::string_view text) {
    constexpr std::string_view kDocument = "{document}";
    constexpr std::string_view kQuestion = "{question}";
    const size_t document = text.find(kDocument);
    const size_t question = text.find(kQuestion);
    const bool once = document != std::string_view::npos && question != std::string_view::npos &&
                      text.find(kDocument, document + 1) == std::string_view::npos &&
                      text.find(kQuestion, question + 1) == std::string_view::npos;
    if (!once || question < document) {
        return Error{ErrorCode::InvalidInput,
                     "A prompt template must name {document} and then {question}, each exactly once."};
    }
    const size_t middle = document + kDocument.size();
    PromptTemplate result;
    result.documentPrefix = text.substr(0, document);
    result.documentSuffix.clear();
    result.questionPrefix = text.substr(middle, question - middle);
    result.questionSuffix = text.substr(question + kQuestion.size());
    return result;
}

}  // namespace lectern
