#include "engine/train/data_spec.h"

#include "engine/train/config_fields.h"

namespace lectern {
namespace {

constexpr std::pair<std::string_view, DataKind> kKinds[] = {
    {"text", DataKind::Text},           {"examples", DataKind::Examples},
    {"questions", DataKind::Questions}, {"document_questions", DataKind::DocumentQuestions},
    {"passkey", DataKind::Passkey},     {"needle", DataKind::Needle},
};
constexpr std::pair<std::string_view, Overlong> kOverlong[] = {
    {"split", Overlong::Split}, {"truncate", Overlong::Truncate}, {"drop", Overlong::Drop}};

}  // namespace

std::string_view name(DataKind kind) {
    for (const auto& [label, value] : kKinds) {
        if (value == kind) {
            return label;
        }
    }
    return "?";
}

Result<DataSpec> parseDataSpec(const nlohmann::json& object, const std::string& where) {
    ConfigFields fields(object, where);
    DataSpec spec;
    spec.kind =
        fields.choice<DataKind>("kind", spec.kind, std::span<const std::pair<std::string_view, DataKind>>(kKinds));
    spec.paths = fields.texts("paths", {});
    spec.weight = fields.number("weight", spec.weight, 0, 1e9);
    spec.overlong = fields.choice<Overlong>("overlong", spec.overlong,
                                            std::span<const std::pair<std::string_view, Overlong>>(kOverlong));
    spec.pack = fields.boolean("pack", spec.pack);
    spec.minTokens = fields.integer("min_tokens", 0, 0, int64_t{1} << 32);
    spec.maxTokens = fields.integer("max_tokens", 0, 0, int64_t{1} << 32);
    spec.questions = static_cast<int32_t>(fields.integer("questions", spec.questions, 1, 1000));
    spec.needles = static_cast<int32_t>(fields.integer("needles", spec.needles, 1, 1000));
    spec.unanswerable = fields.number("unanswerable", 0, 0, 1);
    spec.keywordShare = fields.number("keyword_share", 0, 0, 1);
    spec.refusal = fields.text("refusal", spec.refusal);
    spec.trainContext = fields.boolean("train_context", false);
    if (!fields.has("kind")) {
        fields.fail("kind", "given");
    }
    if (spec.paths.empty() && spec.kind != DataKind::Passkey) {
        fields.fail("paths", "a list with at least one file or folder");
    }
    if (spec.maxTokens > 0 && spec.minTokens > spec.maxTokens) {
        fields.fail("min_tokens", "at most max_tokens");
    }
    LECTERN_TRY(fields.finish());
    return spec;
}

nlohmann::json dataSpecToJson(const DataSpec& spec) {
    std::string_view overlong = "split";
    for (const auto& [label, value] : kOverlong) {
        overlong = value == spec.overlong ? label : overlong;
    }
    return {{"kind", name(spec.kind)},
            {"paths", spec.paths},
            {"weight", spec.weight},
            {"overlong", overlong},
            {"pack", spec.pack},
            {"min_tokens", spec.minTokens},
            {"max_tokens", spec.maxTokens},
            {"questions", spec.questions},
            {"needles", spec.needles},
            {"unanswerable", spec.unanswerable},
            {"keyword_share", spec.keywordShare},
            {"refusal", spec.refusal},
            {"train_context", spec.trainContext}};
}

Result<PromptTemplate> parseTemplateSpec(const nlohmann::json& object) {
    ConfigFields fields(object, "template");
    PromptTemplate prompt = defaultPromptTemplate();
    prompt.documentPrefix = fields.text("document_prefix", prompt.documentPrefix);
    prompt.documentSuffix = fields.text("document_suffix", prompt.documentSuffix);
    prompt.questionPrefix = fields.text("question_prefix", prompt.questionPrefix);
    prompt.questionSuffix = fields.text("question_suffix", prompt.questionSuffix);
    LECTERN_TRY(fields.finish());
    return prompt;
}

nlohmann::json templateToJson(const PromptTemplate& prompt) {
    return {{"document_prefix", prompt.documentPrefix},
            {"document_suffix", prompt.documentSuffix},
            {"question_prefix", prompt.questionPrefix},
            {"question_suffix", prompt.questionSuffix}};
}

}  // namespace lectern
