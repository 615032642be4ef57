// safetensors: header, offsets, tensors.

#include "engine/formats/safetensors.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/fuzz/fuzz.h"

std::vector<std::string> fuzzSeeds() {
    const auto model = lectern::test::makeSyntheticModel();
    const std::vector<std::string> names{"model.norm.weight", "model.layers.0.input_layernorm.weight"};
    return {lectern::test::safetensorsBytes(model, lectern::DType::F32, names),
            lectern::test::safetensorsBytes(model, lectern::DType::BF16, names)};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto file = lectern::parseSafetensors(lectern::fuzz::bytesOf(data, size), "input.safetensors");
    (void)file;
    return 0;
}
