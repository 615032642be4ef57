#pragma once
// Checkpoints of a run: trained values, optimizer state and the run's place in schedule and data, in a folder that
// appears under its name only when it is whole.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "engine/train/optimizer.h"
#include "engine/train/train_model.h"

namespace lectern {

/// Where a run stands. Everything that is drawn follows from the run's seed and these numbers.
struct RunState {
    int64_t step = 0;       ///< optimizer steps done
    int64_t sequences = 0;  ///< training sequences consumed
    double seconds = 0;     ///< of training, over all sittings
    int64_t tokens = 0;
    nlohmann::json config;  ///< the run's configuration
};

/// <folder>/step-00000050/{parameters,optimizer}.safetensors, state.json, manifest.json (sizes and XXH3-64 of the
/// others). Written in a temporary folder, fsynced, renamed; then all but the newest `keep` are removed.
/// Returns the checkpoint's path. Errors: DiskFull, Io.
Result<std::filesystem::path> saveCheckpoint(const std::filesystem::path& folder, const TrainModel& model,
                                             Optimizer& optimizer, const RunState& state, int32_t keep);

/// Loads a checkpoint whose files match its manifest. Errors: NotFound, Corrupt, InvalidInput (of another model).
Result<RunState> loadCheckpoint(const std::filesystem::path& checkpoint, TrainModel& model, Optimizer& optimizer);

/// The checkpoints under `folder`, newest first; unfinished ones are not listed.
std::vector<std::filesystem::path> listCheckpoints(const std::filesystem::path& folder);

/// Only the state of a checkpoint, for lists. Errors: NotFound, Corrupt.
Result<RunState> readCheckpointState(const std::filesystem::path& checkpoint);

}  // namespace lectern
