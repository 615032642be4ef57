#include "engine/backend/backend.h"
#include "engine/backend/cpu_backend.h"
#include "engine/backend/cuda_loader.h"

namespace lectern {

Result<std::shared_ptr<Backend>> createBackend(const BackendOptions& options) {
    if (options.device == "cpu") {
        return std::shared_ptr<Backend>(std::make_shared<CpuBackend>(options.threads));
    }
    if (options.device != "cuda" && options.device != "auto") {
        return Error{ErrorCode::InvalidInput,
                     "Unknown device \"" + options.device.substr(0, 40) + "\"; known are cpu, cuda, auto."};
    }
    auto cuda = loadCudaBackend();
    if (cuda || options.device == "cuda") {
        return cuda;
    }
    return std::shared_ptr<Backend>(std::make_shared<CpuBackend>(options.threads));
}

std::string cudaUnavailableReason() {
    const auto cuda = loadCudaBackend();
    return cuda ? std::string() : cuda.error().message;
}

}  // namespace lectern
