#include "engine/backend/cuda/cuda_weight.h"

#include "kernels/cuda/elementwise.h"

namespace lectern {

using namespace kernels::cuda;

Result<std::unique_ptr<CudaWeight>> CudaWeight::create(CudaContext& context, DType type, int64_t rows, int64_t columns,
                                                       std::span<const std::byte> bytes) {
    auto weight = std::make_unique<CudaWeight>();
    weight->rows = rows;
    weight->columns = columns;
    weight->type = type;
    const bool plain = type == DType::F32 || type == DType::F16 || type == DType::BF16;
    weight->stored = rows == 1 ? DType::F32 : plain ? DType::BF16 : type;
    const bool asIs = weight->stored == type && type != DType::Q8_0;
    const int64_t size = rows == 1             ? columns * 4
                         : plain               ? rows * columns * 2
                         : type == DType::Q8_0 ? splitQ8Bytes(rows, columns)
                                               : static_cast<int64_t>(bytes.size());
    LECTERN_ASSIGN(weight->m_data, context.allocate(size, "the model's weights"));
    std::byte* landing = weight->m_data.data();
    if (!asIs) {
        LECTERN_ASSIGN(landing, context.scratch(Scratch::Upload, static_cast<int64_t>(bytes.size())));
    }
    LECTERN_TRY(
        context.check(cudaMemcpyAsync(landing, bytes.data(), bytes.size(), cudaMemcpyHostToDevice, context.stream()),
                      "uploading the weights"));
    if (asIs) {
        return weight;
    }
    CudaStatus status;
    if (rows == 1) {
        status = dequantizeToF32(landing, type, rows, columns, weight->m_data.as<float>(), context.stream());
    } else if (plain) {
        status = dequantizeToBf16(landing, type, rows, columns, weight->m_data.as<Bf16>(), context.stream());
    } else {
        status = splitQ8_0(landing, rows, columns, weight->m_data.data(), context.stream());
    }
    LECTERN_TRY(context.check(status, "preparing the weights"));
    return weight;
}

Result<const Bf16*> CudaWeight::asBf16(CudaContext& context) const {
    if (stored == DType::BF16) {
        return m_data.as<const Bf16>();
    }
    LECTERN_ASSIGN(Bf16 * decoded, context.scratchOf<Bf16>(Scratch::Decoded, rows * columns));
    const CudaStatus status = stored == DType::Q8_0
                                  ? dequantizeSplitQ8(data(), rows, columns, decoded, context.stream())
                                  : dequantizeToBf16(data(), stored, rows, columns, decoded, context.stream());
    LECTERN_TRY(context.check(status, "decoding the weights"));
    return static_cast<const Bf16*>(decoded);
}

CudaStatus CudaWeight::embed(const int32_t* ids, int64_t tokens, float* out, cudaStream_t stream) const {
    return stored == DType::Q8_0 ? embedSplitQ8(data(), rows, columns, ids, tokens, out, stream)
                                 : kernels::cuda::embed(data(), stored, rows, columns, ids, tokens, out, stream);
}

}  // namespace lectern
