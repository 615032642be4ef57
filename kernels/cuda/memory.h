#pragma once
// Owners of CUDA objects: device and pinned memory, streams, events, graphs. Move-only; made by fallible create(); they
// must be destroyed on a thread that has the device current. After a sticky fault the destructors fail silently.

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "kernels/cuda/status.h"

namespace lectern::kernels::cuda {

/// Bytes on the device; `data()` is aligned to 256.
class DeviceBuffer {
  public:
    DeviceBuffer() = default;
    DeviceBuffer(DeviceBuffer&& other) noexcept { swap(other); }
    DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
        DeviceBuffer(std::move(other)).swap(*this);
        return *this;
    }
    ~DeviceBuffer();
    static CudaStatus create(int64_t bytes, DeviceBuffer* out);

    std::byte* data() const { return m_data; }
    int64_t sizeBytes() const { return m_sizeBytes; }
    template <typename T>
    T* as() const {
        return reinterpret_cast<T*>(m_data);
    }
    /// Gives the pointer up; the caller frees it with cudaFree.
    std::byte* release() {
        m_sizeBytes = 0;
        return std::exchange(m_data, nullptr);
    }

  private:
    void swap(DeviceBuffer& other) noexcept {
        std::swap(m_data, other.m_data);
        std::swap(m_sizeBytes, other.m_sizeBytes);
    }
    std::byte* m_data = nullptr;
    int64_t m_sizeBytes = 0;
};

/// Page-locked host memory, mapped into the device's address space.
class PinnedBuffer {
  public:
    PinnedBuffer() = default;
    PinnedBuffer(PinnedBuffer&& other) noexcept { swap(other); }
    PinnedBuffer& operator=(PinnedBuffer&& other) noexcept {
        PinnedBuffer(std::move(other)).swap(*this);
        return *this;
    }
    ~PinnedBuffer();
    static CudaStatus create(int64_t bytes, PinnedBuffer* out);

    std::byte* data() const { return m_data; }
    int64_t sizeBytes() const { return m_sizeBytes; }
    template <typename T>
    T* as() const {
        return reinterpret_cast<T*>(m_data);
    }

  private:
    void swap(PinnedBuffer& other) noexcept {
        std::swap(m_data, other.m_data);
        std::swap(m_sizeBytes, other.m_sizeBytes);
    }
    std::byte* m_data = nullptr;
    int64_t m_sizeBytes = 0;
};

/// One owned handle of the runtime: `Destroy` is its cuda*Destroy function.
template <typename Handle, cudaError_t (*Destroy)(Handle)>
class Owned {
  public:
    Owned() = default;
    explicit Owned(Handle handle) : m_handle(handle) {}
    Owned(Owned&& other) noexcept : m_handle(std::exchange(other.m_handle, nullptr)) {}
    Owned& operator=(Owned&& other) noexcept {
        std::swap(m_handle, other.m_handle);
        return *this;
    }
    ~Owned() {
        if (m_handle != nullptr) (void)Destroy(m_handle);
    }
    Handle get() const { return m_handle; }
    explicit operator bool() const { return m_handle != nullptr; }

  private:
    Handle m_handle = nullptr;
};

using Stream = Owned<cudaStream_t, cudaStreamDestroy>;
using Event = Owned<cudaEvent_t, cudaEventDestroy>;
using GraphExec = Owned<cudaGraphExec_t, cudaGraphExecDestroy>;

/// A non-blocking stream: it never waits for the legacy default stream.
CudaStatus createStream(Stream* out);
/// `timing` false: cheaper, for ordering only.
CudaStatus createEvent(bool timing, Event* out);

/// Facts about the current device that choosers need; read once.
struct DeviceFacts {
    int device = 0;
    int major = 0;
    int minor = 0;
    int multiprocessors = 0;
    int sharedBytesPerBlock = 0;  ///< with the opt-in attribute
    int64_t memoryBytes = 0;
    int64_t l2Bytes = 0;
    char name[256] = {};

    /// Runs sm_90a code (wgmma, setmaxnreg), which is specific to this one architecture.
    bool hopper() const { return major == 9 && minor == 0; }
};
CudaStatus readDeviceFacts(int device, DeviceFacts* out);

}  // namespace lectern::kernels::cuda
