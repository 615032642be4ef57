// config.json of a Hugging Face folder.

#include "engine/formats/hf_config.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/fuzz/fuzz.h"

std::vector<std::string> fuzzSeeds() {
    nlohmann::json config = lectern::test::makeSyntheticModel().config;
    std::vector<std::string> seeds{config.dump()};
    config["rope_scaling"] = {{"type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 64}};
    seeds.push_back(config.dump());
    config["rope_scaling"] = {{"rope_type", "llama3"},
                              {"factor", 8.0},
                              {"low_freq_factor", 1.0},
                              {"high_freq_factor", 4.0},
                              {"original_max_position_embeddings", 64}};
    config["eos_token_id"] = {1, 2};
    seeds.push_back(config.dump());
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto config = lectern::parseHfConfig(lectern::fuzz::textOf(data, size), "config.json", "");
    (void)config;
    return 0;
}
