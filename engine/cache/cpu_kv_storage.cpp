#include "engine/cache/cpu_kv_storage.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

constexpr int32_t kRegionsPerPage = 16;

int64_t roundUp(int64_t value, int64_t step) {
    return (value + step - 1) / step * step;
}

std::string gibibytes(int64_t bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", static_cast<double>(bytes) / (1 << 30));
    return text;
}

// Floating K/V types round on the way into the tail as well, so that a token reads the same before and after its region
// is complete.
void roundToType(KvType type, float* values, int64_t count) {
    if (type != KvType::BF16) {
        return;
    }
    for (int64_t i = 0; i < count; ++i) {
        uint32_t bits;
        std::memcpy(&bits, values + i, 4);
        bits = (bits + 0x7fff + ((bits >> 16) & 1)) & 0xffff0000u;
        std::memcpy(values + i, &bits, 4);
    }
}

}  // namespace

int64_t availableMemoryBytes() {
    std::ifstream file("/proc/meminfo");
    std::string key;
    int64_t kibibytes = 0;
    for (std::string unit; file >> key >> kibibytes; std::getline(file, unit)) {
        if (key == "MemAvailable:") {
            return kibibytes * 1024;
        }
    }
    return static_cast<int64_t>(sysconf(_SC_AVPHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

int64_t totalMemoryBytes() {
    return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

Result<ReservedMemory> ReservedMemory::create(int64_t bytes) {
    ReservedMemory memory;
    if (bytes == 0) {
        return memory;
    }
    void* data = mmap(nullptr, static_cast<size_t>(bytes), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data == MAP_FAILED) {
        return Error{ErrorCode::OutOfMemory,
                     "Could not reserve " + gibibytes(bytes) + " of address space for the context."};
    }
    memory.m_data = static_cast<std::byte*>(data);
    memory.m_sizeBytes = bytes;
    return memory;
}

ReservedMemory::ReservedMemory(ReservedMemory&& other) noexcept {
    *this = std::move(other);
}

ReservedMemory& ReservedMemory::operator=(ReservedMemory&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_sizeBytes, other.m_sizeBytes);
    return *this;
}

ReservedMemory::~ReservedMemory() {
    if (m_data) {
        munmap(m_data, static_cast<size_t>(m_sizeBytes));
    }
}

void ReservedMemory::discardFrom(int64_t offset) {
    const int64_t begin = roundUp(offset, sysconf(_SC_PAGESIZE));
    if (begin < m_sizeBytes) {
        madvise(m_data + begin, static_cast<size_t>(m_sizeBytes - begin), MADV_DONTNEED);
    }
}

int64_t CpuKvStorage::bytesFor(const KvStorageSpec& spec, int64_t tokens) {
    const int32_t pageTokens = spec.regionTokens * kRegionsPerPage;
    const auto layout = kernels::kvPageLayout(spec.type, pageTokens, spec.regionTokens, spec.kvHeads, spec.headDim);
    const int64_t pages = roundUp(tokens, pageTokens) / pageTokens;
    const int64_t regions = pages * kRegionsPerPage;
    return spec.layers * (2 * pages * layout.pageBytes + 3 * regions * spec.kvHeads * spec.headDim * 4);
}

CpuKvStorage::CpuKvStorage(const KvStorageSpec& spec)
    : m_spec(spec),
      m_pageTokens(spec.regionTokens * kRegionsPerPage),
      m_capacityRegions(roundUp(spec.capacityTokens, m_pageTokens) / spec.regionTokens),
      m_layout(kernels::kvPageLayout(spec.type, m_pageTokens, spec.regionTokens, spec.kvHeads, spec.headDim)),
      m_layers(static_cast<size_t>(spec.layers)) {}

Result<std::unique_ptr<CpuKvStorage>> CpuKvStorage::create(const KvStorageSpec& spec) {
    const int64_t needed = bytesFor(spec, spec.capacityTokens);
    const int64_t available = availableMemoryBytes();
    if (needed > available) {
        return Error{ErrorCode::LimitExceeded, "A context of " + std::to_string(spec.capacityTokens) +
                                                   " tokens needs " + gibibytes(needed) + " of memory and " +
                                                   gibibytes(available) +
                                                   " are free; choose a smaller K/V type or a shorter context."};
    }
    std::unique_ptr<CpuKvStorage> storage(new CpuKvStorage(spec));
    const int64_t pages = storage->m_capacityRegions / kRegionsPerPage;
    const int64_t pageBytes = storage->m_layout.pageBytes;
    const int64_t summaryBytes = storage->m_capacityRegions * spec.kvHeads * spec.headDim * 4;
    for (Layer& layer : storage->m_layers) {
        LECTERN_ASSIGN(layer.keys, ReservedMemory::create(pages * pageBytes));
        LECTERN_ASSIGN(layer.values, ReservedMemory::create(pages * pageBytes));
        LECTERN_ASSIGN(layer.mean, ReservedMemory::create(summaryBytes));
        LECTERN_ASSIGN(layer.min, ReservedMemory::create(summaryBytes));
        LECTERN_ASSIGN(layer.max, ReservedMemory::create(summaryBytes));
        for (int64_t page = 0; page < pages; ++page) {
            layer.keyPages.push_back(layer.keys.data() + page * pageBytes);
            layer.valuePages.push_back(layer.values.data() + page * pageBytes);
        }
        layer.tailKeys.resize(static_cast<size_t>(spec.kvHeads) * spec.regionTokens * spec.headDim);
        layer.tailValues.resize(layer.tailKeys.size());
    }
    return storage;
}

int64_t CpuKvStorage::sizeBytes() const {
    return bytesFor(m_spec, m_layers.empty() ? 0 : m_layers[0].tokens);
}

Result<void> CpuKvStorage::reserve(int64_t tokens) {
    if (tokens > m_spec.capacityTokens) {
        return Error{ErrorCode::LimitExceeded, "The context is full: " + std::to_string(tokens) +
                                                   " tokens do not fit its " + std::to_string(m_spec.capacityTokens) +
                                                   "."};
    }
    return {};
}

int64_t CpuKvStorage::summaryOffset(int32_t kvHead, int64_t region) const {
    return (kvHead * m_capacityRegions + region) * m_spec.headDim;
}

void CpuKvStorage::storeRegion(Layer& layer, int32_t kvHead, int64_t region, const float* keys, const float* values) {
    const int64_t page = region / kRegionsPerPage;
    const auto inPage = static_cast<int32_t>(region % kRegionsPerPage);
    const auto store = [&](const float* source, std::byte* target) {
        kernels::cpu::storeRegion(source, m_spec.type, m_pageTokens, m_spec.regionTokens, m_spec.kvHeads,
                                  m_spec.headDim, kvHead, inPage, target);
    };
    store(keys, layer.keyPages[static_cast<size_t>(page)]);
    store(values, layer.valuePages[static_cast<size_t>(page)]);
    const int64_t offset = summaryOffset(kvHead, region);
    const auto at = [&](const ReservedMemory& memory) { return reinterpret_cast<float*>(memory.data()) + offset; };
    kernels::cpu::regionSummary(keys, m_spec.regionTokens, m_spec.headDim, at(layer.mean), at(layer.min),
                                at(layer.max));
}

Result<void> CpuKvStorage::append(int32_t layerIndex, const float* k, const float* v, int64_t firstToken,
                                  int64_t tokens, ThreadPool& pool) {
    Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    const int32_t p = m_spec.regionTokens, dim = m_spec.headDim, heads = m_spec.kvHeads;
    const int64_t regionValues = static_cast<int64_t>(p) * dim;
    const int64_t firstRegion = firstToken / p;
    const int64_t endToken = firstToken + tokens;
    const auto copyRows = [&](const float* source, int32_t head, int64_t begin, int64_t end, float* target) {
        for (int64_t token = begin; token < end; ++token) {
            std::copy_n(source + ((token - firstToken) * heads + head) * dim, dim, target + (token - begin) * dim);
        }
        roundToType(m_spec.type, target, (end - begin) * dim);
    };
    // A restored page is checked before part of it is overwritten: its checksum covers the whole.
    for (int64_t page = firstToken / m_pageTokens; page < std::min(m_filePages, pagesFor(endToken)); ++page) {
        LECTERN_TRY(verifyPage(layer, page));
    }
    const int64_t finished = endToken / p - firstRegion;
    pool.parallelFor(finished * heads, [&](int64_t task) {
        const auto head = static_cast<int32_t>(task % heads);
        const int64_t region = firstRegion + task / heads;
        const int64_t begin = std::max(firstToken, region * p);
        thread_local std::vector<float> scratch;
        scratch.resize(static_cast<size_t>(2 * regionValues));
        float* keys = scratch.data();
        float* values = keys + regionValues;
        const int64_t kept = begin - region * p;
        std::copy_n(layer.tailKeys.data() + head * regionValues, kept * dim, keys);
        std::copy_n(layer.tailValues.data() + head * regionValues, kept * dim, values);
        copyRows(k, head, begin, (region + 1) * p, keys + kept * dim);
        copyRows(v, head, begin, (region + 1) * p, values + kept * dim);
        storeRegion(layer, head, region, keys, values);
    });
    // The rest becomes the new tail, after the region that continued the old one has read it.
    const int64_t tailRegion = endToken / p;
    const int64_t tailBegin = std::max(firstToken, tailRegion * p);
    for (int32_t head = 0; head < heads; ++head) {
        const int64_t offset = head * regionValues + (tailBegin - tailRegion * p) * dim;
        copyRows(k, head, tailBegin, endToken, layer.tailKeys.data() + offset);
        copyRows(v, head, tailBegin, endToken, layer.tailValues.data() + offset);
    }
    layer.tokens = endToken;
    return {};
}

Result<void> CpuKvStorage::truncate(int64_t tokens) {
    const int32_t p = m_spec.regionTokens, dim = m_spec.headDim;
    const int64_t region = tokens / p;
    for (Layer& layer : m_layers) {
        if (tokens >= layer.tokens) {
            continue;
        }
        const bool cutsStoredRegion = tokens % p != 0 && region < layer.tokens / p;
        if (cutsStoredRegion) {
            LECTERN_TRY(verifyPage(layer, region / kRegionsPerPage));
        }
        for (int32_t head = 0; cutsStoredRegion && head < m_spec.kvHeads; ++head) {
            const auto load = [&](const std::byte* page, std::vector<float>& tail) {
                kernels::cpu::loadRegion(page, m_spec.type, m_pageTokens, p, m_spec.kvHeads, dim, head,
                                         static_cast<int32_t>(region % kRegionsPerPage),
                                         tail.data() + static_cast<int64_t>(head) * p * dim);
            };
            load(layer.keyPages[static_cast<size_t>(region / kRegionsPerPage)], layer.tailKeys);
            load(layer.valuePages[static_cast<size_t>(region / kRegionsPerPage)], layer.tailValues);
        }
        layer.tokens = tokens;
        const int64_t firstFreePage = roundUp(tokens, m_pageTokens) / m_pageTokens;
        layer.keys.discardFrom(firstFreePage * m_layout.pageBytes);
        layer.values.discardFrom(firstFreePage * m_layout.pageBytes);
    }
    return {};
}

kernels::KvView CpuKvStorage::view(int32_t layerIndex) const {
    const Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    kernels::KvView view;
    view.keyPages = layer.keyPages.data();
    view.valuePages = layer.valuePages.data();
    view.tailKeys = layer.tailKeys.data();
    view.tailValues = layer.tailValues.data();
    view.type = m_spec.type;
    view.pageTokens = m_pageTokens;
    view.regionTokens = m_spec.regionTokens;
    view.kvHeads = m_spec.kvHeads;
    view.headDim = m_spec.headDim;
    view.tokens = layer.tokens;
    return view;
}

kernels::RegionSummaryView CpuKvStorage::summaries(int32_t layerIndex, int32_t kvHead) const {
    const Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    const int64_t offset = summaryOffset(kvHead, 0);
    const auto at = [&](const ReservedMemory& memory) {
        return reinterpret_cast<const float*>(memory.data()) + offset;
    };
    return {at(layer.mean), at(layer.min), at(layer.max), m_spec.headDim, layer.tokens / m_spec.regionTokens};
}

}  // namespace lectern
