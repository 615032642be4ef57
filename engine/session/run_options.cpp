#include "engine/session/run_options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/core/resources.h"
#include "engine/train/adapter.h"

namespace lectern {
namespace {

constexpr int64_t kMaxProfileBytes = 4 << 20;

void deriveGeometry(AttentionProfile& profile, const RunOptions& options) {
    const auto eighth = [&](const SelectionRule& rule) { return std::max(1, profile.budgetRegions(rule) / 8); };
    if (options.budget || options.region) {
        profile.merge = eighth(profile.prefill);
        profile.prefill.local = eighth(profile.prefill);
    }
    if (options.budget || options.region || options.decodeBudget) {
        profile.decode.local = eighth(profile.decode);
    }
    if (options.merge) {
        profile.merge = *options.merge;
    }
    if (options.local) {
        profile.prefill.local = profile.decode.local = *options.local;
    }
}

}  // namespace

Result<AttentionProfile> applyFlags(AttentionProfile profile, const RunOptions& options) {
    if (options.attention) {
        LECTERN_ASSIGN(profile.mode, parseAttentionMode(*options.attention));
    }
    if (options.scorer) {
        LECTERN_ASSIGN(profile.prefill.scorer, parseScorer(*options.scorer));
        profile.decode.scorer = profile.prefill.scorer;
    }
    if (options.heads) {
        LECTERN_ASSIGN(profile.prefill.heads, parseHeadGrouping(*options.heads));
        profile.decode.heads = profile.prefill.heads;
    }
    if (options.kvType) {
        LECTERN_ASSIGN(profile.kvType, parseKvType(*options.kvType));
    }
    if (options.search) {
        LECTERN_ASSIGN(profile.search, parseSearchLevel(*options.search));
    }
    profile.searchProbe = options.probe.value_or(profile.searchProbe);
    if (options.region) {
        profile.region = *options.region;
        if (profile.region < 1) {
            return Error{ErrorCode::InvalidInput, "--region must be at least 1 token."};
        }
    }
    if (options.budget) {
        profile.prefill.budget = profile.decode.budget = *options.budget;
    }
    if (options.decodeBudget) {
        profile.decode.budget = *options.decodeBudget;
    }
    deriveGeometry(profile, options);
    LECTERN_TRY(profile.check());
    return profile;
}

Result<int64_t> parseSize(std::string_view text) {
    const Error unknown{ErrorCode::InvalidInput,
                        "\"" + std::string(text.substr(0, 40)) + "\" is not a size; write for instance 512M or 4G."};
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    std::string unit(end, text.data() + text.size());
    std::transform(unit.begin(), unit.end(), unit.begin(), [](unsigned char c) { return std::toupper(c); });
    static constexpr std::string_view kUnits = "KMGT";
    double factor = 1;
    if (!unit.empty() && unit != "B") {
        const size_t power = kUnits.find(unit[0]);
        const std::string_view rest = std::string_view(unit).substr(1);
        if (power == std::string_view::npos || !(rest.empty() || rest == "B" || rest == "IB")) {
            return unknown;
        }
        factor = std::pow(1024.0, static_cast<double>(power) + 1);
    }
    const double bytes = number * factor;
    if (error != std::errc() || !(bytes >= 1) || bytes > 1e15) {
        return unknown;
    }
    return static_cast<int64_t>(bytes);
}

Result<LoadedModel> loadModel(const RunOptions& options) {
    std::filesystem::path path = options.model;
    if (options.model.empty()) {
        LECTERN_ASSIGN(path, defaultModelPath());
    }
    LECTERN_ASSIGN(ModelSource source, openModelSource(path));
    if (!options.adapter.empty()) {
        LECTERN_TRY(applyAdapter(source, options.adapter));
    }
    return loadModel(options, std::move(source));
}

Result<LoadedModel> loadModel(const RunOptions& options, ModelSource source) {
    LoadedModel loaded;
    LECTERN_ASSIGN(loaded.backend, createBackend({options.device, options.threads}));
    LECTERN_ASSIGN(loaded.model, Model::create(std::move(source), *loaded.backend));
    AttentionProfile base = loaded.model->profile();
    if (!options.profile.empty()) {
        LECTERN_ASSIGN(const std::string json, readFile(options.profile, kMaxProfileBytes));
        LECTERN_ASSIGN(base, parseProfile(json));
    }
    LECTERN_ASSIGN(loaded.profile, applyFlags(std::move(base), options));
    if (!options.kvMemory.empty()) {
        LECTERN_ASSIGN(loaded.kvMemoryBytes, parseSize(options.kvMemory));
    }
    if (options.ropeScale) {
        if (!(*options.ropeScale >= 1.0)) {
            return Error{ErrorCode::InvalidInput, "--rope-scale must be at least 1."};
        }
        loaded.ropeScale = *options.ropeScale;
    }
    return loaded;
}

SessionOptions LoadedModel::sessionOptions(int64_t capacityTokens) const {
    SessionOptions options;
    options.profile = profile;
    options.capacityTokens = capacityTokens;
    options.ropeScale = ropeScale;
    options.kvMemoryBytes = kvMemoryBytes;
    return options;
}

nlohmann::json profileEcho(const LoadedModel& loaded, const Session& session) {
    nlohmann::json echo = profileToJson(loaded.profile);
    echo["model"] = loaded.model->config().name;
    echo["device"] = loaded.backend->info().name;
    echo["rope_scale"] = session.ropeScale();
    echo["context_capacity"] = session.capacityTokens();
    return echo;
}

}  // namespace lectern
