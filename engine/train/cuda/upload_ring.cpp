#include "engine/train/cuda/upload_ring.h"

#include <cstring>

namespace lectern {

using kernels::cuda::CudaStatus;

Error cudaFailure(const CudaStatus& status, const char* doing) {
    if (status.error == cudaErrorMemoryAllocation) {
        return {ErrorCode::OutOfMemory, std::string("Not enough GPU memory while ") + doing + "."};
    }
    const std::string message = std::string("The GPU failed while ") + doing + " (" + status.name() + ").";
    if (status.sticky()) {
        return {ErrorCode::DeviceLost, message};
    }
    if (status.status == kernels::Status::Unsupported) {
        return {ErrorCode::Unsupported,
                std::string("The GPU has no kernel for this model's shapes while ") + doing + "."};
    }
    return {ErrorCode::Internal, message};
}

Result<void> tried(const CudaStatus& status, const char* doing) {
    if (!status.ok()) {
        return cudaFailure(status, doing);
    }
    return {};
}

Result<void> UploadRing::open(int64_t bytes) {
    LECTERN_TRY(tried(kernels::cuda::PinnedBuffer::create(bytes, &m_host), "reserving upload memory"));
    LECTERN_TRY(tried(kernels::cuda::DeviceBuffer::create(bytes, &m_device), "reserving upload memory"));
    m_position = 0;
    return {};
}

Result<const std::byte*> UploadRing::uploadBytes(std::span<const std::byte> host, cudaStream_t stream) {
    constexpr int64_t kAlignment = 256;
    const auto bytes = static_cast<int64_t>(host.size());
    if (m_position + bytes > m_host.sizeBytes()) {
        // What the front still holds may be on its way.
        LECTERN_TRY(tried(cudaStreamSynchronize(stream), "waiting for uploads"));
        m_position = 0;
        if (bytes > m_host.sizeBytes()) {
            LECTERN_TRY(open(2 * bytes));
        }
    }
    std::byte* to = m_device.data() + m_position;
    std::memcpy(m_host.data() + m_position, host.data(), host.size());
    if (bytes > 0) {
        LECTERN_TRY(tried(cudaMemcpyAsync(to, m_host.data() + m_position, host.size(), cudaMemcpyHostToDevice, stream),
                          "uploading"));
    }
    m_position += (bytes + kAlignment - 1) / kAlignment * kAlignment;
    return to;
}

}  // namespace lectern
