#pragma once
// Fixtures of the CUDA kernel tests: guarded device arrays, random numbers that bf16 holds exactly, error measures.
// Every test skips where no device is; the program then exits with 77.

#include <cuda_bf16.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "kernels/common/half.h"
#include "kernels/cuda/memory.h"

namespace lectern::kernels::cuda::testing {

/// Fails the test with the launcher's name for the error.
#define ASSERT_CUDA(expression)                                                   \
    do {                                                                          \
        const ::lectern::kernels::cuda::CudaStatus cudaStatus = (expression);     \
        ASSERT_TRUE(cudaStatus.ok()) << #expression << ": " << cudaStatus.name(); \
    } while (false)

class CudaTest : public ::testing::Test {
  protected:
    void SetUp() override {
        int count = 0;
        if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) {
            (void)cudaGetLastError();
            GTEST_SKIP() << "no CUDA device";
        }
        ASSERT_CUDA(readDeviceFacts(0, &facts));
        ASSERT_CUDA(createStream(&stream));
    }
    void TearDown() override {
        if (stream) {
            EXPECT_EQ(cudaStreamSynchronize(stream.get()), cudaSuccess);
            EXPECT_EQ(cudaGetLastError(), cudaSuccess);
        }
    }
    void wait() { ASSERT_EQ(cudaStreamSynchronize(stream.get()), cudaSuccess); }

    DeviceFacts facts;
    Stream stream;
};

/// An array on the device between two sentinels; fresh memory is NaN in every format (0xFF bytes). The destructor
/// checks that nothing was written beside it.
template <typename T>
class Device {
  public:
    explicit Device(size_t count) : m_count(count) {
        EXPECT_TRUE(DeviceBuffer::create(static_cast<int64_t>(2 * kGuard + bytes()), &m_buffer).ok());
        EXPECT_EQ(cudaMemset(m_buffer.data(), kSentinel, 2 * kGuard + bytes()), cudaSuccess);
        EXPECT_EQ(cudaMemset(m_buffer.data() + kGuard, 0xFF, bytes()), cudaSuccess);
        EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    }
    explicit Device(const std::vector<T>& host) : Device(host.size()) { upload(host); }
    Device(const Device&) = delete;
    ~Device() {
        std::vector<unsigned char> guards(2 * kGuard);
        if (cudaDeviceSynchronize() != cudaSuccess) return;
        EXPECT_EQ(cudaMemcpy(guards.data(), m_buffer.data(), kGuard, cudaMemcpyDeviceToHost), cudaSuccess);
        EXPECT_EQ(
            cudaMemcpy(guards.data() + kGuard, m_buffer.data() + kGuard + bytes(), kGuard, cudaMemcpyDeviceToHost),
            cudaSuccess);
        for (const unsigned char guard : guards) {
            if (guard != kSentinel) {
                ADD_FAILURE() << "a kernel wrote beside its output";
                break;
            }
        }
    }
    T* data() const { return reinterpret_cast<T*>(m_buffer.data() + kGuard); }
    operator T*() const { return data(); }
    size_t size() const { return m_count; }
    void upload(const std::vector<T>& host) {
        EXPECT_EQ(cudaMemcpy(data(), host.data(), bytes(), cudaMemcpyHostToDevice), cudaSuccess);
        // A copy from pageable memory returns before it has landed, and the tests' stream does not wait for it.
        EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    }
    std::vector<T> download() const {
        std::vector<T> host(m_count);
        EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
        EXPECT_EQ(cudaMemcpy(host.data(), data(), bytes(), cudaMemcpyDeviceToHost), cudaSuccess);
        return host;
    }
    void zero() {
        EXPECT_EQ(cudaMemset(data(), 0, bytes()), cudaSuccess);
        EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    }

  private:
    static constexpr size_t kGuard = 1024;
    static constexpr unsigned char kSentinel = 0xA5;
    // Rounded up, so that the guard behind an odd array starts aligned; the slack is part of the array.
    size_t bytes() const { return m_count * sizeof(T); }
    size_t m_count;
    DeviceBuffer m_buffer;
};

inline __nv_bfloat16 bits(float x) {
    __nv_bfloat16_raw raw;
    raw.x = floatToBfloat16(x);
    return raw;
}
inline float value(__nv_bfloat16 x) {
    return bfloat16ToFloat(static_cast<__nv_bfloat16_raw>(x).x);
}
inline float value(float x) {
    return x;
}
inline std::vector<__nv_bfloat16> toBits(const std::vector<float>& x) {
    std::vector<__nv_bfloat16> out;
    out.reserve(x.size());
    for (const float v : x) out.push_back(bits(v));
    return out;
}
template <typename T>
std::vector<float> toFloats(const std::vector<T>& x) {
    std::vector<float> out;
    out.reserve(x.size());
    for (const T v : x) out.push_back(value(v));
    return out;
}

/// Normal numbers, rounded to bf16 so that both sides read the same values.
inline std::vector<float> randomBf16(size_t count, unsigned seed, float scale = 1.0f) {
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0.0f, scale);
    std::vector<float> out(count);
    for (float& x : out) x = bfloat16ToFloat(floatToBfloat16(normal(generator)));
    return out;
}

/// ||got - want||^2 / ||want||^2; NaN or infinity anywhere makes it infinite.
template <typename T>
double nmse(const std::vector<T>& got, const std::vector<float>& want) {
    EXPECT_EQ(got.size(), want.size());
    double error = 0, power = 0;
    for (size_t i = 0; i < want.size() && i < got.size(); ++i) {
        const double difference = static_cast<double>(value(got[i])) - want[i];
        error += difference * difference;
        power += static_cast<double>(want[i]) * want[i];
    }
    return std::isfinite(error) ? error / std::max(power, 1e-30) : INFINITY;
}

/// Limits. One bf16 rounding of random numbers has an NMSE of 2.2e-6 (a squared half-ulp of 2^-8 over a mantissa in [1,
/// 2)), never above (2^-8)^2 = 1.5e-5. Attention rounds its probabilities and its output; a gather of quantised pages
/// rounds the decoded values once more.
constexpr double kF32Limit = 1e-10;
constexpr double kBf16Limit = 1e-5;
constexpr double kAttentionLimit = 1e-5;
constexpr double kGatheredLimit = 2e-5;

}  // namespace lectern::kernels::cuda::testing
