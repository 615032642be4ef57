#include "kernels/cuda/memory.h"

#include <cstring>

namespace lectern::kernels::cuda {

DeviceBuffer::~DeviceBuffer() {
    if (m_data != nullptr) (void)cudaFree(m_data);
}

CudaStatus DeviceBuffer::create(int64_t bytes, DeviceBuffer* out) {
    if (bytes < 0) return Status::InvalidArgument;
    DeviceBuffer buffer;
    void* data = nullptr;
    if (bytes > 0) LECTERN_CUDA_TRY(cudaMalloc(&data, static_cast<size_t>(bytes)));
    buffer.m_data = static_cast<std::byte*>(data);
    buffer.m_sizeBytes = bytes;
    *out = std::move(buffer);
    return {};
}

PinnedBuffer::~PinnedBuffer() {
    if (m_data != nullptr) (void)cudaFreeHost(m_data);
}

CudaStatus PinnedBuffer::create(int64_t bytes, PinnedBuffer* out) {
    if (bytes < 0) return Status::InvalidArgument;
    PinnedBuffer buffer;
    void* data = nullptr;
    if (bytes > 0) LECTERN_CUDA_TRY(cudaHostAlloc(&data, static_cast<size_t>(bytes), cudaHostAllocMapped));
    buffer.m_data = static_cast<std::byte*>(data);
    buffer.m_sizeBytes = bytes;
    *out = std::move(buffer);
    return {};
}

CudaStatus createStream(Stream* out) {
    cudaStream_t stream = nullptr;
    LECTERN_CUDA_TRY(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
    *out = Stream(stream);
    return {};
}

CudaStatus createEvent(bool timing, Event* out) {
    cudaEvent_t event = nullptr;
    LECTERN_CUDA_TRY(cudaEventCreateWithFlags(&event, timing ? cudaEventDefault : cudaEventDisableTiming));
    *out = Event(event);
    return {};
}

CudaStatus readDeviceFacts(int device, DeviceFacts* out) {
    cudaDeviceProp properties{};
    LECTERN_CUDA_TRY(cudaGetDeviceProperties(&properties, device));
    out->device = device;
    out->major = properties.major;
    out->minor = properties.minor;
    out->multiprocessors = properties.multiProcessorCount;
    out->sharedBytesPerBlock = static_cast<int>(properties.sharedMemPerBlockOptin);
    out->memoryBytes = static_cast<int64_t>(properties.totalGlobalMem);
    out->l2Bytes = properties.l2CacheSize;
    static_assert(sizeof out->name == sizeof properties.name);
    std::memcpy(out->name, properties.name, sizeof out->name);
    return {};
}

}  // namespace lectern::kernels::cuda
