#pragma once
// K/V pages and region summaries on the CPU. Address space for the whole capacity is reserved at once and becomes
// memory page by page as the context grows; what exceeds the memory budget lies in a mapped file (cpu_kv_tiers.cpp).

#include <atomic>
#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/cache/kv_file_tier.h"
#include "engine/cache/region_index.h"
#include "engine/cache/reserved_memory.h"
#include "engine/cache/snapshot_file.h"
#include "engine/core/thread_pool.h"
#include "kernels/common/kv_layout.h"
#include "kernels/common/views.h"

namespace lectern {

class CpuKvStorage final : public KvStorage {
  public:
    /// Without a budget in the spec, memory that the machine has free is used and the rest goes to a file. Errors:
    /// DiskFull, LimitExceeded when even the summaries do not fit, each with the numbers.
    static Result<std::unique_ptr<CpuKvStorage>> create(const KvStorageSpec& spec);

    const KvStorageSpec& spec() const override { return m_spec; }
    int64_t sizeBytes() const override;
    Result<void> truncate(int64_t tokens) override;
    Result<void> reserve(int64_t tokens) override;
    Result<void> save(SnapshotWriter& writer) const override;
    Result<void> restore(std::shared_ptr<SnapshotFile> file, int64_t tokens) override;
    SelectionCounts selectionCounts() const override;

    /// Makes the pages of `regions` (and of the tokens from `ownBegin` on) ready to be read: those in a restored file
    /// are checked, each once; those in any file are read ahead. Errors: Corrupt.
    Result<void> prepare(int32_t layer, std::span<const kernels::RegionId> regions, int64_t ownBegin);

    /// k, v f32 [tokens, Hkv, Dh] behind the layer's `firstToken` cached tokens.
    Result<void> append(int32_t layer, const float* k, const float* v, int64_t firstToken, int64_t tokens,
                        ThreadPool& pool);

    kernels::KvView view(int32_t layer) const;
    kernels::cpu::RegionIndexView regionIndex(int32_t layer, int32_t kvHead) const;
    /// The summaries in f32; caches of f32 only.
    kernels::RegionSummaryView exactSummaries(int32_t layer, int32_t kvHead) const;
    int64_t tokens(int32_t layer) const { return m_layers[static_cast<size_t>(layer)].tokens; }

    /// What each head group of `layer` selected for the last single token, a good guess for the next one; room for at
    /// least `groups`, made here: tasks may write their own list, not call this.
    std::span<std::vector<kernels::RegionId>> lastSelections(int32_t layer, int32_t groups);
    void countSelection(int64_t candidates, int64_t visited) {
        m_candidates.fetch_add(candidates, std::memory_order_relaxed);
        m_visited.fetch_add(visited, std::memory_order_relaxed);
    }

    /// Bytes of K/V and summaries for `tokens` tokens.
    static int64_t bytesFor(const KvStorageSpec& spec, int64_t tokens);

  private:
    struct Layer {
        ReservedMemory keys, values;  ///< pages [0, memory pages)
        RegionIndex index;
        std::vector<std::byte*> keyPages, valuePages;  ///< into memory, the file tier, or a restored file
        std::vector<float> tailKeys, tailValues;       ///< [Hkv, p, Dh]
        std::vector<std::vector<kernels::RegionId>> lastSelections;
        const SnapshotFile::Section* fileKeys = nullptr;
        const SnapshotFile::Section* fileValues = nullptr;
        int64_t tokens = 0;
    };

    explicit CpuKvStorage(const KvStorageSpec& spec);
    Result<void> placePages();
    void pointToOwnPages(Layer& layer, int32_t index);
    void storeRegion(Layer& layer, int32_t kvHead, int64_t region, const float* keys, const float* values);
    int64_t pagesFor(int64_t tokens) const { return (tokens + m_pageTokens - 1) / m_pageTokens; }
    Result<void> restoreLayer(int32_t index, int64_t tokens);
    Result<void> verifyPage(const Layer& layer, int64_t page) const;
    void detachFile();
    bool inFile(int64_t page) const { return page < m_filePages || page >= m_memoryPages; }
    /// Notes that a page in a file becomes resident; true the first time since the last release.
    bool touch(int32_t layer, int64_t page);
    void releaseTouched();

    KvStorageSpec m_spec;
    int32_t m_pageTokens = 0;
    int64_t m_capacityRegions = 0;
    kernels::KvPageLayout m_layout;
    std::vector<Layer> m_layers;
    std::shared_ptr<SnapshotFile> m_file;  ///< pages [0, m_filePages) are read from here, copied when written
    int64_t m_filePages = 0;
    int64_t m_unwrittenFilePages = 0;  ///< of those, the ones that still equal the file

    int64_t m_memoryPages = 0;  ///< per layer; later ones lie in the file tier
    std::unique_ptr<KvFileTier> m_tier;
    int64_t m_residentLimit = 0;                     ///< bytes of file pages that may stay resident; 0: no limit
    std::unique_ptr<std::atomic<bool>[]> m_touched;  ///< [layers, pages]
    std::atomic<int64_t> m_residentBytes{0};
    std::atomic<int64_t> m_candidates{0}, m_visited{0};
};

}  // namespace lectern
