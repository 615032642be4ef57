#include "engine/backend/cuda/factory.h"

#include <cstdio>

#include "engine/backend/cuda/cuda_backend.h"

lectern::Backend* lecternCreateCudaBackend(char* reason, int64_t reasonSize) {
    auto context = lectern::CudaContext::create(0);
    if (!context) {
        std::snprintf(reason, static_cast<size_t>(reasonSize), "%s", context.error().message.c_str());
        return nullptr;
    }
    return new lectern::CudaBackend(std::move(*context));
}
