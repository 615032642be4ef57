#include "engine/backend/cuda/cuda_token_forward.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "kernels/cuda/answer_record.h"

namespace lectern {

using namespace kernels::cuda;

namespace {

// Small contexts share one graph.
constexpr int64_t kLeastRegionBound = 1024;
int64_t alignedFloats(int64_t count) {
    return divideUp(count, 64) * 64;
}

}  // namespace

CudaTokenForward::CudaTokenForward(std::shared_ptr<CudaContext> context, const LlamaView& model)
    : m_context(std::move(context)), m_model(model) {}

CudaTokenForward::~CudaTokenForward() {
    // The graphs' memory is freed next.
    (void)drain();
}

Result<std::unique_ptr<TokenForward>> CudaTokenForward::create(std::shared_ptr<CudaContext> context,
                                                               const LlamaView& model) {
    const auto fits = [](const Weight* weight) { return weight->columns % 32 == 0 && weight->columns <= 50000; };
    for (const LlamaView::Layer& layer : model.layers) {
        for (const Weight* weight : {layer.q, layer.k, layer.v, layer.output, layer.gate, layer.up, layer.down}) {
            if (!fits(weight)) {
                return std::unique_ptr<TokenForward>();
            }
        }
    }
    if (!fits(model.outputHead)) {
        return std::unique_ptr<TokenForward>();
    }
    std::unique_ptr<CudaTokenForward> forward(new CudaTokenForward(std::move(context), model));
    LECTERN_TRY(forward->allocate());
    return std::unique_ptr<TokenForward>(std::move(forward));
}

Result<void> CudaTokenForward::allocate() {
    const int64_t qkvWidth = (int64_t{m_model.heads} + 2 * m_model.kvHeads) * m_model.headDim;
    const int64_t inner = m_model.layers.empty() ? 0 : m_model.layers[0].gate->rows;
    const int64_t vocab = m_model.outputHead->rows;
    const std::pair<float**, int64_t> parts[] = {{&m_x, m_model.embedding->columns},
                                                 {&m_qkv, qkvWidth},
                                                 {&m_attended, int64_t{m_model.heads} * m_model.headDim},
                                                 {&m_gate, inner},
                                                 {&m_up, inner},
                                                 {&m_logits, vocab},
                                                 {&m_cos, m_model.headDim / 2},
                                                 {&m_sin, m_model.headDim / 2}};
    int64_t floats = 0;
    for (const auto& [pointer, count] : parts) {
        floats += alignedFloats(count);
    }
    LECTERN_ASSIGN(m_activations, m_context->allocate(floats * 4, "decoding"));
    float* at = m_activations.as<float>();
    for (const auto& [pointer, count] : parts) {
        *pointer = at;
        at += alignedFloats(count);
    }
    LECTERN_ASSIGN(m_input, m_context->allocate(sizeof(Input), "decoding"));
    LECTERN_ASSIGN(m_hostInput, m_context->allocatePinned(sizeof(Input)));
    LECTERN_ASSIGN(m_hostLogits, m_context->allocatePinned(vocab * 4));
    LECTERN_TRY(m_context->check(createStream(&m_traceStream), "a stream for the trace"));
    for (Side& side : m_sides) {
        LECTERN_TRY(m_context->check(createEvent(false, &side.written), "an event"));
        LECTERN_TRY(m_context->check(createEvent(false, &side.recorded), "an event"));
    }
    return {};
}

Result<bool> CudaTokenForward::run(KvStorage& anyStorage, const TokenStep& step) {
    auto& storage = static_cast<CudaKvStorage&>(anyStorage);
    if (step.token < 0 || step.token >= m_model.embedding->rows) {
        return Error{ErrorCode::InvalidInput, "Token " + std::to_string(step.token) +
                                                  " is outside the model's vocabulary of " +
                                                  std::to_string(m_model.embedding->rows) + "."};
    }
    const int64_t regions = step.firstToken / step.profile->region + 1;
    Key key;
    key.storage = storage.id();
    key.mode = step.mode;
    key.rule = step.profile->decode;
    key.search = step.profile->search;
    key.searchProbe = step.profile->searchProbe;
    key.region = step.profile->region;
    key.regionBound = std::min(
        storage.capacityRegions(),
        std::max<int64_t>(kLeastRegionBound, static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(regions)))));
    key.traced = step.answerTrace != nullptr;
    key.excluded = !step.excludedRegions.empty();
    // Longer lists than the device sorts are recorded op by op.
    const TokenRule rule =
        tokenRule(key.mode, *step.profile, m_model.heads, m_model.kvHeads, key.excluded, key.regionBound);
    if ((key.mode == AttentionMode::Dense && key.excluded) || (key.traced && rule.stride > kMaxRecordedList)) {
        return false;
    }
    if (key.traced) {
        key.entriesPerGroup = std::min(step.traceLimits.entriesPerGroup, rule.stride);
        key.citationEntries = step.traceLimits.citationEntries;
        key.citationHeads = step.profile->citationHeads;
    }
    if (m_running) {
        LECTERN_TRY(m_context->synchronize());
        m_running = false;
    }
    LECTERN_ASSIGN(const bool rotated, m_frequencies.hold(*m_context, *step.rope));
    if (rotated || !(key == m_key)) {
        LECTERN_TRY(settleTrace());
        LECTERN_TRY(drain());
        for (Side& side : m_sides) {
            side.graph = GraphExec();
        }
        m_warm = false;
        LECTERN_TRY(prepare(key, step, storage));
        m_key = key;
    }
    if (key.excluded) {
        LECTERN_TRY(setExcluded(step.excludedRegions, storage.capacityRegions()));
    }
    *m_hostInput.as<Input>() = {step.firstToken, step.token};
    LECTERN_TRY(launch(storage));
    m_running = true;
    storage.noteAppended(1);
    if (!key.traced) {
        return true;
    }
    LECTERN_TRY(launchRecord(step));
    // The step before is read while the device works on this one.
    LECTERN_TRY(settleTrace());
    m_unsettled = Unsettled{step.answerTrace, step.answerTrace->steps.size() - 1, m_side};
    m_side = (m_side + 1) % kSides;
    return true;
}

