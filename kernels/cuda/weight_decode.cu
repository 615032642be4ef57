#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/linear.h"
#include "kernels/cuda/weight_blocks.cuh"

namespace lectern::kernels::cuda {
namespace {

constexpr unsigned kThreads = 256;
constexpr int kValues = 8;

template <DType kType, typename Out>
__global__ void dequantizeKernel(const std::byte* weight, int64_t count, Out* out) {
    // Rows are whole blocks, so the matrix is one long row.
    const int64_t at = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kValues;
    if (at >= count) return;
    if (at + kValues <= count) {
        Pack<Out, kValues> pack;
#pragma unroll
        for (int j = 0; j < kValues; ++j) pack.values[j] = fromFloat<Out>(weightValue(kType, weight, at + j));
        *reinterpret_cast<Pack<Out, kValues>*>(out + at) = pack;
    } else {
        for (int64_t i = at; i < count; ++i) out[i] = fromFloat<Out>(weightValue(kType, weight, i));
    }
}

template <typename Out>
CudaStatus dequantize(const std::byte* weight, DType type, int64_t rows, int64_t columns, Out* out,
                      cudaStream_t stream) {
    if (rows < 0 || columns < 0 || columns % blockValues(type) != 0) return Status::InvalidArgument;
    const int64_t count = rows * columns;
    const int64_t blocks = divideUp(count, kThreads * kValues);
    if (count == 0) return {};
    if (blocks > INT32_MAX) return Status::InvalidArgument;
    const auto grid = static_cast<unsigned>(blocks);
    switch (type) {
        case DType::F32:
            dequantizeKernel<DType::F32><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::F16:
            dequantizeKernel<DType::F16><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::BF16:
            dequantizeKernel<DType::BF16><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::Q8_0:
            dequantizeKernel<DType::Q8_0><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::Q4_0:
            dequantizeKernel<DType::Q4_0><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::Q4_K:
            dequantizeKernel<DType::Q4_K><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::Q5_K:
            dequantizeKernel<DType::Q5_K><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
        case DType::Q6_K:
            dequantizeKernel<DType::Q6_K><<<grid, kThreads, 0, stream>>>(weight, count, out);
            break;
    }
    return launchStatus();
}

__global__ void splitQ8Kernel(const std::byte* weight, int64_t blocks, std::byte* quants, std::byte* scales) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    const int64_t block = at / 32, i = at % 32;
    if (block >= blocks) return;
    const std::byte* stored = weight + block * 34;
    quants[at] = stored[2 + i];
    if (i < 2) scales[2 * block + i] = stored[i];
}

__global__ void dequantizeSplitKernel(const std::byte* quants, const __half* scales, int64_t count, Bf16* out) {
    const int64_t at = (static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x) * kValues;
    if (at >= count) return;
    const auto stored = *reinterpret_cast<const Pack<int8_t, kValues>*>(quants + at);
    const float scale = __half2float(scales[at / 32]);
    Pack<Bf16, kValues> pack;
#pragma unroll
    for (int j = 0; j < kValues; ++j) pack.values[j] = fromFloat<Bf16>(scale * static_cast<float>(stored.values[j]));
    *reinterpret_cast<Pack<Bf16, kValues>*>(out + at) = pack;
}

}  // namespace

CudaStatus dequantizeToBf16(const std::byte* weight, DType type, int64_t rows, int64_t columns, Bf16* out,
                            cudaStream_t stream) {
    return dequantize(weight, type, rows, columns, out, stream);
}

CudaStatus dequantizeToF32(const std::byte* weight, DType type, int64_t rows, int64_t columns, float* out,
                           cudaStream_t stream) {
    return dequantize(weight, type, rows, columns, out, stream);
}

CudaStatus splitQ8_0(const std::byte* weight, int64_t rows, int64_t columns, std::byte* out, cudaStream_t stream) {
    if (rows < 0 || columns < 0 || columns % 32 != 0) return Status::InvalidArgument;
    const int64_t count = rows * columns;
    if (count == 0) return {};
    if (divideUp(count, kThreads) > INT32_MAX) return Status::InvalidArgument;
    splitQ8Kernel<<<static_cast<unsigned>(divideUp(count, kThreads)), kThreads, 0, stream>>>(weight, count / 32, out,
                                                                                             out + count);
    return launchStatus();
}

CudaStatus dequantizeSplitQ8(const std::byte* split, int64_t rows, int64_t columns, Bf16* out, cudaStream_t stream) {
    const int64_t count = rows * columns;
    if (rows < 0 || columns < 0 || columns % 32 != 0 || divideUp(count, kThreads * kValues) > INT32_MAX) {
        return Status::InvalidArgument;
    }
    if (count == 0) return {};
    dequantizeSplitKernel<<<static_cast<unsigned>(divideUp(count, kThreads * kValues)), kThreads, 0, stream>>>(
        split, reinterpret_cast<const __half*>(split + count), count, out);
    return launchStatus();
}

}  // namespace lectern::kernels::cuda
