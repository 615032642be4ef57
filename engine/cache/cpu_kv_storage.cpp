#include "engine/cache/cpu_kv_storage.h"

#include <algorithm>
#include <string>

#include "kernels/common/half.h"
#include "kernels/cpu/cpu.h"

namespace lectern {
namespace {

constexpr int32_t kRegionsPerPage = 16;

int64_t roundUp(int64_t value, int64_t step) {
    return (value + step - 1) / step * step;
}

// Floating K/V types round on the way into the tail as well, so that a token reads the same before and after its region
// is complete.
void roundToType(KvType type, float* values, int64_t count) {
    if (type != KvType::BF16) {
        return;
    }
    for (int64_t i = 0; i < count; ++i) {
        values[i] = kernels::bfloat16ToFloat(kernels::floatToBfloat16(values[i]));
    }
}

}  // namespace

int64_t CpuKvStorage::bytesFor(const KvStorageSpec& spec, int64_t tokens) {
    const int32_t pageTokens = spec.regionTokens * kRegionsPerPage;
    const auto layout = kernels::kvPageLayout(spec.type, pageTokens, spec.regionTokens, spec.kvHeads, spec.headDim);
    const int64_t pages = roundUp(tokens, pageTokens) / pageTokens;
    return spec.layers *
           (2 * pages * layout.pageBytes +
            RegionIndex::bytesFor(spec.kvHeads, spec.headDim, pages * kRegionsPerPage, spec.type == KvType::F32));
}

CpuKvStorage::CpuKvStorage(const KvStorageSpec& spec)
    : m_spec(spec),
      m_pageTokens(spec.regionTokens * kRegionsPerPage),
      m_capacityRegions(roundUp(spec.capacityTokens, m_pageTokens) / spec.regionTokens),
      m_layout(kernels::kvPageLayout(spec.type, m_pageTokens, spec.regionTokens, spec.kvHeads, spec.headDim)),
      m_layers(static_cast<size_t>(spec.layers)) {}

Result<std::unique_ptr<CpuKvStorage>> CpuKvStorage::create(const KvStorageSpec& spec) {
    std::unique_ptr<CpuKvStorage> storage(new CpuKvStorage(spec));
    LECTERN_TRY(storage->placePages());
    return storage;
}

int64_t CpuKvStorage::sizeBytes() const {
    return bytesFor(m_spec, m_layers.empty() ? 0 : m_layers[0].tokens);
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
    layer.index.store(kvHead, region, keys, m_spec.regionTokens);
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
    releaseTouched();
    const int64_t firstPage = firstToken / m_pageTokens;
    m_unwrittenFilePages = std::min(m_unwrittenFilePages, firstPage);
    for (int64_t page = firstPage; page < pagesFor(endToken); ++page) {
        if (inFile(page)) touch(layerIndex, page);
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
    pool.parallelFor(finished > 0 ? heads : 0, [&](int64_t head) {
        layer.index.updateSupers(static_cast<int32_t>(head), firstRegion, firstRegion + finished);
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
        for (int32_t head = 0; head < m_spec.kvHeads && region > 0; ++head) {
            layer.index.updateSupers(head, region - 1, region);
        }
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

kernels::cpu::RegionIndexView CpuKvStorage::regionIndex(int32_t layerIndex, int32_t kvHead) const {
    const Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    return layer.index.view(kvHead, layer.tokens / m_spec.regionTokens);
}

kernels::RegionSummaryView CpuKvStorage::exactSummaries(int32_t layerIndex, int32_t kvHead) const {
    const Layer& layer = m_layers[static_cast<size_t>(layerIndex)];
    return layer.index.exactView(kvHead, layer.tokens / m_spec.regionTokens);
}

std::span<std::vector<kernels::RegionId>> CpuKvStorage::lastSelections(int32_t layer, int32_t groups) {
    auto& lists = m_layers[static_cast<size_t>(layer)].lastSelections;
    lists.resize(std::max(lists.size(), static_cast<size_t>(groups)));
    return lists;
}

SelectionCounts CpuKvStorage::selectionCounts() const {
    return {m_candidates.load(), m_visited.load()};
}

}  // namespace lectern
