#pragma once
// Timing and random inputs of the CUDA benchmarks. Every figure is printed beside the physical floor measured in the
// same run.

#include <cuda_bf16.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "kernels/common/half.h"
#include "kernels/cuda/memory.h"

namespace lectern::bench {

using namespace kernels::cuda;
using kernels::KvPageLayout;
using kernels::RegionId;

/// Benchmarks stop at the first failure: a figure after one would mean nothing.
inline void require(CudaStatus status, const char* what) {
    if (status.ok()) return;
    std::printf("FAILED %s: %s\n", what, status.name());
    std::exit(1);
}
#define LECTERN_REQUIRE(expression) ::lectern::bench::require((expression), #expression)

template <typename T>
struct Array {
    explicit Array(int64_t count) : size(count) {
        LECTERN_REQUIRE(DeviceBuffer::create(count * static_cast<int64_t>(sizeof(T)), &buffer));
    }
    explicit Array(const std::vector<T>& host) : Array(static_cast<int64_t>(host.size())) {
        LECTERN_REQUIRE(cudaMemcpy(buffer.data(), host.data(), host.size() * sizeof(T), cudaMemcpyHostToDevice));
    }
    operator T*() const { return buffer.as<T>(); }
    std::vector<T> download() const {
        std::vector<T> host(static_cast<size_t>(size));
        LECTERN_REQUIRE(cudaMemcpy(host.data(), buffer.data(), host.size() * sizeof(T), cudaMemcpyDeviceToHost));
        return host;
    }
    int64_t size;
    DeviceBuffer buffer;
};

/// Normal numbers: a megabyte of them is drawn on the host and repeated with an odd period.
inline void fillRandom(Array<Bf16>& out, unsigned seed, float scale = 1.0f) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0f, scale);
    const int64_t period = std::min<int64_t>(out.size, (1 << 20) + 7);
    std::vector<uint16_t> host(static_cast<size_t>(period));
    for (uint16_t& x : host) x = kernels::floatToBfloat16(normal(generator));
    for (int64_t at = 0; at < out.size; at += period) {
        LECTERN_REQUIRE(cudaMemcpy(out + at, host.data(), static_cast<size_t>(std::min(period, out.size - at)) * 2,
                                   cudaMemcpyHostToDevice));
    }
}
inline std::vector<float> randomFloats(int64_t count, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal;
    std::vector<float> out(static_cast<size_t>(count));
    for (float& x : out) x = normal(generator);
    return out;
}

/// Median seconds of one call: `samples` event-timed batches of `batch` calls, after a warm-up.
inline double seconds(cudaStream_t stream, int batch, const std::function<void(int)>& call, int samples = 7) {
    Event begin, end;
    LECTERN_REQUIRE(createEvent(true, &begin));
    LECTERN_REQUIRE(createEvent(true, &end));
    for (int i = 0; i < std::min(batch, 3); ++i) call(i);
    std::vector<double> times;
    for (int s = 0; s < samples; ++s) {
        LECTERN_REQUIRE(cudaEventRecord(begin.get(), stream));
        for (int i = 0; i < batch; ++i) call(i);
        LECTERN_REQUIRE(cudaEventRecord(end.get(), stream));
        LECTERN_REQUIRE(cudaEventSynchronize(end.get()));
        float milliseconds = 0;
        LECTERN_REQUIRE(cudaEventElapsedTime(&milliseconds, begin.get(), end.get()));
        times.push_back(milliseconds * 1e-3 / batch);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/// The ceilings measured at the start of the run.
struct Floors {
    double copyBytesPerSecond = 0;
    double productFlops = 0;
};

inline void printBytes(const std::string& name, double time, double bytes, const Floors& floors) {
    std::printf("%-58s %9.1f us %8.0f GB/s  %5.1f%% of copy\n", name.c_str(), time * 1e6, bytes / time * 1e-9,
                100 * bytes / time / floors.copyBytesPerSecond);
    std::fflush(stdout);
}
inline void printFlops(const std::string& name, double time, double flops, const Floors& floors) {
    std::printf("%-58s %9.1f us %8.1f TFLOP/s %5.1f%% of cuBLAS\n", name.c_str(), time * 1e6, flops / time * 1e-12,
                100 * flops / time / floors.productFlops);
    std::fflush(stdout);
}

inline double relativeError(const std::vector<Bf16>& got, const std::vector<Bf16>& want) {
    double error = 0, power = 0;
    for (size_t i = 0; i < want.size(); ++i) {
        const double a = kernels::bfloat16ToFloat(static_cast<__nv_bfloat16_raw>(got[i]).x);
        const double b = kernels::bfloat16ToFloat(static_cast<__nv_bfloat16_raw>(want[i]).x);
        error += (a - b) * (a - b);
        power += b * b;
    }
    return error / power;
}

void benchElementwise(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream);
void benchAttention(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream);
void benchSelection(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream);
void benchToken(const DeviceFacts& facts, const Floors& floors, cudaStream_t stream);

}  // namespace lectern::bench
