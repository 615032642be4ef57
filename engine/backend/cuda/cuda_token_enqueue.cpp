// The launches of one decoding step, in order. They run as they are or into a capture, so nothing here may allocate,
// wait or read what the host changes between steps.

#include <cmath>

#include "engine/backend/cuda/cuda_token_forward.h"
#include "kernels/cuda/elementwise.h"

namespace lectern {

using namespace kernels::cuda;

Result<void> CudaTokenForward::products(const Weight& firstWeight, float* out,
                                        std::span<const std::pair<const Weight*, float*>> more, const float* x,
                                        const float* normWeight, GemvEpilogue epilogue) {
    const CudaWeight& first = cudaWeight(firstWeight);
    GemvArgs args;
    args.weight = first.data();
    args.type = first.stored;
    args.rows = first.rows;
    args.columns = first.columns;
    args.x = x;
    args.normWeight = normWeight;
    args.eps = m_model.rmsNormEps;
    args.epilogue = epilogue;
    args.out = out;
    size_t joined = 0;
    while (joined < more.size() && joined < 2 && cudaWeight(*more[joined].first).stored == first.stored) {
        const CudaWeight& next = cudaWeight(*more[joined].first);
        args.more[joined] = {next.data(), next.rows, more[joined].second};
        ++joined;
    }
    LECTERN_TRY(m_context->check(gemv(args, m_context->facts().multiprocessors, m_context->stream()), "a product"));
    if (joined == more.size()) {
        return {};
    }
    return products(*more[joined].first, more[joined].second, more.subspan(joined + 1), x, normWeight, epilogue);
}

Result<void> CudaTokenForward::enqueue(const CudaKvStorage& storage) {
    CudaContext& device = *m_context;
    const cudaStream_t stream = device.stream();
    LECTERN_TRY(
        device.check(cudaMemcpyAsync(m_input.data(), m_hostInput.data(), sizeof(Input), cudaMemcpyHostToDevice, stream),
                     "starting a step"));
    const auto* input = m_input.as<Input>();
    LECTERN_TRY(device.check(ropeTable(m_frequencies.data(), m_model.headDim, m_frequencies.magnitude(),
                                       {0, &input->position}, 1, m_cos, m_sin, stream),
                             "the rotary table"));
    LECTERN_TRY(device.check(cudaWeight(*m_model.embedding).embed(&input->token, 1, m_x, stream), "the embedding"));
    for (int32_t index = 0; index < static_cast<int32_t>(m_model.layers.size()); ++index) {
        LECTERN_TRY(enqueueLayer(storage, index));
    }
    LECTERN_TRY(
        products(*m_model.outputHead, m_logits, {}, m_x, cudaWeight(*m_model.outputNorm).f32(), GemvEpilogue::Store));
    return device.check(
        cudaMemcpyAsync(m_hostLogits.data(), m_logits, static_cast<size_t>(m_model.outputHead->rows) * 4,
                        cudaMemcpyDeviceToHost, stream),
        "reading the logits");
}

Result<void> CudaTokenForward::enqueueLayer(const CudaKvStorage& storage, int32_t index) {
    CudaContext& device = *m_context;
    const cudaStream_t stream = device.stream();
    const LlamaView::Layer& layer = m_model.layers[static_cast<size_t>(index)];
    float* k = m_qkv + int64_t{m_model.heads} * m_model.headDim;
    float* v = k + int64_t{m_model.kvHeads} * m_model.headDim;
    const std::pair<const Weight*, float*> kv[] = {{layer.k, k}, {layer.v, v}};
    LECTERN_TRY(products(*layer.q, m_qkv, kv, m_x, cudaWeight(*layer.attentionNorm).f32(), GemvEpilogue::Store));
    KvAppendArgs<float> append;
    append.k = k;
    append.v = v;
    append.kStride = append.vStride = int64_t{m_model.kvHeads} * m_model.headDim;
    append.kv = storage.view(index);
    append.summaries = storage.summaries(index);
    append.first.onDevice = &m_input.as<Input>()->position;
    append.tokens = 1;
    append.rotate = m_qkv;
    append.groupHeads = m_model.heads / m_model.kvHeads;
    append.cos = m_cos;
    append.sin = m_sin;
    LECTERN_TRY(device.check(kvAppend(append, stream), "storing keys and values"));
    LECTERN_TRY(enqueueAttention(storage, index));
    LECTERN_TRY(products(*layer.output, m_x, {}, m_attended, nullptr, GemvEpilogue::Accumulate));
    const float* mlpNorm = cudaWeight(*layer.mlpNorm).f32();
    const std::pair<const Weight*, float*> up[] = {{layer.up, m_up}};
    if (cudaWeight(*layer.gate).stored == cudaWeight(*layer.up).stored) {
        LECTERN_TRY(products(*layer.gate, m_gate, up, m_x, mlpNorm, GemvEpilogue::SwiGlu));
    } else {
        LECTERN_TRY(products(*layer.gate, m_gate, up, m_x, mlpNorm, GemvEpilogue::Store));
        const int64_t inner = layer.gate->rows;
        LECTERN_TRY(device.check(swiglu(m_gate, inner, m_up, inner, m_gate, inner, 1, inner, stream), "SwiGLU"));
    }
    return products(*layer.down, m_x, {}, m_gate, nullptr, GemvEpilogue::Accumulate);
}

Result<void> CudaTokenForward::enqueueAttention(const CudaKvStorage& storage, int32_t index) {
    CudaContext& device = *m_context;
    const DeviceKv kv = storage.view(index);
    const TokenCount position{0, &m_input.as<Input>()->position};
    std::byte* record = recordOf(m_key.traced ? index : 0);
    TokenAttentionArgs attention = tokenAttentionArgs(
        m_rule, kv, position, 1.0f / std::sqrt(static_cast<float>(kv.headDim)), device.facts().multiprocessors);
    attention.q = m_qkv;
    attention.out = m_attended;
    attention.slidingWindow = m_key.mode == AttentionMode::Dense ? m_model.slidingWindow : 0;
    attention.workspace = m_attentionWork.data();
    if (m_key.traced) {
        attention.mass = reinterpret_cast<float*>(record + m_layout.mass);
        attention.massLog = reinterpret_cast<float*>(record + m_layout.massLog);
    }
    if (m_rule.listed) {
        TokenSelectArgs select = tokenSelectArgs(m_rule, kv, storage.summaries(index), position, m_key.regionBound);
        select.q = m_qkv;
        select.workspace = m_selectWork.data();
        select.regions = reinterpret_cast<RegionId*>(record + m_layout.regions);
        select.counts = reinterpret_cast<int32_t*>(record + m_layout.counts);
        select.scores = m_key.traced ? reinterpret_cast<float*>(record + m_layout.scores) : nullptr;
        select.excluded = m_key.excluded ? m_excludedBits.as<const uint32_t>() : nullptr;
        LECTERN_TRY(device.check(tokenSelect(select, device.stream()), "selection"));
        attention.regions = select.regions;
        attention.counts = select.counts;
    }
    return device.check(tokenAttention(attention, device.stream()), "attention");
}

}  // namespace lectern
