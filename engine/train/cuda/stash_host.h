#pragma once
// Stashes in host memory: copies that pass through buffers on the device and a stream of their own, so that the
// products go on meanwhile. What the backward pass will want next is known from the step before and fetched early.

#include <array>
#include <vector>

#include "engine/core/result.h"
#include "kernels/cuda/memory.h"

namespace lectern {

class StashHost {
  public:
    Result<void> open();
    /// Memory on the device that the buffers take.
    int64_t deviceBytes() const;

    /// Pinned memory of a stash, to be freed with cudaFreeHost(). Null: there is not enough.
    static void* allocate(int64_t bytes);
    /// host = device, behind what `stream` has enqueued; `device` may be overwritten by what it enqueues next.
    Result<void> write(void* host, const void* device, int64_t bytes, cudaStream_t stream);
    /// device = host.
    Result<void> read(const void* host, void* device, int64_t bytes, cudaStream_t stream);

  private:
    /// A buffer on the device that holds, or is being given, a copy of one stash.
    struct Slot {
        kernels::cuda::DeviceBuffer buffer;
        kernels::cuda::Event used;    ///< the stream of the products is done with it
        kernels::cuda::Event copied;  ///< the copy from or to the host is done
        const void* stash = nullptr;
        int64_t bytes = 0;  ///< of it that are here
        uint64_t lastUse = 0;
    };
    struct Access {
        const void* stash;
        int64_t bytes;
    };

    Slot* holding(const void* stash);
    /// The slot that was used least recently, large enough.
    Result<Slot*> vacate(int64_t bytes);
    Result<void> fetch(const Access& access);

    kernels::cuda::Stream m_copies;
    std::array<Slot, 3>
        m_slots;  ///< what is read, what was read before (a layer's input is read twice), what comes next
    uint64_t m_uses = 0;
    std::vector<Access> m_order, m_lastOrder;  ///< reads since the last write, and those of the pass before
    bool m_reading = false;
};

}  // namespace lectern
