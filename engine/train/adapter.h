#pragma once
// Adapters: LoRA factors and whole replaced tensors (embedding, norms, head), in the layout of Hugging Face PEFT
// (adapter_config.json, adapter_model.safetensors).

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/formats/model_source.h"
#include "engine/train/train_model.h"

namespace lectern {

/// Factors of one matrix; W becomes W + scale * B A.
struct LoraFactors {
    int64_t rank = 0, inputs = 0, outputs = 0;
    double scale = 0;
    std::vector<float> a;  ///< [rank, inputs]
    std::vector<float> b;  ///< [outputs, rank]
};

/// A tensor that an adapter brings whole.
struct WholeTensor {
    std::vector<int64_t> shape;
    std::vector<float> values;
};

/// RoPE settings that training fixed for good, and the context they reach.
struct TunedRope {
    double base = 10000;
    double linearFactor = 0;  ///< positions are divided by it; 0: not
    int32_t contextTokens = 0;
    bool operator==(const TunedRope&) const = default;
};

/// A value: everything by the Hugging Face name of the tensor it changes.
struct Adapter {
    LoraSpec spec;
    std::map<std::string, LoraFactors> factors;
    std::map<std::string, WholeTensor> whole;
    std::optional<TunedRope> rope;  ///< absent: the base model's
    std::string profileJson;        ///< attention profile it is to run with; may be empty
    std::string baseModel;
};

/// The trained values of a model. Under full training every matrix is a whole tensor. A trained embedding that is tied
/// to the head comes as both, because PEFT does not tie what an adapter replaces.
Result<Adapter> adapterOf(const TrainModel& model);

/// Writes `folder`/adapter_config.json, adapter_model.safetensors (f32) and, where there are any, lectern_rope.json and
/// lectern_profile.json. Errors: DiskFull, Io.
Result<void> writeAdapter(const Adapter& adapter, const std::filesystem::path& folder);

/// Reads such a folder. Errors: NotFound, Corrupt, Unsupported (DoRA, trained biases, per-module alphas, other kinds
/// of adapter, each by name).
Result<Adapter> readAdapter(const std::filesystem::path& folder);

/// Merges an adapter into `source`: changed matrices become f32 copies, or bf16 ones where f32 would take more than
/// 1 GiB; everything else stays as it is. As in PEFT, a replaced embedding leaves a tied head behind unless the
/// adapter brings that too. Errors: InvalidInput when names or shapes do not fit the model.
Result<void> applyAdapter(ModelSource& source, const Adapter& adapter);
Result<void> applyAdapter(ModelSource& source, const std::filesystem::path& folder);

/// Enters `rope` into the configuration.
void applyRope(ModelConfig& config, const TunedRope& rope);

/// Continues training from an adapter: its values become those of the model's parameters. Errors: InvalidInput when it
/// has other ranks or other tensors than this run trains.
Result<void> loadAdapterInto(TrainModel& model, const Adapter& adapter);

}  // namespace lectern
