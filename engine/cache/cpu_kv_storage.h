#pragma once
// K/V pages and region summaries in host memory. Address space for the whole capacity is reserved at once and becomes
// memory page by page as the context grows; truncation gives it back.

#include <span>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/cache/snapshot_file.h"
#include "engine/core/thread_pool.h"
#include "kernels/common/kv_layout.h"
#include "kernels/common/views.h"

namespace lectern {

/// An anonymous mapping: zero-filled, counted as used only where it was touched.
class ReservedMemory {
  public:
    ReservedMemory() = default;
    static Result<ReservedMemory> create(int64_t bytes);
    ReservedMemory(ReservedMemory&& other) noexcept;
    ReservedMemory& operator=(ReservedMemory&& other) noexcept;
    ~ReservedMemory();

    std::byte* data() const { return m_data; }
    int64_t sizeBytes() const { return m_sizeBytes; }
    /// Gives whole memory pages from `offset` on back to the system; they read as zero afterwards.
    void discardFrom(int64_t offset);

  private:
    std::byte* m_data = nullptr;
    int64_t m_sizeBytes = 0;
};

class CpuKvStorage final : public KvStorage {
  public:
    /// Errors: LimitExceeded when capacity needs more memory than the machine has free, with both numbers.
    static Result<std::unique_ptr<CpuKvStorage>> create(const KvStorageSpec& spec);

    const KvStorageSpec& spec() const override { return m_spec; }
    int64_t sizeBytes() const override;
    Result<void> truncate(int64_t tokens) override;
    Result<void> reserve(int64_t tokens) override;
    Result<void> save(SnapshotWriter& writer) const override;
    Result<void> restore(std::shared_ptr<SnapshotFile> file, int64_t tokens) override;

    /// Checks the pages of `regions` (and of the tokens from `ownBegin` on) that still lie in a restored file, each
    /// once.
    Result<void> verifyPages(int32_t layer, std::span<const kernels::RegionId> regions, int64_t ownBegin);

    /// k, v f32 [tokens, Hkv, Dh] behind the layer's `firstToken` cached tokens.
    Result<void> append(int32_t layer, const float* k, const float* v, int64_t firstToken, int64_t tokens,
                        ThreadPool& pool);

    kernels::KvView view(int32_t layer) const;
    kernels::RegionSummaryView summaries(int32_t layer, int32_t kvHead) const;
    int64_t tokens(int32_t layer) const { return m_layers[static_cast<size_t>(layer)].tokens; }

    /// Bytes of K/V and summaries for `tokens` tokens.
    static int64_t bytesFor(const KvStorageSpec& spec, int64_t tokens);

  private:
    struct Layer {
        ReservedMemory keys, values;
        ReservedMemory mean, min, max;                 ///< f32 [Hkv, capacity regions, Dh]
        std::vector<std::byte*> keyPages, valuePages;  ///< into keys/values, or into a restored file
        std::vector<float> tailKeys, tailValues;       ///< [Hkv, p, Dh]
        const SnapshotFile::Section* fileKeys = nullptr;
        const SnapshotFile::Section* fileValues = nullptr;
        int64_t tokens = 0;
    };

    explicit CpuKvStorage(const KvStorageSpec& spec);
    void storeRegion(Layer& layer, int32_t kvHead, int64_t region, const float* keys, const float* values);
    int64_t summaryOffset(int32_t kvHead, int64_t region) const;
    int64_t pagesFor(int64_t tokens) const { return (tokens + m_pageTokens - 1) / m_pageTokens; }
    Result<void> restoreLayer(int32_t index, int64_t tokens);
    Result<void> verifyPage(const Layer& layer, int64_t page) const;
    void detachFile();

    KvStorageSpec m_spec;
    int32_t m_pageTokens = 0;
    int64_t m_capacityRegions = 0;
    kernels::KvPageLayout m_layout;
    std::vector<Layer> m_layers;
    std::shared_ptr<SnapshotFile> m_file;  ///< pages [0, m_filePages) are read from here, copied when written
    int64_t m_filePages = 0;
};

/// Memory the machine can still give out, in bytes.
int64_t availableMemoryBytes();
/// Memory of the machine, in bytes.
int64_t totalMemoryBytes();

}  // namespace lectern
