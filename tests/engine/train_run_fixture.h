#pragma once
// A tiny run from scratch on a few kilobytes of text, with the embedded model's tokenizer.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/core/resources.h"
#include "engine/train/training_run.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {

using nlohmann::json;

inline std::string bookText() {
    std::string text;
    for (int i = 0; i < 400; ++i) {
        text += "In the year " + std::to_string(1500 + i * 7 % 400) + " the keeper of lighthouse number " +
                std::to_string(i * 31 % 97) + " wrote that the sea had been calm for " + std::to_string(i % 13 + 2) +
                " days.";
        text += i % 9 == 8 ? "\n\n" : " ";
    }
    return text;
}

/// config.json of a two-layer model with the embedded model's vocabulary.
inline json tinyModelJson() {
    return {{"model_type", "llama"},    {"vocab_size", 16384},    {"hidden_size", 32},
            {"intermediate_size", 64},  {"num_hidden_layers", 2}, {"num_attention_heads", 2},
            {"num_key_value_heads", 1}, {"head_dim", 16},         {"max_position_embeddings", 64},
            {"rms_norm_eps", 1e-5},     {"rope_theta", 10000.0},  {"tie_word_embeddings", true}};
}

inline json tinyRunJson(const TemporaryDirectory& folder) {
    const auto text = folder.path() / "book.txt";
    writeFile(text, bookText());
    return {{"format", "lectern.train/1"},
            {"scratch", {{"config", tinyModelJson()}, {"tokenizer", defaultModelPath()->string()}}},
            {"output", (folder.path() / "run").string()},
            {"threads", 2},
            {"seed", 11},
            {"steps", 6},
            {"sequence_tokens", 192},
            {"accumulation", 2},
            {"attention",
             {{"mode", "ms_train"},
              {"profile",
               {{"format", "lectern.profile/1"},
                {"region", 4},
                {"merge", 2},
                {"prefill", {{"budget", 32}, {"local", 1}}},
                {"decode", {{"budget", 32}, {"local", 1}}}}}}},
            {"positions", {{"policy", "crd_ntk"}, {"period_cap", 4096}}},
            {"optimizer", {{"learning_rate", 3e-3}, {"warmup_steps", 2}}},
            {"data",
             {{{"kind", "text"}, {"paths", {text.string()}}},
              {{"kind", "document_questions"}, {"paths", {text.string()}}}}},
            {"evaluation", {{"every", 3}, {"sequences", 2}, {"held_out_share", 0.1}}},
            {"checkpoints", {{"every", 2}, {"keep", 2}}}};
}

/// Events of a run in order, and its losses by step.
struct Events {
    std::vector<json> all;

    EventSink sink() {
        return [this](const json& event) { all.push_back(event); };
    }
    std::vector<json> of(const char* name) const {
        std::vector<json> found;
        for (const json& event : all) {
            if (event["event"] == name) {
                found.push_back(event);
            }
        }
        return found;
    }
    std::vector<double> losses() const {
        std::vector<double> found;
        for (const json& event : of("step")) {
            found.push_back(event["loss"].get<double>());
        }
        return found;
    }
};

inline std::unique_ptr<TrainingRun> openRun(const json& config, Events& events) {
    auto parsed = parseRunConfig(config.dump());
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message);
    if (!parsed) {
        return nullptr;
    }
    auto run = TrainingRun::create(std::move(*parsed), events.sink());
    EXPECT_TRUE(run) << (run ? "" : run.error().message);
    return run ? std::move(*run) : nullptr;
}

}  // namespace lectern::test
