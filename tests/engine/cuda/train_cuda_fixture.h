#pragma once
// Both training backends side by side. Inputs are rounded to bf16 first, so that both read the same values.

#include <cuda_runtime_api.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/train/cpu_train_plan.h"
#include "engine/train/cuda/cuda_train_plan.h"
#include "engine/train/training_run.h"
#include "kernels/common/half.h"
#include "tests/engine/train_fixture.h"

namespace lectern::test {

// Limits on ||got - want|| / ||want||. One bf16 rounding of random numbers is 1.5e-3, never above 2^-8 = 3.9e-3. An op
// that rounds its result once stays below that; attention rounds probabilities and their slopes as well; products
// into f32 masters round nothing.
constexpr double kExactLimit = 2e-5;
constexpr double kRoundedLimit = 3e-3;
constexpr double kAttentionLimit = 6e-3;

inline std::vector<float> roundedValues(uint32_t seed, int64_t count, float scale = 1.0f) {
    std::vector<float> values = toFloat(generatedDoubles(seed, count));
    for (float& value : values) {
        value = kernels::bfloat16ToFloat(kernels::floatToBfloat16(value * scale));
    }
    return values;
}

inline double relativeError(const std::vector<float>& got, const std::vector<float>& want) {
    double error = 0, power = 0;
    for (size_t i = 0; i < want.size(); ++i) {
        const double difference = static_cast<double>(got[i]) - want[i];
        error += difference * difference;
        power += static_cast<double>(want[i]) * want[i];
    }
    return std::isfinite(error) ? std::sqrt(error / std::max(power, 1e-30)) : INFINITY;
}

inline std::vector<float> valuesOf(TrainBackend& backend, const TrainTensor& tensor) {
    std::vector<float> values(static_cast<size_t>(tensor.size()));
    const auto done = backend.download(tensor, values);
    EXPECT_TRUE(done) << done.error().message;
    return values;
}

/// The same tensor on both backends: [0] the CPU, [1] the GPU.
struct Twin {
    TrainTensor on[2];
};

class TrainCuda : public ::testing::Test {
  protected:
    void SetUp() override {
        int count = 0;
        if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) {
            (void)cudaGetLastError();
            GTEST_SKIP() << "no CUDA device";
        }
        auto cuda = createTrainBackend("cuda", 0);
        ASSERT_TRUE(cuda) << cuda.error().message;
        backends[0] = createCpuTrainBackend(0);
        backends[1] = *cuda;
    }
    Twin twin(TensorUse use, int64_t rows, int64_t columns, uint32_t seed = 0, float scale = 1.0f) {
        Twin made;
        const std::vector<float> values = roundedValues(seed, rows * columns, scale);
        for (int i = 0; i < 2; ++i) {
            made.on[i] = *backends[i]->allocate(use, rows, columns);
            if (seed != 0) {
                EXPECT_TRUE(backends[i]->upload(values, made.on[i]));
            }
        }
        return made;
    }
    Twin activation(int64_t rows, int64_t columns, uint32_t seed = 0, float scale = 1.0f) {
        return twin(TensorUse::Activation, rows, columns, seed, scale);
    }
    Twin master(int64_t rows, int64_t columns, uint32_t seed = 0, float scale = 1.0f) {
        return twin(TensorUse::Master, rows, columns, seed, scale);
    }
    void expectClose(const Twin& tensor, double limit, const std::string& what) {
        const double error = relativeError(valuesOf(*backends[1], tensor.on[1]), valuesOf(*backends[0], tensor.on[0]));
        EXPECT_LT(error, limit) << what;
        RecordProperty(what, std::to_string(error));
    }
    /// Runs `op(backend, index)` on both.
    template <typename Op>
    void both(Op&& op) {
        for (int i = 0; i < 2; ++i) {
            const auto done = op(*backends[i], i);
            ASSERT_TRUE(done) << (i == 0 ? "CPU: " : "GPU: ") << done.error().message;
        }
    }

    std::shared_ptr<TrainBackend> backends[2];
};

/// The GPU's choice as the CPU's plan.
inline std::unique_ptr<CpuTrainPlan> asCpuPlan(const TrainAttentionPlan& plan, const TrainAttentionSpec& spec) {
    const kernels::cuda::TrainSelection& s = static_cast<const CudaTrainPlan&>(plan).selection;
    const int64_t blocks = (spec.tokens + s.blockTokens - 1) / s.blockTokens;
    std::vector<RegionId> lists(static_cast<size_t>((blocks - s.denseBlocks) * s.selectors * s.listed));
    EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
    if (!lists.empty()) {
        EXPECT_EQ(cudaMemcpy(lists.data(), s.regions, lists.size() * sizeof(RegionId), cudaMemcpyDeviceToHost),
                  cudaSuccess);
    }
    auto cpu = std::make_unique<CpuTrainPlan>();
    cpu->blockTokens = s.blockTokens;
    cpu->groups = s.selectors;
    cpu->headsPerGroup = s.headsPerSelector;
    for (int64_t block = 0; block < blocks; ++block) {
        for (int64_t selector = 0; selector < s.selectors; ++selector) {
            std::vector<RegionId> regions;
            if (block < s.denseBlocks) {
                for (int64_t r = 0; r < block * s.blockTokens / s.regionTokens; ++r) {
                    regions.push_back(static_cast<RegionId>(r));
                }
            } else {
                const auto from = lists.begin() + ((block - s.denseBlocks) * s.selectors + selector) * s.listed;
                regions.assign(from, from + s.listed);
                std::sort(regions.begin(), regions.end());
            }
            cpu->regions.push_back(std::move(regions));
        }
    }
    return cpu;
}

}  // namespace lectern::test
