#pragma once
// One token through the whole model: matrix-vector kernels with fused norms, f32 activations, captured in a CUDA graph
// that reads token and position from device memory. A graph belongs to one storage, one rule and one bound on the
// regions; when a context outgrows the bound (a power of two), the step is captured again.
//
// The answer trace is reduced on a stream of its own while the next token is computed, and read when that one has been
// launched: its lists exist twice, and so do a traced step's graphs.

#include <array>
#include <optional>
#include <vector>

#include "engine/backend/cuda/cuda_kv_storage.h"
#include "engine/backend/cuda/cuda_rope.h"
#include "engine/backend/cuda/cuda_weight.h"
#include "engine/backend/cuda/token_rule.h"

namespace lectern {

class CudaTokenForward final : public TokenForward {
  public:
    /// Null where a weight has no matrix-vector kernel.
    static Result<std::unique_ptr<TokenForward>> create(std::shared_ptr<CudaContext> context, const LlamaView& model);
    ~CudaTokenForward() override;

    Result<bool> run(KvStorage& storage, const TokenStep& step) override;
    Result<void> logits(float* host) override;
    Result<void> settleTrace() override;

  private:
    static constexpr size_t kSides = 2;
    /// What a captured graph depends on.
    struct Key {
        uint64_t storage = 0;  ///< CudaKvStorage::id()
        AttentionMode mode = AttentionMode::MsDecode;
        SelectionRule rule;
        SearchLevel search = SearchLevel::Flat;
        double searchProbe = 0;
        int32_t region = 0;
        int64_t regionBound = 0;
        bool traced = false;
        int32_t entriesPerGroup = 0, citationEntries = 0;
        std::vector<CitationHead> citationHeads;
        bool excluded = false;
        bool operator==(const Key&) const = default;
    };
    /// Token and position as the graph reads them.
    struct Input {
        int64_t position;
        int32_t token;
    };
    /// Where one layer's lists lie in Side::record.
    struct RecordLayout {
        int64_t regions = 0, counts = 0, scores = 0, mass = 0, massLog = 0, layerBytes = 0;
    };
    /// What a step uses while the trace of the step before may still be reduced.
    struct Side {
        kernels::cuda::GraphExec graph;
        kernels::cuda::DeviceBuffer record;
        kernels::cuda::PinnedBuffer reduced;
        kernels::cuda::Event written, recorded;
    };
    /// A step whose trace has not been read yet.
    struct Unsettled {
        AnswerTrace* trace;
        size_t step, side;
    };
    /// Where the reduced trace lies in m_reduced (device) and Side::reduced (pinned).
    struct ReducedLayout {
        int64_t entries = 0, counts = 0, cited = 0, citedCount = 0, bytes = 0;
    };

    CudaTokenForward(std::shared_ptr<CudaContext> context, const LlamaView& model);
    Result<void> allocate();
    /// Sizes lists and working space for a new key; enqueues nothing.
    Result<void> prepare(const Key& key, const TokenStep& step, const CudaKvStorage& storage);
    Result<void> enqueue(const CudaKvStorage& storage);
    Result<void> enqueueLayer(const CudaKvStorage& storage, int32_t index);
    Result<void> enqueueAttention(const CudaKvStorage& storage, int32_t index);
    Result<void> launch(const CudaKvStorage& storage);
    /// Products of `first` and `more` with one vector, in one launch where the formats agree.
    Result<void> products(const Weight& first, float* out, std::span<const std::pair<const Weight*, float*>> more,
                          const float* x, const float* normWeight, kernels::cuda::GemvEpilogue epilogue);
    Result<void> setExcluded(std::span<const RegionId> regions, int64_t capacity);
    /// Sizes the reduced trace and uploads the citation weights of the heads.
    Result<void> prepareRecord(const Key& key);
    /// Reduces the lists of the step just launched, behind it and on the trace's stream.
    Result<void> launchRecord(const TokenStep& step);
    void read(const Side& side, AnswerTrace& trace, AnswerTrace::Step& out) const;
    /// Waits for both streams.
    Result<void> drain();
    Result<void> grow(kernels::cuda::DeviceBuffer& buffer, int64_t bytes);
    std::byte* recordOf(int32_t layer) const { return m_sides[m_side].record.data() + layer * m_layout.layerBytes; }

    std::shared_ptr<CudaContext> m_context;
    LlamaView m_model;
    kernels::cuda::DeviceBuffer m_activations, m_input, m_selectWork, m_attentionWork, m_excludedBits;
    kernels::cuda::DeviceBuffer m_reduced, m_citationSums, m_headWeights;
    kernels::cuda::PinnedBuffer m_hostInput, m_hostLogits;
    float *m_x = nullptr, *m_qkv = nullptr, *m_attended = nullptr, *m_gate = nullptr, *m_up = nullptr;
    float *m_logits = nullptr, *m_cos = nullptr, *m_sin = nullptr;
    DeviceFrequencies m_frequencies;
    std::vector<uint32_t> m_excluded;
    Key m_key;
    TokenRule m_rule;
    RecordLayout m_layout;
    ReducedLayout m_reducedLayout;
    float m_weightSum = 1.0f;
    kernels::cuda::Stream m_traceStream;
    std::array<Side, kSides> m_sides;
    size_t m_side = 0;  ///< that of the step at hand
    std::optional<Unsettled> m_unsettled;
    bool m_warm = false;     ///< the key's kernels have run once outside a capture
    bool m_running = false;  ///< the pinned input may still be read
};

}  // namespace lectern