Result<void> CudaTokenForward::drain() {
    LECTERN_TRY(m_context->synchronize());
    return m_context->check(cudaStreamSynchronize(m_traceStream.get()), "recording the selection");
}

Result<void> CudaTokenForward::prepare(const Key& key, const TokenStep& step, const CudaKvStorage& storage) {
    // What the last graph used may be replaced below: both streams have been drained.
    CudaContext& device = *m_context;
    m_rule = tokenRule(key.mode, *step.profile, m_model.heads, m_model.kvHeads, key.excluded, key.regionBound);
    const int64_t entries = int64_t{m_rule.selectors} * m_rule.stride;
    auto place = [at = int64_t{0}](int64_t bytes) mutable {
        const int64_t here = at;
        at += divideUp(bytes, 256) * 256;
        return here;
    };
    m_layout.regions = place(m_rule.listed ? entries * 4 : 0);
    m_layout.counts = place(m_rule.listed ? m_rule.selectors * 4 : 0);
    m_layout.scores = place(m_rule.listed && key.traced ? entries * 4 : 0);
    m_layout.mass = place(key.traced ? int64_t{m_rule.heads} * m_rule.massStride * 4 : 0);
    m_layout.massLog = place(key.traced ? m_rule.heads * 4 : 0);
    m_layout.layerBytes = place(0);
    // A trace keeps every layer's lists until the token is done; without one the layers share their space.
    const int64_t recordBytes = m_layout.layerBytes * (key.traced ? static_cast<int64_t>(m_model.layers.size()) : 1);
    for (Side& side : m_sides) {
        LECTERN_TRY(grow(side.record, recordBytes));
    }
    if (key.traced) {
        LECTERN_TRY(prepareRecord(key));
        LECTERN_TRY(grow(m_citationSums, key.regionBound * 4));
    }
    const DeviceKv kv = storage.view(0);
    if (m_rule.listed) {
        TokenSelectArgs select = tokenSelectArgs(m_rule, kv, storage.summaries(0), {}, key.regionBound);
        LECTERN_TRY(grow(m_selectWork, tokenSelectWorkspace(select)));
    }
    const TokenAttentionArgs attention = tokenAttentionArgs(m_rule, kv, {}, 1.0f, device.facts().multiprocessors);
    LECTERN_TRY(grow(m_attentionWork, tokenAttentionWorkspace(attention)));
    if (key.excluded) {
        m_excluded.clear();
        LECTERN_TRY(grow(m_excludedBits, (storage.capacityRegions() / 32 + 1) * 4));
    }
    return {};
}

Result<void> CudaTokenForward::grow(DeviceBuffer& buffer, int64_t bytes) {
    if (buffer.sizeBytes() < bytes) {
        buffer = DeviceBuffer();
        LECTERN_ASSIGN(buffer, m_context->allocate(bytes, "decoding"));
    }
    return m_context->check(
        cudaMemsetAsync(buffer.data(), 0, static_cast<size_t>(buffer.sizeBytes()), m_context->stream()),
        "clearing memory");
}

Result<void> CudaTokenForward::setExcluded(std::span<const RegionId> regions, int64_t capacity) {
    std::vector<uint32_t> bits = regionBits(regions, capacity);
    if (bits == m_excluded) {
        return {};
    }
    LECTERN_TRY(m_context->check(cudaMemcpyAsync(m_excludedBits.data(), bits.data(), bits.size() * sizeof(uint32_t),
                                                 cudaMemcpyHostToDevice, m_context->stream()),
                                 "excluding regions"));
    m_excluded = std::move(bits);
    return {};
}

Result<void> CudaTokenForward::launch(const CudaKvStorage& storage) {
    const cudaStream_t stream = m_context->stream();
    Side& side = m_sides[m_side];
    if (m_key.traced) {
        // The lists are written again once they have been reduced; an event that was never recorded is no obstacle.
        LECTERN_TRY(m_context->check(cudaStreamWaitEvent(stream, side.recorded.get(), 0), "a decoding step"));
    }
    if (!side.graph && !m_warm) {
        // The first step of a key runs as it is: lazily loaded kernels must not be loaded inside a capture.
        m_warm = true;
        return enqueue(storage);
    }
    if (!side.graph) {
        LECTERN_TRY(m_context->check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "a capture"));
        const Result<void> captured = enqueue(storage);
        cudaGraph_t graph = nullptr;
        const cudaError_t ended = cudaStreamEndCapture(stream, &graph);
        LECTERN_TRY(captured);
        LECTERN_TRY(m_context->check(ended, "a capture"));
        cudaGraphExec_t executable = nullptr;
        const cudaError_t made = cudaGraphInstantiate(&executable, graph, 0);
        (void)cudaGraphDestroy(graph);
        LECTERN_TRY(m_context->check(made, "making a graph"));
        side.graph = GraphExec(executable);
    }
    return m_context->check(cudaGraphLaunch(side.graph.get(), stream), "a decoding step");
}

Result<void> CudaTokenForward::logits(float* host) {
    LECTERN_TRY(m_context->synchronize());
    m_running = false;
    std::memcpy(host, m_hostLogits.data(), static_cast<size_t>(m_model.outputHead->rows) * 4);
    return {};
}

}  // namespace lectern
