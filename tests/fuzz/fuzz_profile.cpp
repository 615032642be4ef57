// Attention profiles.

#include <nlohmann/json.hpp>

#include "engine/attention/profile.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;

std::vector<std::string> fuzzSeeds() {
    AttentionProfile profile = defaultProfile(4096);
    profile.capacity.push_back({1 << 20, 512.0});
    profile.citationHeads = {{7, 0, 1.0f}, {8, 6, 0.5f}};
    return {profileToJson(profile).dump(), profileToJson(defaultProfile(128)).dump(2)};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto profile = parseProfile(fuzz::textOf(data, size));
    if (profile) {
        const auto again = parseProfile(profileToJson(*profile).dump());
        if (!again || !(*again == *profile)) {
            std::abort();
        }
    }
    return 0;
}
