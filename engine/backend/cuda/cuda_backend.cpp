#include "engine/backend/cuda/cuda_backend.h"

#include <algorithm>
#include <string>

#include "engine/backend/cuda/cuda_kv_storage.h"
#include "engine/backend/cuda/cuda_token_forward.h"
#include "engine/backend/cuda/cuda_weight.h"
#include "kernels/cuda/elementwise.h"

namespace lectern {

using namespace kernels::cuda;

namespace {

CudaKvStorage& cudaStorage(KvStorage& storage) {
    return static_cast<CudaKvStorage&>(storage);
}

}  // namespace

DeviceInfo CudaBackend::info() const {
    DeviceInfo info;
    info.kind = DeviceKind::Cuda;
    const DeviceFacts& facts = m_context->facts();
    info.name = std::string(facts.name) + " (CUDA, compute capability " + std::to_string(facts.major) + "." +
                std::to_string(facts.minor) + ")";
    info.memoryBytes = facts.memoryBytes;
    info.freeBytes = m_context->freeBytes();
    return info;
}

Result<std::unique_ptr<TokenForward>> CudaBackend::createTokenForward(const LlamaView& model) {
    return CudaTokenForward::create(m_context, model);
}

Result<Buffer> CudaBackend::allocate(int64_t bytes) {
    LECTERN_ASSIGN(DeviceBuffer buffer, m_context->allocate(bytes, "working space"));
    return Buffer(buffer.release(), bytes, [](void* data, void*) { (void)cudaFree(data); });
}

Result<void> CudaBackend::upload(const void* host, Tensor& target) {
    return m_context->check(cudaMemcpyAsync(target.buffer.data(), host, static_cast<size_t>(target.buffer.sizeBytes()),
                                            cudaMemcpyHostToDevice, m_context->stream()),
                            "an upload");
}

Result<void> CudaBackend::download(const Tensor& source, void* host) {
    LECTERN_TRY(
        m_context->check(cudaMemcpyAsync(host, source.buffer.data(), static_cast<size_t>(source.buffer.sizeBytes()),
                                         cudaMemcpyDeviceToHost, m_context->stream()),
                         "a download"));
    return m_context->synchronize();
}

Result<std::unique_ptr<Weight>> CudaBackend::prepareWeight(DType type, int64_t rows, int64_t columns,
                                                           std::span<const std::byte> bytes) {
    LECTERN_ASSIGN(std::unique_ptr<CudaWeight> weight, CudaWeight::create(*m_context, type, rows, columns, bytes));
    return std::unique_ptr<Weight>(std::move(weight));
}

Result<std::unique_ptr<KvStorage>> CudaBackend::createKvStorage(const KvStorageSpec& spec) {
    LECTERN_ASSIGN(std::unique_ptr<CudaKvStorage> storage, CudaKvStorage::create(m_context, spec));
    return std::unique_ptr<KvStorage>(std::move(storage));
}

Result<void> CudaBackend::embed(const Weight& table, std::span<const TokenId> tokens, Tensor& out) {
    for (const TokenId token : tokens) {
        if (token < 0 || token >= table.rows) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(token) +
                                                      " is outside the model's vocabulary of " +
                                                      std::to_string(table.rows) + "."};
        }
    }
    const CudaWeight& weight = cudaWeight(table);
    const auto count = static_cast<int64_t>(tokens.size());
    LECTERN_ASSIGN(int32_t * ids, m_context->scratchOf<int32_t>(Scratch::Upload, count));
    LECTERN_TRY(m_context->check(
        cudaMemcpyAsync(ids, tokens.data(), tokens.size_bytes(), cudaMemcpyHostToDevice, m_context->stream()),
        "uploading tokens"));
    return m_context->check(weight.embed(ids, count, out.f32(), m_context->stream()), "the embedding");
}

Result<void> CudaBackend::rmsNorm(const Tensor& x, const Weight& weight, float eps, int64_t tokens, Tensor& out) {
    const float* scale = cudaWeight(weight).f32();
    const cudaStream_t stream = m_context->stream();
    const CudaStatus status = out.type == DType::BF16
                                  ? kernels::cuda::rmsNorm<float, Bf16>(x.f32(), nullptr, scale, eps, tokens,
                                                                        weight.columns, out.as<Bf16>(), stream)
                                  : kernels::cuda::rmsNorm<float, float>(x.f32(), nullptr, scale, eps, tokens,
                                                                         weight.columns, out.f32(), stream);
    return m_context->check(status, "a norm");
}

Result<void> CudaBackend::linear(const Tensor& x, const Weight& weight, int64_t tokens, bool accumulate, Tensor& out) {
    const Bf16* input = x.as<Bf16>();
    if (x.type == DType::F32) {
        LECTERN_ASSIGN(Bf16 * rounded, m_context->scratchOf<Bf16>(Scratch::Activations, tokens * weight.columns));
        LECTERN_TRY(
            m_context->check(toBf16(x.f32(), tokens * weight.columns, rounded, m_context->stream()), "a conversion"));
        input = rounded;
    }
    LECTERN_ASSIGN(const Bf16* matrix, cudaWeight(weight).asBf16(*m_context));
    return m_context->check(
        m_context->products().multiply(input, weight.columns, matrix, weight.columns, out.buffer.data(), weight.rows,
                                       out.type == DType::F32, tokens, weight.rows, weight.columns, accumulate,
                                       m_context->stream()),
        "a matrix product");
}

Result<void> CudaBackend::rope(Tensor& x, int32_t heads, const RopeSchedule& schedule, int64_t firstPosition,
                               int64_t tokens) {
    LECTERN_ASSIGN(const CudaRope::Tables tables, m_rope.tables(schedule, firstPosition, tokens));
    const int64_t stride = int64_t{heads} * schedule.headDim();
    const cudaStream_t stream = m_context->stream();
    const CudaStatus status = x.type == DType::BF16 ? kernels::cuda::rope(x.as<Bf16>(), stride, tables.cos, tables.sin,
                                                                          tokens, heads, schedule.headDim(), stream)
                                                    : kernels::cuda::rope(x.f32(), stride, tables.cos, tables.sin,
                                                                          tokens, heads, schedule.headDim(), stream);
    return m_context->check(status, "the rotation");
}

Result<void> CudaBackend::appendKv(KvStorage& storage, int32_t layer, const Tensor& k, const Tensor& v,
                                   int64_t firstToken, int64_t tokens) {
    return cudaStorage(storage).append(layer, k.as<Bf16>(), v.as<Bf16>(), firstToken, tokens);
}

Result<void> CudaBackend::attend(KvStorage& storage, const AttentionOp& op, Tensor& out) {
    return m_attention.attend(cudaStorage(storage), op, out);
}

Result<void> CudaBackend::swiglu(Tensor& gate, const Tensor& up, int64_t tokens) {
    const int64_t width = gate.columns;
    return m_context->check(kernels::cuda::swiglu(gate.as<Bf16>(), width, up.as<Bf16>(), width, gate.as<Bf16>(), width,
                                                  tokens, width, m_context->stream()),
                            "SwiGLU");
}

}  // namespace lectern
