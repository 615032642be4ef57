#include "engine/session/run_options.h"

#include <algorithm>
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
