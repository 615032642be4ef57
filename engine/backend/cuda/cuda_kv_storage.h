#pragma once
// Keys, values and region summaries on the device, allocated whole for the capacity when the context is created. Pages
// of quantised contexts that do not fit lie in pinned host memory, which the kernels address themselves: a gather and
// the rows of a decoded token come across the bus while other warps compute.

#include <vector>

#include "engine/backend/backend.h"
#include "engine/backend/cuda/cuda_context.h"
#include "engine/backend/cuda/cuda_kv_parts.h"
#include "kernels/cuda/kv_store.h"

namespace lectern {

class CudaKvStorage final : public KvStorage {
  public:
    /// Errors: Unsupported (f32 K/V, head or region sizes without a kernel); LimitExceeded when the capacity needs more
    /// memory than device and host have free, with the numbers and what would help.
    static Result<std::unique_ptr<CudaKvStorage>> create(std::shared_ptr<CudaContext> context,
                                                         const KvStorageSpec& spec);
    ~CudaKvStorage() override;

    const KvStorageSpec& spec() const override { return m_spec; }
    int64_t sizeBytes() const override { return m_sizeBytes; }
    Result<void> truncate(int64_t tokens) override;
    Result<void> reserve(int64_t tokens) override;
    /// The sections of the CPU's snapshots: either device opens what the other saved.
    Result<void> save(SnapshotWriter& writer) const override;
    /// Every page is verified as it is uploaded.
    Result<void> restore(std::shared_ptr<SnapshotFile> file, int64_t tokens) override;

    /// k, v [tokens, Hkv, Dh], bf16, behind the layer's `firstToken` cached tokens.
    Result<void> append(int32_t layer, const kernels::cuda::Bf16* k, const kernels::cuda::Bf16* v, int64_t firstToken,
                        int64_t tokens);
    /// A token was appended to every layer by a captured step.
    void noteAppended(int64_t tokens);

    kernels::cuda::DeviceKv view(int32_t layer) const;
    kernels::cuda::DeviceSummaries summaries(int32_t layer) const;
    int64_t tokens(int32_t layer) const { return m_layers[static_cast<size_t>(layer)].tokens; }
    /// Unique in its backend, unlike an address, which a later storage may have again.
    uint64_t id() const { return m_id; }
    int64_t capacityRegions() const { return m_capacityRegions; }

  private:
    struct Layer {
        kernels::cuda::DeviceBuffer memory;
        kernels::cuda::PinnedBuffer host;  ///< keys, then values, of the pages behind the device's
        int64_t tokens = 0;
    };

    CudaKvStorage(std::shared_ptr<CudaContext> context, const KvStorageSpec& spec, int64_t devicePages);
    int64_t hostPages() const { return m_pages - m_devicePages; }
    /// Keys or values of `page`, and how many pages behind it lie there in one piece.
    std::byte* pageAt(int32_t layer, bool keys, int64_t page, int64_t* together) const;
    /// Decodes region `region` of every head, or its tail, to bf16 [Hkv, p, Dh] at keys and values.
    Result<void> decodeRegion(int32_t layer, int64_t region, int64_t cachedTokens, kernels::cuda::Bf16* keys,
                              kernels::cuda::Bf16* values) const;
    Result<void> saveLayer(int32_t index, SnapshotWriter& writer) const;
    Result<void> restoreLayer(int32_t index, const SnapshotFile& file, int64_t tokens);
    int64_t savedPages(int64_t tokens) const;

    std::shared_ptr<CudaContext> m_context;
    KvStorageSpec m_spec;
    int32_t m_pageTokens;
    int64_t m_pages;
    int64_t m_devicePages;
    int64_t m_capacityRegions;
    kernels::KvPageLayout m_layout;
    CudaKvParts m_parts;
    int64_t m_sizeBytes = 0;
    uint64_t m_id;
    kernels::cuda::DeviceBuffer m_pageSlots;    ///< identity: pages lie in order
    kernels::cuda::DeviceBuffer m_reopenShape;  ///< {0 listed, region, 1 own}: the arguments of a one-region gather
    std::vector<Layer> m_layers;
};

}  // namespace lectern
