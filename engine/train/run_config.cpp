#include "engine/train/run_config.h"

#include <nlohmann/json.hpp>

#include "engine/train/config_fields.h"

namespace lectern {
namespace {

using nlohmann::json;

constexpr const char* kFormat = "lectern.train/1";
constexpr size_t kMaxConfigBytes = 8 << 20;

constexpr std::pair<std::string_view, KeptActivations> kKept[] = {{"layer_inputs", KeptActivations::LayerInputs},
                                                                  {"attention", KeptActivations::Attention},
                                                                  {"all", KeptActivations::All}};
constexpr std::pair<std::string_view, DType> kTypes[] = {
    {"f32", DType::F32}, {"f16", DType::F16}, {"bf16", DType::BF16}, {"q8_0", DType::Q8_0}};

template <typename Enum, size_t N>
std::string_view nameIn(const std::pair<std::string_view, Enum> (&table)[N], Enum value) {
    for (const auto& [label, entry] : table) {
        if (entry == value) {
            return label;
        }
    }
    return "?";
}

template <typename Enum, size_t N>
Enum choiceOf(ConfigFields& fields, std::string_view key, Enum fallback,
              const std::pair<std::string_view, Enum> (&table)[N]) {
    return fields.choice<Enum>(key, fallback, std::span<const std::pair<std::string_view, Enum>>(table));
}

Result<void> parseTrainable(const json& object, TrainableSpec& spec) {
    ConfigFields fields(object, "train");
    spec.method =
        fields.choice<TrainMethod>("method", spec.method, {{"lora", TrainMethod::Lora}, {"full", TrainMethod::Full}});
    spec.lora.rank = static_cast<int32_t>(fields.integer("rank", spec.lora.rank, 1, 1024));
    spec.lora.alpha = fields.number("alpha", spec.lora.alpha, 1e-9, 1e6);
    spec.lora.dropout = fields.number("dropout", 0, 0, 0.99);
    spec.lora.targets = fields.texts("targets", spec.lora.targets);
    spec.embeddings = spec.norms = spec.head = false;
    for (const std::string& also : fields.texts("also", {"embed", "norm"})) {
        bool& flag = also == "embed" ? spec.embeddings : also == "norm" ? spec.norms : spec.head;
        if (also != "embed" && also != "norm" && also != "head") {
            fields.fail("also", "a list of embed, norm and head");
        }
        flag = true;
    }
    LECTERN_TRY(fields.finish());
    return spec.check();
}

Result<void> parseAttention(const json& object, RunConfig& config) {
    ConfigFields fields(object, "attention");
    const std::string mode = fields.text("mode", "ms_train");
    const json* profile = fields.value("profile");
    LECTERN_TRY(fields.finish());
    LECTERN_ASSIGN(config.attention, parseAttentionMode(mode));
    if (profile) {
        LECTERN_ASSIGN(config.profile, parseProfile(profile->dump()));
        config.profileGiven = true;
    }
    return {};
}

Result<void> parseScratch(const json& object, RunConfig& config) {
    ConfigFields fields(object, "scratch");
    if (const json* model = fields.value("config")) {
        config.scratchConfig = model->dump();
    } else {
        fields.fail("config", "given: the config.json of the model to be made");
    }
    config.tokenizer = fields.text("tokenizer", "");
    config.scratchDeviation = fields.number("deviation", config.scratchDeviation, 0, 10);
    if (config.tokenizer.empty()) {
        fields.fail("tokenizer", "given");
    }
    return fields.finish();
}

Result<void> parseSamples(const json& list, std::vector<SamplePrompt>& samples) {
    for (const json& entry : list) {
        ConfigFields fields(entry, "samples");
        samples.push_back({fields.text("document", ""), fields.text("document_file", ""), fields.text("question", "")});
        LECTERN_TRY(fields.finish());
    }
    return {};
}

Result<void> parseReporting(ConfigFields& fields, RunConfig& config) {
    if (const json* object = fields.value("evaluation")) {
        ConfigFields inner(*object, "evaluation");
        config.heldOutShare = inner.number("held_out_share", config.heldOutShare, 0, 0.9);
        config.heldOutSequences = inner.integer("sequences", config.heldOutSequences, 0, 100000);
        config.evaluateEvery = inner.integer("every", config.evaluateEvery, 0, int64_t{1} << 40);
        config.evaluationRopeScale = inner.number("rope_scale", 0, 0, 1e9);
        LECTERN_TRY(inner.finish());
    }
    if (const json* object = fields.value("checkpoints")) {
        ConfigFields inner(*object, "checkpoints");
        config.checkpointEvery = inner.integer("every", config.checkpointEvery, 0, int64_t{1} << 40);
        config.checkpointMinutes = inner.number("minutes", 0, 0, 1e6);
        config.keepCheckpoints = static_cast<int32_t>(inner.integer("keep", config.keepCheckpoints, 1, 1000));
        LECTERN_TRY(inner.finish());
    }
    if (const json* object = fields.value("samples")) {
        ConfigFields inner(*object, "samples");
        config.sampleEvery = inner.integer("every", 0, 0, int64_t{1} << 40);
        config.sampleTokens = static_cast<int32_t>(inner.integer("tokens", config.sampleTokens, 1, 4096));
        const json* prompts = inner.value("prompts");
        if (prompts && !prompts->is_array()) {
            inner.fail("prompts", "a list");
        }
        LECTERN_TRY(inner.finish());
        if (prompts) {
            LECTERN_TRY(parseSamples(*prompts, config.samples));
        }
    }
    if (const json* object = fields.value("export")) {
        ConfigFields inner(*object, "export");
        config.exportAdapter = inner.boolean("adapter", config.exportAdapter);
        config.exportFolder = inner.boolean("folder", false);
        config.exportGguf = inner.boolean("gguf", false);
        config.exportType = choiceOf(inner, "type", config.exportType, kTypes);
        if (config.exportFolder && config.exportType == DType::Q8_0) {
            inner.fail("type", "f32, f16 or bf16 for a model folder");
        }
        LECTERN_TRY(inner.finish());
    }
    return {};
}

Result<void> parseData(ConfigFields& fields, RunConfig& config) {
    const json* list = fields.value("data");
    if (!list || !list->is_array() || list->empty() || list->size() > 1000) {
        fields.fail("data", "a list of sources");
        return fields.finish();
    }
    for (size_t i = 0; i < list->size(); ++i) {
        LECTERN_ASSIGN(DataSpec spec, parseDataSpec((*list)[i], "data[" + std::to_string(i) + "]"));
        config.data.push_back(std::move(spec));
    }
    if (const json* object = fields.value("template")) {
        LECTERN_ASSIGN(config.prompt, parseTemplateSpec(*object));
    }
    return {};
}

}  // namespace

Result<RunConfig> parseRunConfig(std::string_view text) {
    if (text.size() > kMaxConfigBytes) {
        return Error{ErrorCode::InvalidInput, "The training configuration is larger than 8 MiB."};
    }
    const json root = json::parse(text, nullptr, false);
    if (!root.is_object()) {
        return Error{ErrorCode::InvalidInput, "The training configuration is not a JSON object."};
    }
    ConfigFields fields(root, "");
    RunConfig config;
    if (fields.text("format", "") != kFormat) {
        fields.fail("format", "\"lectern.train/1\"");
    }
    config.model = fields.text("model", "");
    config.adapter = fields.text("adapter", "");
    config.output = fields.text("output", "");
    config.device = fields.text("device", config.device);
    config.threads = static_cast<int32_t>(fields.integer("threads", 0, 0, 4096));
    config.seed = static_cast<uint64_t>(fields.integer("seed", 0, 0, INT64_MAX));
    config.steps = fields.integer("steps", config.steps, 1, int64_t{1} << 40);
    config.sequenceTokens = fields.integer("sequence_tokens", config.sequenceTokens, 2, int64_t{1} << 26);
    config.accumulation = fields.integer("accumulation", 1, 1, 100000);
    config.equalSequences = fields.choice<bool>("sequence_weight", false, {{"tokens", false}, {"equal", true}});
    config.kept = choiceOf(fields, "kept_activations", config.kept, kKept);
    config.keptOnHost = fields.boolean("kept_on_host", false);
    if (config.output.empty()) {
        fields.fail("output", "given: the run's folder");
    }
    if (const json* object = fields.value("scratch")) {
        LECTERN_TRY(parseScratch(*object, config));
        config.trainable.method = TrainMethod::Full;
    }
    if (const json* object = fields.value("train")) {
        LECTERN_TRY(parseTrainable(*object, config.trainable));
    }
    if (const json* object = fields.value("attention")) {
        LECTERN_TRY(parseAttention(*object, config));
    }
    if (const json* object = fields.value("positions")) {
        LECTERN_ASSIGN(config.positions, parsePositionSchedule(*object));
    }
    if (const json* object = fields.value("optimizer")) {
        LECTERN_ASSIGN(config.optimizer, parseOptimizerSpec(*object));
    }
    LECTERN_TRY(parseData(fields, config));
    LECTERN_TRY(parseReporting(fields, config));
    LECTERN_TRY(fields.finish());
    config.trainable.seed = config.seed;
    return config;
}

json runConfigToJson(const RunConfig& config) {
    json data = json::array(), samples = json::array(), also = json::array();
    for (const DataSpec& spec : config.data) {
        data.push_back(dataSpecToJson(spec));
    }
    for (const SamplePrompt& sample : config.samples) {
        samples.push_back(
            {{"document", sample.document}, {"document_file", sample.documentFile}, {"question", sample.question}});
    }
    for (const auto& [on, label] : {std::pair{config.trainable.embeddings, "embed"},
                                    {config.trainable.norms, "norm"},
                                    {config.trainable.head, "head"}}) {
        if (on) {
            also.push_back(label);
        }
    }
    json root{
        {"format", kFormat},
        {"model", config.model},
        {"adapter", config.adapter},
        {"output", config.output},
        {"device", config.device},
        {"threads", config.threads},
        {"seed", config.seed},
        {"steps", config.steps},
        {"sequence_tokens", config.sequenceTokens},
        {"accumulation", config.accumulation},
        {"sequence_weight", config.equalSequences ? "equal" : "tokens"},
        {"kept_activations", nameIn(kKept, config.kept)},
        {"kept_on_host", config.keptOnHost},
        {"train",
         {{"method", config.trainable.method == TrainMethod::Full ? "full" : "lora"},
          {"rank", config.trainable.lora.rank},
          {"alpha", config.trainable.lora.alpha},
          {"dropout", config.trainable.lora.dropout},
          {"targets", config.trainable.lora.targets},
          {"also", also}}},
        {"attention", {{"mode", name(config.attention)}}},
        {"positions", positionScheduleToJson(config.positions)},
        {"optimizer", optimizerSpecToJson(config.optimizer)},
        {"data", data},
        {"template", templateToJson(config.prompt)},
        {"evaluation",
         {{"held_out_share", config.heldOutShare},
          {"sequences", config.heldOutSequences},
          {"every", config.evaluateEvery},
          {"rope_scale", config.evaluationRopeScale}}},
        {"checkpoints",
         {{"every", config.checkpointEvery}, {"minutes", config.checkpointMinutes}, {"keep", config.keepCheckpoints}}},
        {"samples", {{"every", config.sampleEvery}, {"tokens", config.sampleTokens}, {"prompts", samples}}},
        {"export",
         {{"adapter", config.exportAdapter},
          {"folder", config.exportFolder},
          {"gguf", config.exportGguf},
          {"type", nameIn(kTypes, config.exportType)}}}};
    if (config.profileGiven) {
        root["attention"]["profile"] = profileToJson(config.profile);
    }
    if (!config.scratchConfig.empty()) {
        root["scratch"] = {{"config", json::parse(config.scratchConfig, nullptr, false)},
                           {"tokenizer", config.tokenizer},
                           {"deviation", config.scratchDeviation}};
    }
    return root;
}

}  // namespace lectern
