#include "engine/attention/profile.h"

#include <nlohmann/json.hpp>

namespace lectern {
namespace {

using Json = nlohmann::json;

template <typename Enum>
struct Named {
    Enum value;
    std::string_view name;
};

constexpr Named<AttentionMode> kModes[] = {{AttentionMode::Dense, "dense"},
                                           {AttentionMode::MsTrain, "ms_train"},
                                           {AttentionMode::MsPrefill, "ms_prefill"},
                                           {AttentionMode::MsDecode, "ms_decode"},
                                           {AttentionMode::MsPretrain, "ms_pretrain"}};
constexpr Named<Scorer> kScorers[] = {{Scorer::Mean, "mean"}, {Scorer::Bound, "bound"}};
constexpr Named<HeadGrouping> kGroupings[] = {{HeadGrouping::PerQueryHead, "query"}, {HeadGrouping::PerKvHead, "kv"}};
constexpr Named<KvType> kKvTypes[] = {
    {KvType::F32, "f32"}, {KvType::BF16, "bf16"}, {KvType::Int8, "int8"}, {KvType::Int4, "int4"}, {KvType::Fp8, "fp8"}};
constexpr Named<SearchLevel> kSearchLevels[] = {
    {SearchLevel::Flat, "flat"}, {SearchLevel::Exact, "exact"}, {SearchLevel::Approximate, "approximate"}};

template <typename Table, typename Enum>
std::string_view nameIn(const Table& table, Enum value) {
    for (const auto& entry : table) {
        if (entry.value == value) {
            return entry.name;
        }
    }
    return "?";
}

template <typename Table>
auto parseIn(const Table& table, std::string_view text, std::string_view what) -> Result<decltype(table[0].value)> {
    std::string known;
    for (const auto& entry : table) {
        if (entry.name == text) {
            return entry.value;
        }
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    return Error{ErrorCode::InvalidInput, "Unknown " + std::string(what) + " \"" + std::string(text.substr(0, 40)) +
                                              "\"; known are " + known + "."};
}

Json ruleToJson(const SelectionRule& rule) {
    return {{"budget", rule.budget},
            {"local", rule.local},
            {"sink", rule.sink},
            {"scorer", name(rule.scorer)},
            {"heads", name(rule.heads)}};
}

Error profileError(const std::string& detail) {
    return {ErrorCode::InvalidInput, "Attention profile: " + detail + "."};
}

// Reads a bounded integer into `target` when `key` is there.
Result<void> readInt(const Json& object, const char* key, int64_t low, int64_t high, int32_t& target) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return {};
    }
    if (!found->is_number_integer() || found->get<int64_t>() < low || found->get<int64_t>() > high) {
        return profileError(std::string(key) + " must be a whole number from " + std::to_string(low) + " to " +
                            std::to_string(high));
    }
    target = found->get<int32_t>();
    return {};
}

Result<void> checkKeys(const Json& object, std::initializer_list<std::string_view> known, std::string_view where) {
    for (const auto& item : object.items()) {
        if (std::find(known.begin(), known.end(), item.key()) == known.end()) {
            return profileError("unknown key \"" + item.key().substr(0, 40) + "\" in " + std::string(where));
        }
    }
    return {};
}

template <typename Enum, typename Parse>
Result<void> readName(const Json& object, const char* key, Parse parse, Enum& target) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return {};
    }
    if (!found->is_string()) {
        return profileError(std::string(key) + " must be a string");
    }
    LECTERN_ASSIGN(target, parse(found->template get<std::string>()));
    return {};
}

Result<void> readRule(const Json& object, const char* key, SelectionRule& rule) {
    const auto found = object.find(key);
    if (found == object.end()) {
        return {};
    }
    if (!found->is_object()) {
        return profileError(std::string(key) + " must be an object");
    }
    LECTERN_TRY(checkKeys(*found, {"budget", "local", "sink", "scorer", "heads"}, key));
    LECTERN_TRY(readInt(*found, "budget", 8, 1 << 22, rule.budget));
    LECTERN_TRY(readInt(*found, "local", 0, 1 << 18, rule.local));
    LECTERN_TRY(readInt(*found, "sink", 0, 1024, rule.sink));
    LECTERN_TRY(readName(*found, "scorer", parseScorer, rule.scorer));
    return readName(*found, "heads", parseHeadGrouping, rule.heads);
}

