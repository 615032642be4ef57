#include "kernels/cuda/device_math.cuh"
#include "kernels/cuda/elementwise.h"

namespace lectern::kernels::cuda {
namespace {

constexpr unsigned kThreads = 256;

__global__ void ropeTableKernel(const double* inverseFrequencies, int32_t half, double magnitude, TokenCount first,
                                int64_t count, float* cos, float* sin) {
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= count * half) return;
    const double angle = static_cast<double>(first.get() + at / half) * inverseFrequencies[at % half];
    double s, c;
    sincos(angle, &s, &c);
    cos[at] = static_cast<float>(c * magnitude);
    sin[at] = static_cast<float>(s * magnitude);
}

/// One thread rotates kVector pairs (i, i + Dh/2).
template <typename T, int kVector>
__global__ void ropeKernel(T* x, int64_t stride, const float* cos, const float* sin, int64_t tokens, int32_t heads,
                           int32_t half, float direction) {
    const int32_t perHead = half / kVector;
    const int64_t perToken = static_cast<int64_t>(heads) * perHead;
    const int64_t at = static_cast<int64_t>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (at >= tokens * perToken) return;
    const int64_t t = at / perToken;
    const int32_t inToken = static_cast<int32_t>(at % perToken);
    const int32_t i = inToken % perHead * kVector;
    T* low = x + t * stride + static_cast<int64_t>(inToken / perHead) * 2 * half + i;
    auto a = *reinterpret_cast<const Pack<T, kVector>*>(low);
    auto b = *reinterpret_cast<const Pack<T, kVector>*>(low + half);
#pragma unroll
    for (int j = 0; j < kVector; ++j) {
        const float c = cos[t * half + i + j], s = direction * sin[t * half + i + j];
        const float first = toFloat(a.values[j]), second = toFloat(b.values[j]);
        a.values[j] = fromFloat<T>(first * c - second * s);
        b.values[j] = fromFloat<T>(second * c + first * s);
    }
    *reinterpret_cast<Pack<T, kVector>*>(low) = a;
    *reinterpret_cast<Pack<T, kVector>*>(low + half) = b;
}

}  // namespace

CudaStatus ropeTable(const double* inverseFrequencies, int32_t headDim, double magnitude, TokenCount first,
                     int64_t count, float* cos, float* sin, cudaStream_t stream) {
    if (headDim <= 0 || headDim % 2 != 0 || count < 0) return Status::InvalidArgument;
    if (count == 0) return {};
    const int64_t blocks = divideUp(count * (headDim / 2), kThreads);
    if (blocks > INT32_MAX) return Status::InvalidArgument;
    ropeTableKernel<<<static_cast<unsigned>(blocks), kThreads, 0, stream>>>(inverseFrequencies, headDim / 2, magnitude,
                                                                            first, count, cos, sin);
    return launchStatus();
}

template <typename T>
CudaStatus rope(T* x, int64_t stride, const float* cos, const float* sin, int64_t tokens, int32_t heads,
                int32_t headDim, cudaStream_t stream, bool inverse) {
    constexpr int kVector = 16 / sizeof(T);
    if (headDim <= 0 || headDim % 2 != 0 || heads < 0 || tokens < 0 || stride < int64_t{heads} * headDim) {
        return Status::InvalidArgument;
    }
    if (tokens == 0 || heads == 0) return {};
    const int32_t half = headDim / 2;
    const bool aligned = half % kVector == 0 && stride % kVector == 0;
    const int64_t blocks = divideUp(tokens * heads * (aligned ? half / kVector : half), kThreads);
    if (blocks > INT32_MAX) return Status::InvalidArgument;
    const auto grid = static_cast<unsigned>(blocks);
    const float direction = inverse ? -1.0f : 1.0f;
    if (aligned) {
        ropeKernel<T, kVector><<<grid, kThreads, 0, stream>>>(x, stride, cos, sin, tokens, heads, half, direction);
    } else {
        ropeKernel<T, 1><<<grid, kThreads, 0, stream>>>(x, stride, cos, sin, tokens, heads, half, direction);
    }
    return launchStatus();
}

template CudaStatus rope<float>(float*, int64_t, const float*, const float*, int64_t, int32_t, int32_t, cudaStream_t,
                                bool);
template CudaStatus rope<Bf16>(Bf16*, int64_t, const float*, const float*, int64_t, int32_t, int32_t, cudaStream_t,
                               bool);

}  // namespace lectern::kernels::cuda
