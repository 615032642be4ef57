#include "engine/backend/cuda_loader.h"
#include "engine/train/training_run.h"

namespace lectern {

Result<std::shared_ptr<TrainBackend>> createTrainBackend(const std::string& device, int32_t threads) {
    if (device != "cpu" && device != "cuda" && device != "auto") {
        return Error{ErrorCode::InvalidInput,
                     "Unknown device \"" + device.substr(0, 40) + "\"; known are cpu, cuda and auto."};
    }
    if (device != "cpu") {
        auto made = makeFromCudaLibrary("lecternCreateCudaTrainBackend");
        if (made) {
            return std::shared_ptr<TrainBackend>(static_cast<TrainBackend*>(*made));
        }
        if (device == "cuda") {
            return made.error();
        }
    }
    return std::shared_ptr<TrainBackend>(createCpuTrainBackend(threads));
}

}  // namespace lectern
