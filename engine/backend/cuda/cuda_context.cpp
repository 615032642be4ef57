#include "engine/backend/cuda/cuda_context.h"

#include <algorithm>
#include <string>

#include "engine/cache/reserved_memory.h"

namespace lectern {

using kernels::Status;
using kernels::cuda::CudaStatus;
using kernels::cuda::DeviceBuffer;
using kernels::cuda::PinnedBuffer;

namespace {

constexpr int64_t kProductWorkspaceBytes = int64_t{64} << 20;
constexpr int64_t kPinnedBlockBytes = int64_t{8} << 20;

Error lost() {
    return {ErrorCode::DeviceLost, "The GPU stopped working after an error; load the model again to go on."};
}

}  // namespace

Result<std::shared_ptr<CudaContext>> CudaContext::create(int device) {
    int driver = 0, count = 0;
    if (cudaDriverGetVersion(&driver) != cudaSuccess || driver == 0) {
        return Error{ErrorCode::Unsupported, "this machine has no NVIDIA driver."};
    }
    if (const cudaError_t error = cudaGetDeviceCount(&count); error != cudaSuccess || count <= device) {
        (void)cudaGetLastError();
        return Error{ErrorCode::Unsupported,
                     error == cudaErrorInsufficientDriver
                         ? "the NVIDIA driver is too old for this build."
                         : std::string("no NVIDIA GPU was found (") + cudaGetErrorName(error) + ")."};
    }
    std::shared_ptr<CudaContext> context(new CudaContext());
    const auto failed = [](const char* what, CudaStatus status) {
        return Error{ErrorCode::Unsupported, std::string(what) + " (" + status.name() + ")."};
    };
    if (const CudaStatus status = cudaSetDevice(device); !status.ok()) {
        return failed("the GPU could not be opened", status);
    }
    if (const CudaStatus status = kernels::cuda::readDeviceFacts(device, &context->m_facts); !status.ok()) {
        return failed("the GPU could not be opened", status);
    }
    if (context->m_facts.major < 8) {
        return Error{ErrorCode::Unsupported, std::string(context->m_facts.name) +
                                                 " is too old: compute capability 8.0 (Ampere) or newer is needed."};
    }
    if (const CudaStatus status = kernels::cuda::createStream(&context->m_stream); !status.ok()) {
        return failed("the GPU could not be opened", status);
    }
    if (const CudaStatus status = context->m_products.open(kProductWorkspaceBytes); !status.ok()) {
        return failed("cuBLASLt could not be started", status);
    }
    return context;
}

CudaContext::~CudaContext() {
    (void)cudaStreamSynchronize(m_stream.get());
}

Result<void> CudaContext::check(CudaStatus status, const char* what) {
    if (m_lost) {
        return lost();
    }
    if (status.ok()) {
        return {};
    }
    if (status.status == Status::Unsupported) {
        return Error{ErrorCode::Unsupported, std::string("The CUDA backend has no kernel for the shapes of ") + what +
                                                 " of this model and profile; it runs on the CPU."};
    }
    if (status.error == cudaErrorMemoryAllocation) {
        return Error{ErrorCode::OutOfMemory, std::string("The GPU has not enough free memory for ") + what + " (" +
                                                 gibibytes(freeBytes()) + " free of " + gibibytes(m_facts.memoryBytes) +
                                                 ")."};
    }
    if (status.sticky()) {
        m_lost = true;
        return Error{ErrorCode::DeviceLost,
                     std::string("The GPU failed in ") + what + " (" + status.name() +
                         "). Document and conversation are kept; load the model again to go on."};
    }
    return Error{ErrorCode::Internal, std::string("The GPU refused ") + what + " (" + status.name() + ")."};
}

Result<DeviceBuffer> CudaContext::allocate(int64_t bytes, const char* what) {
    DeviceBuffer buffer;
    const CudaStatus status = DeviceBuffer::create(std::max<int64_t>(bytes, 1), &buffer);
    if (status.error == cudaErrorMemoryAllocation) {
        (void)cudaGetLastError();
        return Error{ErrorCode::OutOfMemory, gibibytes(bytes) + " are needed on the GPU for " + what + "; " +
                                                 gibibytes(freeBytes()) + " of " + gibibytes(m_facts.memoryBytes) +
                                                 " are free."};
    }
    LECTERN_TRY(check(status, what));
    return buffer;
}

Result<PinnedBuffer> CudaContext::allocatePinned(int64_t bytes) {
    PinnedBuffer buffer;
    LECTERN_TRY(check(PinnedBuffer::create(std::max<int64_t>(bytes, 1), &buffer), "pinned memory"));
    return buffer;
}

Result<std::byte*> CudaContext::scratch(Scratch purpose, int64_t bytes, bool zeroed) {
    DeviceBuffer& buffer = m_scratch[static_cast<size_t>(purpose)];
    if (buffer.sizeBytes() < bytes) {
        // Freed first, so that old and new need not fit together; cudaFree waits for kernels that still use it.
        buffer = DeviceBuffer();
        LECTERN_ASSIGN(buffer, allocate(bytes, "working space"));
        if (zeroed) {
            LECTERN_TRY(check(cudaMemsetAsync(buffer.data(), 0, static_cast<size_t>(buffer.sizeBytes()), stream()),
                              "clearing memory"));
        }
    }
    return buffer.data();
}

int64_t CudaContext::freeBytes() const {
    size_t free = 0, total = 0;
    return cudaMemGetInfo(&free, &total) == cudaSuccess ? static_cast<int64_t>(free) : 0;
}

Result<void> CudaContext::synchronize() {
    LECTERN_TRY(check(cudaStreamSynchronize(stream()), "its work"));
    const std::vector<Pending> pending = std::move(m_pending);
    m_pending.clear();
    for (const Pending& one : pending) {
        one.read();
    }
    m_pinnedBlock = 0;
    m_pinnedUsed = 0;
    return {};
}

void CudaContext::afterSynchronize(const void* owner, std::function<void()> read) {
    m_pending.push_back({owner, std::move(read)});
}

void CudaContext::forget(const void* owner) {
    std::erase_if(m_pending, [&](const Pending& one) { return one.owner == owner; });
}

Result<std::byte*> CudaContext::pinnedResult(int64_t bytes) {
    bytes = (bytes + 255) / 256 * 256;
    while (m_pinnedBlock < m_pinned.size() && m_pinnedUsed + bytes > m_pinned[m_pinnedBlock].sizeBytes()) {
        ++m_pinnedBlock;
        m_pinnedUsed = 0;
    }
    if (m_pinnedBlock == m_pinned.size()) {
        LECTERN_ASSIGN(PinnedBuffer block, allocatePinned(std::max(bytes, kPinnedBlockBytes)));
        m_pinned.push_back(std::move(block));
    }
    std::byte* at = m_pinned[m_pinnedBlock].data() + m_pinnedUsed;
    m_pinnedUsed += bytes;
    return at;
}

}  // namespace lectern
