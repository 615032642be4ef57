#pragma once
// What the parts of one CUDA backend share: the device, its one stream, working space, and the translation of CUDA's
// errors into sentences. A sticky fault is remembered: from then on everything answers DeviceLost.

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "engine/core/result.h"
#include "kernels/cuda/linear.h"
#include "kernels/cuda/memory.h"

namespace lectern {

/// Working space by purpose; each grows to the largest request and is reused in stream order.
enum class Scratch : uint8_t {
    Decoded,      ///< one weight matrix as bf16
    Upload,       ///< stored bytes of a weight on their way to another format; token ids
    Activations,  ///< an operand in another format
    RopeTable,
    QueryMeans,
    Candidates,
    Lists,
    Found,
    Regions,
    Nominators,
    GatherShape,
    GatheredKeys,
    GatheredValues,
    TokenQueries,
    TokenOut,
    TokenSelect,
    TokenAttention,
    TokenRegions,
    TokenScores,
    TokenMass,
    Excluded,
    Count
};

class CudaContext {
  public:
    /// Errors: Unsupported, with the reason a person can act on.
    static Result<std::shared_ptr<CudaContext>> create(int device);
    ~CudaContext();
    CudaContext(const CudaContext&) = delete;
    CudaContext& operator=(const CudaContext&) = delete;

    cudaStream_t stream() const { return m_stream.get(); }
    const kernels::cuda::DeviceFacts& facts() const { return m_facts; }
    kernels::cuda::MatrixProducts& products() { return m_products; }

    /// `what` completes "The GPU failed in ...".
    Result<void> check(kernels::cuda::CudaStatus status, const char* what);
    /// Errors: OutOfMemory, with what was asked for and what is free.
    Result<kernels::cuda::DeviceBuffer> allocate(int64_t bytes, const char* what);
    Result<kernels::cuda::PinnedBuffer> allocatePinned(int64_t bytes);
    /// `zeroed`: fresh memory is cleared, for kernels that leave their counters at zero.
    Result<std::byte*> scratch(Scratch purpose, int64_t bytes, bool zeroed = false);
    template <typename T>
    Result<T*> scratchOf(Scratch purpose, int64_t count, bool zeroed = false) {
        LECTERN_ASSIGN(std::byte * bytes, scratch(purpose, count * static_cast<int64_t>(sizeof(T)), zeroed));
        return reinterpret_cast<T*>(bytes);
    }
    int64_t freeBytes() const;
    uint64_t nextId() { return ++m_lastId; }

    /// Waits for the stream, then runs what waited for its results.
    Result<void> synchronize();
    /// Runs `read` after the next synchronize(); `owner` can take it back.
    void afterSynchronize(const void* owner, std::function<void()> read);
    void forget(const void* owner);
    /// Pinned memory for a result that is read after the next synchronize().
    Result<std::byte*> pinnedResult(int64_t bytes);

  private:
    CudaContext() = default;
    struct Pending {
        const void* owner;
        std::function<void()> read;
    };

    kernels::cuda::DeviceFacts m_facts;
    kernels::cuda::Stream m_stream;
    std::array<kernels::cuda::DeviceBuffer, static_cast<size_t>(Scratch::Count)> m_scratch;
    std::vector<kernels::cuda::PinnedBuffer> m_pinned;  ///< blocks, handed out front to back between synchronizations
    size_t m_pinnedBlock = 0;
    int64_t m_pinnedUsed = 0;
    std::vector<Pending> m_pending;
    kernels::cuda::MatrixProducts m_products;
    uint64_t m_lastId = 0;
    bool m_lost = false;
};

}  // namespace lectern
