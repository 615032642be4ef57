#pragma once
// What a CUDA launcher answers: refused arguments, or the runtime's error. Launchers never print, throw or exit.

#include <cuda_runtime_api.h>

#include "kernels/common/types.h"

namespace lectern::kernels::cuda {

struct [[nodiscard]] CudaStatus {
    Status status = Status::Ok;
    cudaError_t error = cudaSuccess;

    CudaStatus() = default;
    CudaStatus(Status refused) : status(refused) {}
    CudaStatus(cudaError_t runtime) : error(runtime) {}

    bool ok() const { return status == Status::Ok && error == cudaSuccess; }
    explicit operator bool() const { return ok(); }
    /// Whether the context is lost: nothing on this device works again in this process.
    bool sticky() const {
        return error == cudaErrorIllegalAddress || error == cudaErrorLaunchFailure || error == cudaErrorLaunchTimeout ||
               error == cudaErrorIllegalInstruction || error == cudaErrorMisalignedAddress ||
               error == cudaErrorInvalidAddressSpace || error == cudaErrorInvalidPc || error == cudaErrorAssert ||
               error == cudaErrorHardwareStackError || error == cudaErrorECCUncorrectable || error == cudaErrorUnknown;
    }
    /// A short technical name, for logs and error sentences.
    const char* name() const {
        if (status == Status::InvalidArgument) return "invalid argument";
        if (status == Status::Unsupported) return "unsupported shape";
        return cudaGetErrorName(error);
    }
};

/// The outcome of the launch just made on this thread.
inline CudaStatus launchStatus() {
    return cudaGetLastError();
}

}  // namespace lectern::kernels::cuda

/// Returns a failed CudaStatus (or cudaError_t) from the enclosing function.
#define LECTERN_CUDA_TRY(expression)                                                                          \
    do {                                                                                                      \
        if (::lectern::kernels::cuda::CudaStatus lecternCudaStatus = (expression); !lecternCudaStatus.ok()) { \
            return lecternCudaStatus;                                                                         \
        }                                                                                                     \
    } while (false)
