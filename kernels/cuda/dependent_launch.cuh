#pragma once
// Programmatic dependent launch (Hopper and newer): the next kernel of a chain takes its place on the device, and reads
// what no kernel writes, while the kernel before it drains. Between two dependent kernels of a graph the device would
// stand still for some microseconds otherwise, ten times a layer for every decoded token.

#include <cuda_runtime.h>

#include "kernels/cuda/status.h"

namespace lectern::kernels::cuda {

/// Lets the next kernel of the stream start; it is harmless where that one does not wait for it.
__device__ inline void allowNextKernel() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/// Returns when everything enqueued before this kernel is done and visible. Every thread calls it before it touches
/// memory that a kernel writes; what a kernel launched by launchOverlapped() reads earlier must be constant.
__device__ inline void waitForEarlierKernels() {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/// Whether the current device runs the code compiled for Hopper, which starts dependent kernels early and has thread
/// block clusters. Newer GPUs run what was compiled for sm_80.
inline bool isHopper() {
    int device = 0, major = 0;
    return cudaGetDevice(&device) == cudaSuccess &&
           cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, device) == cudaSuccess && major == 9;
}

/// Launches a kernel that begins with waitForEarlierKernels(); clusters of `cluster` blocks along x, 1: none.
template <typename... Parameters>
CudaStatus launchOverlapped(void (*kernel)(Parameters...), dim3 grid, int threads, size_t shared, cudaStream_t stream,
                            int cluster, const Parameters&... arguments) {
    cudaLaunchAttribute attributes[2] = {};
    cudaLaunchConfig_t config = {};
    config.gridDim = grid;
    config.blockDim = dim3(static_cast<unsigned>(threads));
    config.dynamicSmemBytes = shared;
    config.stream = stream;
    config.attrs = attributes;
    if (isHopper()) {
        attributes[config.numAttrs].id = cudaLaunchAttributeProgrammaticStreamSerialization;
        attributes[config.numAttrs++].val.programmaticStreamSerializationAllowed = 1;
        if (cluster > 1) {
            attributes[config.numAttrs].id = cudaLaunchAttributeClusterDimension;
            attributes[config.numAttrs].val.clusterDim.x = static_cast<unsigned>(cluster);
            attributes[config.numAttrs].val.clusterDim.y = 1;
            attributes[config.numAttrs++].val.clusterDim.z = 1;
        }
    }
    return cudaLaunchKernelEx(&config, kernel, Parameters(arguments)...);
}

}  // namespace lectern::kernels::cuda
