#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/elementwise.h"

namespace lectern::kernels::cuda {
namespace {

/// One block per row; a thread keeps its values in registers between the two uses, so x is read once. kVector values
/// per access (1 where a row is not aligned), at most kIterations accesses per thread.
template <typename X, typename Out, int kVector, int kIterations>
__global__ void rmsNormKernel(X* x, const Bf16* delta, const float* weight, float eps, int64_t dim, Out* out) {
    __shared__ float scratch[33];
    const int64_t row = blockIdx.x;
    X* xRow = x + row * dim;
    const Bf16* deltaRow = delta == nullptr ? nullptr : delta + row * dim;
    float values[kIterations][kVector];
    float squares = 0.0f;
#pragma unroll
    for (int i = 0; i < kIterations; ++i) {
        const int64_t at = (static_cast<int64_t>(i) * blockDim.x + threadIdx.x) * kVector;
        if (at < dim) {
            auto pack = *reinterpret_cast<const Pack<X, kVector>*>(xRow + at);
#pragma unroll
            for (int j = 0; j < kVector; ++j) values[i][j] = toFloat(pack.values[j]);
            if (deltaRow != nullptr) {
                const auto more = *reinterpret_cast<const Pack<Bf16, kVector>*>(deltaRow + at);
#pragma unroll
                for (int j = 0; j < kVector; ++j) {
                    pack.values[j] = fromFloat<X>(values[i][j] + toFloat(more.values[j]));
                    values[i][j] = toFloat(pack.values[j]);
                }
                *reinterpret_cast<Pack<X, kVector>*>(xRow + at) = pack;
            }
#pragma unroll
            for (int j = 0; j < kVector; ++j) squares += values[i][j] * values[i][j];
        }
    }
    const float inverse = rsqrtf(blockSum(squares, scratch) / static_cast<float>(dim) + eps);
#pragma unroll
    for (int i = 0; i < kIterations; ++i) {
        const int64_t at = (static_cast<int64_t>(i) * blockDim.x + threadIdx.x) * kVector;
        if (at < dim) {
            Pack<Out, kVector> pack;
#pragma unroll
            for (int j = 0; j < kVector; ++j) pack.values[j] = fromFloat<Out>(values[i][j] * inverse * weight[at + j]);
            *reinterpret_cast<Pack<Out, kVector>*>(out + row * dim + at) = pack;
        }
    }
}

}  // namespace

template <typename X, typename Out>
CudaStatus rmsNorm(X* x, const Bf16* delta, const float* weight, float eps, int64_t rows, int64_t dim, Out* out,
                   cudaStream_t stream) {
    constexpr int kIterations = 4;
    if (rows < 0 || rows > INT32_MAX || dim <= 0) return Status::InvalidArgument;
    if (rows == 0) return {};
    const auto grid = static_cast<unsigned>(rows);
    const auto threadsFor = [&](int vector) {
        return static_cast<unsigned>(divideUp(divideUp(dim, int64_t{vector} * kIterations), 32) * 32);
    };
    if (dim % 4 == 0 && threadsFor(4) <= 1024) {
        rmsNormKernel<X, Out, 4, kIterations><<<grid, threadsFor(4), 0, stream>>>(x, delta, weight, eps, dim, out);
    } else if (threadsFor(1) <= 1024) {
        rmsNormKernel<X, Out, 1, kIterations><<<grid, threadsFor(1), 0, stream>>>(x, delta, weight, eps, dim, out);
    } else {
        return Status::Unsupported;
    }
    return launchStatus();
}

template CudaStatus rmsNorm<float, Bf16>(float*, const Bf16*, const float*, float, int64_t, int64_t, Bf16*,
                                         cudaStream_t);
template CudaStatus rmsNorm<float, float>(float*, const Bf16*, const float*, float, int64_t, int64_t, float*,
                                          cudaStream_t);
template CudaStatus rmsNorm<Bf16, Bf16>(Bf16*, const Bf16*, const float*, float, int64_t, int64_t, Bf16*, cudaStream_t);

}  // namespace lectern::kernels::cuda
