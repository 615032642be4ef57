#pragma once
// How a document and the questions about it become one text for the model.

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace lectern {

/// Text around documents, questions and answers. The parts are encoded apart, so that a document's cache serves any
/// question: the document begins with BOS and the dummy prefix, every later part is a continuation without either. A
/// plain value.
struct PromptTemplate {
    std::string documentPrefix;  ///< before the first document, encoded together with it
    std::string documentSuffix;  ///< after the last document
    std::string questionPrefix = "\n\nQuestion: ";
    std::string questionSuffix = "\nAnswer:";
    std::vector<std::string> stopStrings;  ///< end an answer besides the model's end tokens

    bool operator==(const PromptTemplate&) const = default;

    /// What is prefilled: prefix, document and suffix. Byte b of `document` is byte documentPrefix.size() + b here.
    std::string renderDocument(std::string_view document) const;
    /// The continuation that asks one question; it ends where the answer begins.
    std::string renderQuestion(std::string_view question) const;
};

/// The template lectern-base-45m was trained with: "{document}\n\nQuestion: {question}\nAnswer:", the answer ends with
/// EOS.
PromptTemplate defaultPromptTemplate();

/// Splits a template text at {document} and {question}; each must occur once, in this order.
/// Errors: InvalidInput.
Result<PromptTemplate> parsePromptTemplate(std::string_view text);

}  // namespace lectern
