#include "engine/train/training_run.h"

namespace lectern {

Result<std::shared_ptr<TrainBackend>> createTrainBackend(const std::string& device, int32_t threads) {
    if (device == "cpu" || device == "auto") {
        return std::shared_ptr<TrainBackend>(createCpuTrainBackend(threads));
    }
    if (device == "cuda") {
        return Error{ErrorCode::Unsupported, "This build trains on the CPU only; choose the device cpu."};
    }
    return Error{ErrorCode::InvalidInput, "Unknown device \"" + device.substr(0, 40) + "\"; known are cpu and cuda."};
}

}  // namespace lectern
