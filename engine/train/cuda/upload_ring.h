#pragma once
// Small host arrays (token ids, positions, row numbers) on their way to the device without waiting for it.

#include <span>

#include "engine/core/result.h"
#include "kernels/cuda/memory.h"

namespace lectern {

/// What a failed CUDA call means for a person; `doing` completes "The GPU failed while ...".
Error cudaFailure(const kernels::cuda::CudaStatus& status, const char* doing);

/// The same as a Result.
Result<void> tried(const kernels::cuda::CudaStatus& status, const char* doing);

/// A pinned buffer and its twin on the device, filled front to back. The host waits for the stream only when it starts
/// again at the front, or when an array does not fit at all.
class UploadRing {
  public:
    Result<void> open(int64_t bytes);
    int64_t sizeBytes() const { return m_device.sizeBytes(); }

    /// The array on the device, valid for the work enqueued before the ring comes round: that of the next few ops.
    template <typename T>
    Result<const T*> upload(std::span<const T> host, cudaStream_t stream) {
        LECTERN_ASSIGN(const std::byte* device, uploadBytes(std::as_bytes(host), stream));
        return reinterpret_cast<const T*>(device);
    }

  private:
    Result<const std::byte*> uploadBytes(std::span<const std::byte> host, cudaStream_t stream);

    kernels::cuda::PinnedBuffer m_host;
    kernels::cuda::DeviceBuffer m_device;
    int64_t m_position = 0;
};

}  // namespace lectern