Result<void> readSearch(const Json& object, AttentionProfile& profile) {
    if (!object.is_object()) {
        return profileError("search must be an object");
    }
    LECTERN_TRY(checkKeys(object, {"level", "probe"}, "search"));
    if (const auto probe = object.find("probe"); probe != object.end()) {
        if (!probe->is_number()) {
            return profileError("search.probe must be a number");
        }
        profile.searchProbe = probe->get<double>();
    }
    return readName(object, "level", parseSearchLevel, profile.search);
}

Result<void> readCapacity(const Json& list, std::vector<CapacityClass>& capacity) {
    if (!list.is_array() || list.size() > 64) {
        return profileError("capacity must be a list of at most 64 classes");
    }
    for (const Json& item : list) {
        if (!item.is_object() || !item.contains("context") || !item["context"].is_number_integer() ||
            !item.contains("rope_scale") || !item["rope_scale"].is_number()) {
            return profileError("each capacity class needs context (tokens) and rope_scale (A)");
        }
        LECTERN_TRY(checkKeys(item, {"context", "rope_scale"}, "capacity"));
        capacity.push_back({item["context"].get<int64_t>(), item["rope_scale"].get<double>()});
    }
    return {};
}

Result<void> readCitationHeads(const Json& list, std::vector<CitationHead>& heads) {
    if (!list.is_array() || list.size() > 65536) {
        return profileError("citation_heads must be a list of [layer, head, weight]");
    }
    for (const Json& item : list) {
        if (!item.is_array() || item.size() != 3 || !item[0].is_number_integer() || !item[1].is_number_integer() ||
            !item[2].is_number()) {
            return profileError("each citation head is [layer, head, weight]");
        }
        heads.push_back({item[0].get<int32_t>(), item[1].get<int32_t>(), item[2].get<float>()});
    }
    return {};
}

Result<void> checkRule(const AttentionProfile& profile, const SelectionRule& rule, int32_t merge, const char* which) {
    const std::string where = std::string(which) + ".";
    if (rule.budget % profile.region != 0) {
        return profileError(where + "budget " + std::to_string(rule.budget) + " is not a multiple of the region size " +
                            std::to_string(profile.region));
    }
    const int32_t regions = profile.budgetRegions(rule);
    if (rule.sink < 0 || rule.local < 0 || static_cast<int64_t>(rule.sink) + rule.local + merge >= regions) {
        return profileError(where + "budget leaves no room to select: sink " + std::to_string(rule.sink) + " + local " +
                            std::to_string(rule.local) + " + merge " + std::to_string(merge) + " must stay below " +
                            std::to_string(regions) + " regions");
    }
    return {};
}

}  // namespace

std::string_view name(AttentionMode mode) {
    return nameIn(kModes, mode);
}
std::string_view name(Scorer scorer) {
    return nameIn(kScorers, scorer);
}
std::string_view name(HeadGrouping grouping) {
    return nameIn(kGroupings, grouping);
}
std::string_view name(KvType type) {
    return nameIn(kKvTypes, type);
}
std::string_view name(SearchLevel level) {
    return nameIn(kSearchLevels, level);
}
Result<AttentionMode> parseAttentionMode(std::string_view text) {
    return parseIn(kModes, text, "attention mode");
}
Result<Scorer> parseScorer(std::string_view text) {
    return parseIn(kScorers, text, "scorer");
}
Result<HeadGrouping> parseHeadGrouping(std::string_view text) {
    return parseIn(kGroupings, text, "head grouping");
}
Result<KvType> parseKvType(std::string_view text) {
    return parseIn(kKvTypes, text, "K/V type");
}
Result<SearchLevel> parseSearchLevel(std::string_view text) {
    return parseIn(kSearchLevels, text, "search level");
}

AttentionMode AttentionProfile::decodeMode() const {
    return mode == AttentionMode::Dense ? AttentionMode::Dense : AttentionMode::MsDecode;
}

