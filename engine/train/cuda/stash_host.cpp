#include "engine/train/cuda/stash_host.h"

#include <algorithm>

#include "engine/train/cuda/upload_ring.h"

namespace lectern {

using kernels::cuda::createEvent;
using kernels::cuda::DeviceBuffer;

namespace {

constexpr const char* kDoing = "moving activations to and from host memory";

}  // namespace

Result<void> StashHost::open() {
    LECTERN_TRY(tried(kernels::cuda::createStream(&m_copies), kDoing));
    for (Slot& slot : m_slots) {
        LECTERN_TRY(tried(createEvent(false, &slot.used), kDoing));
        LECTERN_TRY(tried(createEvent(false, &slot.copied), kDoing));
    }
    return {};
}

int64_t StashHost::deviceBytes() const {
    int64_t bytes = 0;
    for (const Slot& slot : m_slots) {
        bytes += slot.buffer.sizeBytes();
    }
    return bytes;
}

void* StashHost::allocate(int64_t bytes) {
    void* memory = nullptr;
    if (cudaHostAlloc(&memory, static_cast<size_t>(std::max<int64_t>(bytes, 16)), cudaHostAllocDefault) !=
        cudaSuccess) {
        (void)cudaGetLastError();
        return nullptr;
    }
    return memory;
}

StashHost::Slot* StashHost::holding(const void* stash) {
    const auto found = std::find_if(m_slots.begin(), m_slots.end(), [&](const Slot& s) { return s.stash == stash; });
    return found == m_slots.end() ? nullptr : &*found;
}

Result<StashHost::Slot*> StashHost::vacate(int64_t bytes) {
    Slot& slot = *std::min_element(m_slots.begin(), m_slots.end(),
                                   [](const Slot& a, const Slot& b) { return a.lastUse < b.lastUse; });
    slot.stash = nullptr;
    slot.lastUse = ++m_uses;
    if (slot.buffer.sizeBytes() < bytes) {
        // Freeing waits for the work that uses the old one.
        slot.buffer = DeviceBuffer();
        LECTERN_TRY(tried(DeviceBuffer::create(bytes, &slot.buffer), kDoing));
    }
    return &slot;
}

Result<void> StashHost::write(void* host, const void* device, int64_t bytes, cudaStream_t stream) {
    if (m_reading) {
        m_lastOrder = std::move(m_order);
        m_order.clear();
        m_reading = false;
    }
    if (Slot* old = holding(host)) {
        old->stash = nullptr;
    }
    LECTERN_ASSIGN(Slot * slot, vacate(bytes));
    LECTERN_TRY(tried(cudaStreamWaitEvent(stream, slot->copied.get(), 0), kDoing));
    const auto size = static_cast<size_t>(bytes);
    LECTERN_TRY(tried(cudaMemcpyAsync(slot->buffer.data(), device, size, cudaMemcpyDeviceToDevice, stream), kDoing));
    LECTERN_TRY(tried(cudaEventRecord(slot->used.get(), stream), kDoing));
    LECTERN_TRY(tried(cudaStreamWaitEvent(m_copies.get(), slot->used.get(), 0), kDoing));
    LECTERN_TRY(
        tried(cudaMemcpyAsync(host, slot->buffer.data(), size, cudaMemcpyDeviceToHost, m_copies.get()), kDoing));
    slot->stash = host;
    slot->bytes = bytes;
    return tried(cudaEventRecord(slot->copied.get(), m_copies.get()), kDoing);
}

Result<void> StashHost::fetch(const Access& access) {
    LECTERN_ASSIGN(Slot * slot, vacate(access.bytes));
    LECTERN_TRY(tried(cudaStreamWaitEvent(m_copies.get(), slot->used.get(), 0), kDoing));
    LECTERN_TRY(tried(cudaMemcpyAsync(slot->buffer.data(), access.stash, static_cast<size_t>(access.bytes),
                                      cudaMemcpyHostToDevice, m_copies.get()),
                      kDoing));
    slot->stash = access.stash;
    slot->bytes = access.bytes;
    return tried(cudaEventRecord(slot->copied.get(), m_copies.get()), kDoing);
}

Result<void> StashHost::read(const void* host, void* device, int64_t bytes, cudaStream_t stream) {
    m_reading = true;
    Slot* slot = holding(host);
    if (!slot || slot->bytes < bytes) {
        if (slot) {
            slot->stash = nullptr;
        }
        LECTERN_TRY(fetch({host, bytes}));
        slot = holding(host);
    }
    slot->lastUse = ++m_uses;
    LECTERN_TRY(tried(cudaStreamWaitEvent(stream, slot->copied.get(), 0), kDoing));
    LECTERN_TRY(tried(
        cudaMemcpyAsync(device, slot->buffer.data(), static_cast<size_t>(bytes), cudaMemcpyDeviceToDevice, stream),
        kDoing));
    LECTERN_TRY(tried(cudaEventRecord(slot->used.get(), stream), kDoing));
    m_order.push_back({host, bytes});
    const size_t next = m_order.size();
    // The pass before read in the same order, unless sequences or their lengths have changed: then nothing is gained.
    if (next < m_lastOrder.size() && m_lastOrder[next - 1].stash == host && !holding(m_lastOrder[next].stash)) {
        return fetch(m_lastOrder[next]);
    }
    return {};
}

}  // namespace lectern
