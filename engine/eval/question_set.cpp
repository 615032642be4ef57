#include "engine/eval/question_set.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/core/resources.h"

namespace lectern {
namespace {

using nlohmann::json;

constexpr int64_t kMaxSetBytes = int64_t{1} << 30;
constexpr int kMaxDepth = 4;

const json* field(const json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? &*found : nullptr;
}

std::string textOf(const json& object, const char* key) {
    const json* value = field(object, key);
    return value != nullptr && value->is_string() ? value->get<std::string>() : "";
}

/// The elements of a list; none where there is no list.
const json& listOf(const json& object, const char* key) {
    static const json kEmpty = json::array();
    const json* value = field(object, key);
    return value != nullptr && value->is_array() ? *value : kEmpty;
}

SetQuestion squadQuestion(const json& entry) {
    SetQuestion question{textOf(entry, "question"), {}};
    const json* impossible = field(entry, "is_impossible");
    if (impossible != nullptr && impossible->is_boolean() && impossible->get<bool>()) {
        return question;
    }
    for (const json& answer : listOf(entry, "answers")) {
        std::string text = textOf(answer, "text");
        if (!text.empty() &&
            std::find(question.answers.begin(), question.answers.end(), text) == question.answers.end()) {
            question.answers.push_back(std::move(text));
        }
    }
    return question;
}

void readSquad(const json& root, std::vector<SetParagraph>& out) {
    for (const json& article : listOf(root, "data")) {
        for (const json& entry : listOf(article, "paragraphs")) {
            SetParagraph paragraph{textOf(article, "title"), textOf(entry, "context"), {}};
            for (const json& each : listOf(entry, "qas")) {
                paragraph.questions.push_back(squadQuestion(each));
            }
            out.push_back(std::move(paragraph));
        }
    }
}

bool isPair(const json& node) {
    return node.is_array() && node.size() == 2 && node[0].is_string() && node[1].is_string();
}

void readLists(const json& node, const std::string& title, std::vector<SetParagraph>& out, int depth) {
    if (!node.is_array() || depth > kMaxDepth) {
        return;
    }
    const bool headed = node.size() == 2 && node[0].is_string() && node[1].is_array();
    if (!headed || node[1].empty() || !isPair(node[1][0])) {
        const std::string below = headed ? node[0].get<std::string>() : title;
        for (const json& child : node) {
            readLists(child, below, out, depth + 1);
        }
        return;
    }
    SetParagraph paragraph{title, node[0].get<std::string>(), {}};
    for (const json& qa : node[1]) {
        if (isPair(qa)) {
            SetQuestion question{qa[0].get<std::string>(), {}};
            if (std::string answer = qa[1].get<std::string>(); !answer.empty()) {
                question.answers.push_back(std::move(answer));
            }
            paragraph.questions.push_back(std::move(question));
        }
    }
    out.push_back(std::move(paragraph));
}

}  // namespace

Result<std::vector<SetParagraph>> readQuestionSet(const std::filesystem::path& path) {
    LECTERN_ASSIGN(const std::string bytes, readFile(path, kMaxSetBytes));
    const json root = json::parse(bytes, nullptr, false);
    std::vector<SetParagraph> paragraphs;
    readSquad(root, paragraphs);
    if (paragraphs.empty()) {
        readLists(root, "", paragraphs, 0);
    }
    for (SetParagraph& paragraph : paragraphs) {
        std::erase_if(paragraph.questions, [](const SetQuestion& each) { return each.question.empty(); });
    }
    std::erase_if(paragraphs, [](const SetParagraph& each) { return each.text.empty(); });
    if (paragraphs.empty()) {
        return Error{ErrorCode::InvalidInput, path.string() +
                                                  " holds no questions in SQuAD's layout or as nested lists of "
                                                  "[text, [[question, answer]...]]."};
    }
    return paragraphs;
}

}  // namespace lectern