Result<void> AttentionProfile::check() const {
    if (region < 1 || region > 1024) {
        return profileError("region must be 1 to 1024 tokens");
    }
    if (merge < 1 || merge > 65535) {
        return profileError("merge must be 1 to 65535 regions");
    }
    if (!(searchProbe > 0) || searchProbe > 1e6) {
        return profileError("search.probe must be above 0");
    }
    LECTERN_TRY(checkRule(*this, prefill, merge, "prefill"));
    LECTERN_TRY(checkRule(*this, decode, 0, "decode"));
    int64_t previous = 0;
    for (const CapacityClass& entry : capacity) {
        if (entry.contextTokens <= previous || !(entry.ropeScale >= 1.0) || entry.ropeScale > 1e9) {
            return profileError("capacity classes must ascend in context and have rope_scale from 1 to 1e9");
        }
        previous = entry.contextTokens;
    }
    return {};
}

Result<CapacityClass> AttentionProfile::capacityFor(int64_t tokens) const {
    for (const CapacityClass& entry : capacity) {
        if (tokens <= entry.contextTokens) {
            return entry;
        }
    }
    const int64_t largest = capacity.empty() ? 0 : capacity.back().contextTokens;
    return Error{ErrorCode::LimitExceeded, "The context needs " + std::to_string(tokens) +
                                               " tokens; this model's profile holds up to " + std::to_string(largest) +
                                               "."};
}

AttentionProfile defaultProfile(int64_t trainedContext) {
    AttentionProfile profile;
    profile.capacity = {{trainedContext, 1.0}};
    return profile;
}

Result<AttentionProfile> parseProfile(std::string_view text) {
    if (text.size() > (4u << 20)) {
        return profileError("the file is larger than 4 MiB");
    }
    const Json root = Json::parse(text, nullptr, false);
    if (root.is_discarded() || !root.is_object()) {
        return profileError("not a JSON object");
    }
    if (root.value("format", Json()) != "lectern.profile/1") {
        return profileError("\"format\" must be \"lectern.profile/1\"");
    }
    LECTERN_TRY(checkKeys(root,
                          {"format", "region", "merge", "mode", "prefill", "decode", "kv_type", "search", "capacity",
                           "citation_heads", "notes"},
                          "the profile"));
    AttentionProfile profile;
    LECTERN_TRY(readInt(root, "region", 1, 1024, profile.region));
    LECTERN_TRY(readInt(root, "merge", 1, 65535, profile.merge));
    LECTERN_TRY(readName(root, "mode", parseAttentionMode, profile.mode));
    LECTERN_TRY(readName(root, "kv_type", parseKvType, profile.kvType));
    if (root.contains("search")) {
        LECTERN_TRY(readSearch(root["search"], profile));
    }
    LECTERN_TRY(readRule(root, "prefill", profile.prefill));
    LECTERN_TRY(readRule(root, "decode", profile.decode));
    if (root.contains("capacity")) {
        LECTERN_TRY(readCapacity(root["capacity"], profile.capacity));
    }
    if (root.contains("citation_heads")) {
        LECTERN_TRY(readCitationHeads(root["citation_heads"], profile.citationHeads));
    }
    LECTERN_TRY(profile.check());
    return profile;
}

Json profileToJson(const AttentionProfile& profile) {
    Json capacity = Json::array();
    for (const CapacityClass& entry : profile.capacity) {
        capacity.push_back({{"context", entry.contextTokens}, {"rope_scale", entry.ropeScale}});
    }
    Json heads = Json::array();
    for (const CitationHead& head : profile.citationHeads) {
        heads.push_back({head.layer, head.head, head.weight});
    }
    return {{"format", "lectern.profile/1"},
            {"region", profile.region},
            {"merge", profile.merge},
            {"mode", name(profile.mode)},
            {"prefill", ruleToJson(profile.prefill)},
            {"decode", ruleToJson(profile.decode)},
            {"kv_type", name(profile.kvType)},
            {"search", {{"level", name(profile.search)}, {"probe", profile.searchProbe}}},
            {"capacity", capacity},
            {"citation_heads", heads}};
}

}  // namespace lectern
