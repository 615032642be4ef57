// Where the CPU's K/V pages lie: the first ones in memory, what exceeds the budget in a mapped file. Pages of files
// count as resident from their first use on; when that is too much they are all released, and those still needed come
// back from the system's page cache.

#include <algorithm>
#include <string>

#include "engine/cache/cpu_kv_storage.h"

namespace lectern {
namespace {

// Without a budget: contexts above this share of the free memory are given the lower share.
constexpr double kFitsShare = 0.85, kUsedShare = 0.6;
// File pages that may be resident: a quarter of the K/V budget, within these bounds.
constexpr int64_t kLeastResident = int64_t{8} << 20, kMostResident = int64_t{1} << 30;

std::filesystem::path tierFolder(const KvStorageSpec& spec) {
    return spec.fileFolder.empty() ? std::filesystem::path("/var/tmp") : std::filesystem::path(spec.fileFolder);
}

}  // namespace

Result<void> CpuKvStorage::placePages() {
    const int64_t pages = pagesFor(m_spec.capacityTokens), pageBytes = m_layout.pageBytes;
    const int64_t needed = bytesFor(m_spec, m_spec.capacityTokens), available = availableMemoryBytes();
    const int64_t perPage = 2 * m_spec.layers * pageBytes, indexBytes = needed - pages * perPage;
    int64_t budget = m_spec.memoryBudgetBytes;
    if (budget == 0 && static_cast<double>(needed) > kFitsShare * static_cast<double>(available)) {
        budget = static_cast<int64_t>(kUsedShare * static_cast<double>(available));
    }
    m_memoryPages = pages;
    if (budget > 0 && needed > budget) {
        const int64_t rest = budget - indexBytes;
        m_residentLimit = std::clamp(rest / 4, kLeastResident, kMostResident);
        if (rest < m_residentLimit || indexBytes > available) {
            return Error{ErrorCode::LimitExceeded,
                         "A context of " + std::to_string(m_spec.capacityTokens) + " tokens keeps " +
                             gibibytes(indexBytes) +
                             " of region summaries in memory; with working space that does not "
                             "fit " +
                             gibibytes(std::min(budget, available)) + "."};
        }
        m_memoryPages = std::clamp((rest - m_residentLimit) / perPage, int64_t{0}, pages);
        LECTERN_ASSIGN(m_tier, KvFileTier::create(tierFolder(m_spec), (pages - m_memoryPages) * perPage));
    }
    m_touched = std::make_unique<std::atomic<bool>[]>(static_cast<size_t>(m_spec.layers * pages));
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        Layer& layer = m_layers[static_cast<size_t>(index)];
        LECTERN_ASSIGN(layer.keys, ReservedMemory::create(m_memoryPages * pageBytes));
        LECTERN_ASSIGN(layer.values, ReservedMemory::create(m_memoryPages * pageBytes));
        LECTERN_ASSIGN(layer.index, RegionIndex::create(m_spec.kvHeads, m_spec.headDim, m_capacityRegions,
                                                        m_spec.type == KvType::F32));
        layer.keyPages.resize(static_cast<size_t>(pages));
        layer.valuePages.resize(static_cast<size_t>(pages));
        pointToOwnPages(layer, index);
        layer.tailKeys.resize(static_cast<size_t>(m_spec.kvHeads) * m_spec.regionTokens * m_spec.headDim);
        layer.tailValues.resize(layer.tailKeys.size());
    }
    return {};
}

void CpuKvStorage::pointToOwnPages(Layer& layer, int32_t index) {
    const int64_t pageBytes = m_layout.pageBytes;
    for (int64_t page = 0; page < std::ssize(layer.keyPages); ++page) {
        const auto at = static_cast<size_t>(page);
        if (page < m_memoryPages) {
            layer.keyPages[at] = layer.keys.data() + page * pageBytes;
            layer.valuePages[at] = layer.values.data() + page * pageBytes;
        } else {
            // All layers of one page lie together: the file grows with the context.
            std::byte* data = m_tier->data() + ((page - m_memoryPages) * m_spec.layers + index) * 2 * pageBytes;
            layer.keyPages[at] = data;
            layer.valuePages[at] = data + pageBytes;
        }
    }
}

Result<void> CpuKvStorage::reserve(int64_t tokens) {
    if (tokens > m_spec.capacityTokens) {
        return Error{ErrorCode::LimitExceeded, "The context is full: " + std::to_string(tokens) +
                                                   " tokens do not fit its " + std::to_string(m_spec.capacityTokens) +
                                                   "."};
    }
    const int64_t filed = pagesFor(tokens) - m_memoryPages;
    return m_tier && filed > 0 ? m_tier->reserve(filed * 2 * m_spec.layers * m_layout.pageBytes) : Result<void>();
}

bool CpuKvStorage::touch(int32_t layer, int64_t page) {
    std::atomic<bool>& touched = m_touched[static_cast<size_t>(layer * pagesFor(m_spec.capacityTokens) + page)];
    if (touched.load(std::memory_order_relaxed) || touched.exchange(true)) {
        return false;
    }
    m_residentBytes.fetch_add(2 * m_layout.pageBytes, std::memory_order_relaxed);
    return true;
}

Result<void> CpuKvStorage::prepare(int32_t layerIndex, std::span<const kernels::RegionId> regions, int64_t ownBegin) {
    if (m_filePages == 0 && !m_tier) {
        return {};
    }
    const Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    const auto use = [&](int64_t page) -> Result<void> {
        if (!inFile(page) || !touch(layerIndex, page)) {
            return {};
        }
        readAhead(layer.keyPages[static_cast<size_t>(page)], m_layout.pageBytes);
        readAhead(layer.valuePages[static_cast<size_t>(page)], m_layout.pageBytes);
        return {};
    };
    const auto forPages = [&](auto&& run) -> Result<void> {
        int64_t previous = -1;
        for (const kernels::RegionId region : regions) {
            const int64_t page = static_cast<int64_t>(region) * m_spec.regionTokens / m_pageTokens;
            if (page != previous) {
                LECTERN_TRY(run(page));
                previous = page;
            }
        }
        for (int64_t page = ownBegin / m_pageTokens; page < pagesFor(layer.tokens); ++page) {
            LECTERN_TRY(run(page));
        }
        return {};
    };
    // All are asked for before the first is waited for.
    LECTERN_TRY(forPages(use));
    return m_filePages == 0 ? Result<void>() : forPages([&](int64_t page) { return verifyPage(layer, page); });
}

void CpuKvStorage::releaseTouched() {
    if (m_residentLimit == 0 || m_residentBytes.load(std::memory_order_relaxed) <= m_residentLimit) {
        return;
    }
    if (m_tier) {
        releaseMapped(m_tier->data(), m_tier->sizeBytes());
    }
    for (const Layer& layer : m_layers) {
        if (m_unwrittenFilePages > 0) {
            releaseMapped(layer.fileKeys->data, m_unwrittenFilePages * m_layout.pageBytes);
            releaseMapped(layer.fileValues->data, m_unwrittenFilePages * m_layout.pageBytes);
        }
    }
    const int64_t flags = m_spec.layers * pagesFor(m_spec.capacityTokens);
    for (int64_t i = 0; i < flags; ++i) {
        m_touched[static_cast<size_t>(i)].store(false, std::memory_order_relaxed);
    }
    m_residentBytes = 0;
}

}  // namespace lectern
