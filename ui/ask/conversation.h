#pragma once
// A conversation as the Ask panel shows it: questions, each with one or more answers. Plain values.

#include <QString>
#include <memory>
#include <optional>
#include <vector>

#include "app/ask/scope.h"
#include "ui/ask/answer_coverage.h"

namespace lectern::ui {

struct AnswerItem {
    app::MessageId id = 0;  ///< 0: not stored yet
    QString text;
    std::string utf8;  ///< the same; citations count its bytes
    std::vector<app::Citation> citations;
    QString finish;                      ///< "stop", "length", "cancelled", "error"; empty: still being written
    QString note;                        ///< speed, or why it failed
    std::optional<app::AskScope> scope;  ///< the part of the document that was asked
    std::shared_ptr<const AnswerCoverage> coverage;  ///< null until it has been worked out
    bool abstains = false;                           ///< it says that the document holds no answer
    bool verifying = false;
};

struct Turn {
    app::MessageId id = 0;
    QString question;
    std::vector<AnswerItem> answers;
    int current = 0;           ///< the answer that is shown
    bool beingStored = false;  ///< it has no id yet, and will have one

    const AnswerItem* answer() const { return answers.empty() ? nullptr : &answers[static_cast<size_t>(current)]; }
    AnswerItem* answer() { return answers.empty() ? nullptr : &answers[static_cast<size_t>(current)]; }
};

using Turns = std::vector<Turn>;

/// Passages cited by an answer, numbered from 1 in order of their first appearance; equal passages share a number.
struct NumberedCitation {
    int number = 0;
    size_t citation = 0;  ///< index into AnswerItem::citations
};

/// One entry per citation of the answer, in its order.
std::vector<NumberedCitation> numberCitations(const std::vector<app::Citation>& citations);

/// Turns of stored messages, questions in order, answers with their question.
Turns turnsOf(const std::vector<app::MessageRecord>& messages,
              const std::vector<std::vector<app::Citation>>& citationsOfMessage);

/// How many of the cited sentences are in which state.
struct SentenceCounts {
    int selected = 0;
    int verified = 0;
    int unsupported = 0;
};
SentenceCounts countSentences(const std::vector<app::Citation>& citations);

/// "p. 12", "lines 3–8 of main.cpp": where a citation lies.
QString placeText(const app::Citation& citation);

}  // namespace lectern::ui
