#pragma once
// The common flags of every tool as one value, and what they make of a model: backend, model, profile in force.

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "engine/model/model.h"
#include "engine/session/session.h"

namespace lectern {

/// Unset fields leave the model's profile as it is. Budget or region alone re-derive merge and local as max(1, T / 8).
struct RunOptions {
    std::string model;    ///< path; empty: the embedded default
    std::string profile;  ///< path of a profile JSON; empty: the model's own
    std::string adapter;  ///< adapter folder, merged at load; empty: none
    std::optional<std::string> attention, scorer, heads, kvType, search;
    std::optional<int32_t> budget, decodeBudget, region, merge, local;
    std::optional<double> ropeScale, probe;
    std::string kvMemory;  ///< "4G", "512M", bytes; empty: what is free
    int32_t threads = 0;
    std::string device = "cpu";
};

/// The profile that results from `base` and the flags. Errors: InvalidInput.
Result<AttentionProfile> applyFlags(AttentionProfile base, const RunOptions& options);

/// "512M", "4G", "4GiB", "1.5G" or plain bytes, powers of 1024. Errors: InvalidInput.
Result<int64_t> parseSize(std::string_view text);

/// A model ready to open Sessions.
struct LoadedModel {
    std::shared_ptr<Backend> backend;
    std::shared_ptr<const Model> model;
    AttentionProfile profile;
    double ropeScale = 0;       ///< 0: by capacity class
    int64_t kvMemoryBytes = 0;  ///< 0: what is free

    SessionOptions sessionOptions(int64_t capacityTokens) const;
};

Result<LoadedModel> loadModel(const RunOptions& options);
/// The same around a backend and model source made elsewhere.
Result<LoadedModel> loadModel(const RunOptions& options, ModelSource source);

/// Profile in force as echoed by every --json output: profileToJson plus model, device, rope_scale and capacity.
nlohmann::json profileEcho(const LoadedModel& loaded, const Session& session);

}  // namespace lectern
