#include "engine/backend/cuda/cuda_kv_storage.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "engine/cache/reserved_memory.h"
#include "engine/core/check.h"
#include "kernels/cuda/token_attention.h"

namespace lectern {

using namespace kernels::cuda;

namespace {

/// Why a context does not fit, and what would.
Error refusal(const KvStorageSpec& spec, int64_t free, int64_t devicePages, int64_t hostFree) {
    const int64_t needed = CudaKvParts::bytesFor(spec), budget = spec.memoryBudgetBytes;
    const bool budgeted = budget > 0 && budget < free - CudaKvParts::kReserveBytes;
    std::string message =
        "A context of " + std::to_string(spec.capacityTokens) + " tokens needs " + gibibytes(needed) +
        " on the GPU and " + gibibytes(CudaKvParts::kReserveBytes) + " to work in; " +
        (budgeted ? "it may take " + gibibytes(budget) + " there (--kv-memory)" : gibibytes(free) + " are free");
    if (spec.type != KvType::BF16 && devicePages >= 1) {
        const int64_t hostBytes = (CudaKvParts::pages(spec) - devicePages) * CudaKvParts::bytesPerPage(spec);
        message += ", and " + gibibytes(hostBytes) + " of it would have to lie in host memory, of which " +
                   gibibytes(hostFree) + " are available";
    }
    message += std::string(". A ") + (budgeted ? "larger limit or a smaller context" : "smaller context") +
               (spec.type == KvType::BF16   ? " or int8 keys and values (--kv-type int8)"
                : spec.type != KvType::Int4 ? " or int4 keys and values (--kv-type int4)"
                                            : "") +
               " would fit.";
    return {ErrorCode::LimitExceeded, std::move(message)};
}

}  // namespace

CudaKvStorage::CudaKvStorage(std::shared_ptr<CudaContext> context, const KvStorageSpec& spec, int64_t devicePages)
    : m_context(std::move(context)),
      m_spec(spec),
      m_pageTokens(spec.regionTokens * CudaKvParts::kRegionsPerPage),
      m_pages(CudaKvParts::pages(spec)),
      m_devicePages(devicePages),
      m_capacityRegions(m_pages * CudaKvParts::kRegionsPerPage),
      m_layout(CudaKvParts::pageLayout(spec)),
      m_parts(CudaKvParts::of(spec, devicePages)),
      m_id(m_context->nextId()),
      m_layers(static_cast<size_t>(spec.layers)) {}

CudaKvStorage::~CudaKvStorage() {
    m_context->forget(this);
}

Result<std::unique_ptr<CudaKvStorage>> CudaKvStorage::create(std::shared_ptr<CudaContext> context,
                                                             const KvStorageSpec& spec) {
    if (spec.type == KvType::F32) {
        return Error{ErrorCode::Unsupported, "The GPU keeps keys and values as bf16, fp8, int8 or int4, not as f32."};
    }
    if (!supportsTokenAttention(spec.headDim, spec.regionTokens, spec.type, 1)) {
        return Error{ErrorCode::Unsupported,
                     "The CUDA backend has no kernels for heads of " + std::to_string(spec.headDim) +
                         " dimensions and regions of " + std::to_string(spec.regionTokens) +
                         " tokens (known: 64, 80, 96, 128; 8, 16, 32, 64); it runs on the CPU."};
    }
    const int64_t needed = CudaKvParts::bytesFor(spec), free = context->freeBytes();
    const int64_t devicePages = CudaKvParts::devicePages(spec, free), pages = CudaKvParts::pages(spec);
    const int64_t hostBytes = (pages - std::max<int64_t>(devicePages, 0)) * CudaKvParts::bytesPerPage(spec);
    const int64_t hostFree = availableMemoryBytes();
    const bool onHost = devicePages < pages;
    // Pinned memory cannot be paged out: the rest of the system keeps a tenth.
    if (onHost && (spec.type == KvType::BF16 || devicePages < 1 || hostBytes > hostFree / 10 * 9)) {
        return refusal(spec, free, devicePages, hostFree);
    }
    std::unique_ptr<CudaKvStorage> storage(new CudaKvStorage(std::move(context), spec, devicePages));
    CudaContext& device = *storage->m_context;
    const auto clear = [&](const DeviceBuffer& buffer) {
        return device.check(cudaMemsetAsync(buffer.data(), 0, static_cast<size_t>(buffer.sizeBytes()), device.stream()),
                            "clearing the context");
    };
    for (Layer& layer : storage->m_layers) {
        LECTERN_ASSIGN(layer.memory, device.allocate(storage->m_parts.end, "the context"));
        LECTERN_TRY(clear(layer.memory));
        if (onHost) {
            LECTERN_ASSIGN(layer.host, device.allocatePinned(hostBytes / spec.layers));
        }
    }
    std::vector<int32_t> slots(static_cast<size_t>(storage->m_pages));
    std::iota(slots.begin(), slots.end(), 0);
    const auto slotBytes = static_cast<int64_t>(slots.size() * sizeof(int32_t));
    LECTERN_ASSIGN(storage->m_pageSlots, device.allocate(slotBytes, "the context"));
    LECTERN_TRY(device.check(cudaMemcpyAsync(storage->m_pageSlots.data(), slots.data(), static_cast<size_t>(slotBytes),
                                             cudaMemcpyHostToDevice, device.stream()),
                             "preparing the context"));
    LECTERN_ASSIGN(storage->m_reopenShape, device.allocate(3 * sizeof(int32_t), "the context"));
    storage->m_sizeBytes = needed + slotBytes;
    if (onHost) {
        spdlog::info("{} of the context lie in host memory.", gibibytes(hostBytes));
    }
    return storage;
}

Result<void> CudaKvStorage::reserve(int64_t tokens) {
    if (tokens > m_spec.capacityTokens) {
        return Error{ErrorCode::LimitExceeded, "The context holds " + std::to_string(m_spec.capacityTokens) +
                                                   " tokens; " + std::to_string(tokens) + " do not fit."};
    }
    return {};
}

DeviceKv CudaKvStorage::view(int32_t layer) const {
    const std::byte* base = m_layers[static_cast<size_t>(layer)].memory.data();
    auto* memory = const_cast<std::byte*>(base);
    DeviceKv kv;
    kv.keys = memory + m_parts.keys;
    kv.values = memory + m_parts.values;
    kv.tailKeys = reinterpret_cast<Bf16*>(memory + m_parts.tailKeys);
    kv.tailValues = reinterpret_cast<Bf16*>(memory + m_parts.tailValues);
    kv.pageSlots = m_pageSlots.as<const int32_t>();
    kv.type = m_spec.type;
    kv.pageTokens = m_pageTokens;
    kv.regionTokens = m_spec.regionTokens;
    kv.kvHeads = m_spec.kvHeads;
    kv.headDim = m_spec.headDim;
    kv.slots = m_devicePages;
    kv.hostKeys = m_layers[static_cast<size_t>(layer)].host.data();
    kv.hostValues = kv.hostKeys + hostPages() * m_layout.pageBytes;
    return kv;
}

std::byte* CudaKvStorage::pageAt(int32_t layer, bool keys, int64_t page, int64_t* together) const {
    const DeviceKv kv = view(layer);
    const bool onHost = page >= m_devicePages;
    *together = (onHost ? m_pages : m_devicePages) - page;
    return onHost ? (keys ? kv.hostKeys : kv.hostValues) + (page - m_devicePages) * m_layout.pageBytes
                  : (keys ? kv.keys : kv.values) + page * m_layout.pageBytes;
}

DeviceSummaries CudaKvStorage::summaries(int32_t layer) const {
    std::byte* memory = m_layers[static_cast<size_t>(layer)].memory.data();
    const auto at = [&](int64_t part) { return reinterpret_cast<Bf16*>(memory + part); };
    DeviceSummaries made;
    made.mean = at(m_parts.mean);
    made.min = at(m_parts.min);
    made.max = at(m_parts.max);
    made.capacity = m_capacityRegions;
    made.superMeanMin = at(m_parts.superMeanMin);
    made.superMeanMax = at(m_parts.superMeanMax);
    made.superMin = at(m_parts.superMin);
    made.superMax = at(m_parts.superMax);
    made.superRegions = CudaKvParts::kSuperRegions;
    return made;
}

Result<void> CudaKvStorage::append(int32_t index, const Bf16* k, const Bf16* v, int64_t firstToken, int64_t tokens) {
    Layer& layer = m_layers[static_cast<size_t>(index)];
    LECTERN_CHECK(layer.tokens == firstToken && firstToken + tokens <= m_spec.capacityTokens);
    KvAppendArgs<Bf16> args;
    args.k = k;
    args.v = v;
    args.kStride = args.vStride = int64_t{m_spec.kvHeads} * m_spec.headDim;
    args.kv = view(index);
    args.summaries = summaries(index);
    args.first.value = firstToken;
    args.tokens = tokens;
    LECTERN_TRY(m_context->check(kvAppend(args, m_context->stream()), "storing keys and values"));
    layer.tokens += tokens;
    return {};
}

void CudaKvStorage::noteAppended(int64_t tokens) {
    for (Layer& layer : m_layers) {
        layer.tokens += tokens;
    }
}

Result<void> CudaKvStorage::decodeRegion(int32_t layer, int64_t region, int64_t cachedTokens, Bf16* keys,
                                         Bf16* values) const {
    const int32_t shape[3] = {0, static_cast<int32_t>(region), 1};
    LECTERN_TRY(m_context->check(
        cudaMemcpyAsync(m_reopenShape.data(), shape, sizeof shape, cudaMemcpyHostToDevice, m_context->stream()),
        "reading a region back"));
    GatherArgs args;
    args.kv = view(layer);
    args.tokens = cachedTokens;
    args.blocks = 1;
    args.selectors = m_spec.kvHeads;
    args.counts = m_reopenShape.as<const int32_t>();
    args.ownRegion = args.counts + 1;
    args.ownRegions = args.counts + 2;
    args.capacity = 1;
    args.keys = keys;
    args.values = values;
    return m_context->check(gatherRegions(args, m_context->stream()), "reading a region back");
}

Result<void> CudaKvStorage::truncate(int64_t tokens) {
    // Traces of the chunk that is being dropped must not be written any more.
    m_context->forget(this);
    const int32_t p = m_spec.regionTokens;
    for (int32_t index = 0; index < m_spec.layers; ++index) {
        Layer& layer = m_layers[static_cast<size_t>(index)];
        if (tokens >= layer.tokens) {
            continue;
        }
        // A bf16 region stays open in its page; a quantised one was kept at full precision in the tail only until it
        // was complete.
        if (m_spec.type != KvType::BF16 && tokens % p != 0 && tokens / p < layer.tokens / p) {
            const DeviceKv kv = view(index);
            LECTERN_TRY(decodeRegion(index, tokens / p, layer.tokens, kv.tailKeys, kv.tailValues));
        }
        layer.tokens = tokens;
    }
    return {};
}

}  // namespace lectern
