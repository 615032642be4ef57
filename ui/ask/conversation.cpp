#include "ui/ask/conversation.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "app/ask/coverage.h"
#include "ui/reader/place_text.h"

namespace lectern::ui {
namespace {

bool samePassage(const app::Citation& a, const app::Citation& b) {
    return a.document == b.document && a.page == b.page && a.bytes == b.bytes;
}

}  // namespace

std::vector<NumberedCitation> numberCitations(const std::vector<app::Citation>& citations) {
    std::vector<NumberedCitation> result;
    int last = 0;
    for (size_t i = 0; i < citations.size(); ++i) {
        const auto same = std::find_if(result.begin(), result.end(), [&](const NumberedCitation& each) {
            return samePassage(citations[each.citation], citations[i]);
        });
        result.push_back({same == result.end() ? ++last : same->number, i});
    }
    return result;
}

Turns turnsOf(const std::vector<app::MessageRecord>& messages,
              const std::vector<std::vector<app::Citation>>& citationsOfMessage) {
    Turns turns;
    for (size_t i = 0; i < messages.size(); ++i) {
        const app::MessageRecord& message = messages[i];
        if (message.role == app::MessageRole::Question) {
            turns.push_back({message.id, QString::fromStdString(message.text), {}, 0});
            continue;
        }
        const auto turn =
            std::find_if(turns.begin(), turns.end(), [&](const Turn& each) { return each.id == message.replyTo; });
        if (turn == turns.end()) {
            continue;
        }
        AnswerItem answer;
        answer.id = message.id;
        answer.text = QString::fromStdString(message.text);
        answer.utf8 = message.text;
        answer.citations = citationsOfMessage[i];
        answer.finish = QString::fromStdString(message.finishReason);
        answer.note = QString::fromStdString(message.modelName);
        answer.scope = app::scopeOfProfile(message.profileJson);
        answer.abstains = app::isAbstention(message.text);
        turn->answers.push_back(std::move(answer));
        turn->current = static_cast<int>(turn->answers.size()) - 1;
    }
    return turns;
}

SentenceCounts countSentences(const std::vector<app::Citation>& citations) {
    std::map<int32_t, app::CitationState> states;
    for (const app::Citation& citation : citations) {
        states[citation.sentence] = citation.state;
    }
    SentenceCounts counts;
    for (const auto& [sentence, state] : states) {
        ++(state == app::CitationState::Verified      ? counts.verified
           : state == app::CitationState::Unsupported ? counts.unsupported
                                                      : counts.selected);
    }
    return counts;
}

QString placeText(const app::Citation& citation) {
    const QString label = QString::fromStdString(citation.pageLabel);
    if (citation.lines) {
        const QString lines = linesText(*citation.lines);
        return label.isEmpty() ? lines : QCoreApplication::translate("Conversation", "%1, %2").arg(label, lines);
    }
    const QString page = pageName(label, citation.page);
    return pagesText(page, page);
}

}  // namespace lectern::ui
