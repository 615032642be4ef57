// Position schedules and learning rates as functions of the step.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "engine/train/optimizer.h"
#include "tests/engine/train_fixture.h"

namespace lectern::test {
namespace {

PositionSchedule crd() {
    PositionSchedule schedule;
    schedule.policy = PositionPolicy::CrdNtk;
    return schedule;
}

ModelConfig llama() {
    ModelConfig config = tinyConfig();
    config.trainedContext = 4096;
    config.headDim = 128;
    return config;
}

TEST(PositionSchedule, MaxPeriodDoublesUpToTheCap) {
    const PositionSchedule schedule = crd();
    // 6,000 steps: a doubling every 1,000.
    EXPECT_EQ(schedule.maxPeriod(16384, 0, 6000), 32768);
    EXPECT_EQ(schedule.maxPeriod(16384, 999, 6000), 32768);
    EXPECT_EQ(schedule.maxPeriod(16384, 1000, 6000), 65536);
    EXPECT_EQ(schedule.maxPeriod(16384, 4999, 6000), 524288);
    EXPECT_EQ(schedule.maxPeriod(16384, 5000, 6000), 1048576);
    EXPECT_EQ(schedule.maxPeriod(16384, 5999999, 6000), 1048576);
    PositionSchedule wide = schedule;
    wide.periodCap = int64_t{1} << 23;
    wide.doublingSteps = 10;
    EXPECT_EQ(wide.maxPeriod(16384, 200, 6000), int64_t{1} << 23);
    wide.growing = false;
    EXPECT_EQ(wide.maxPeriod(16384, 0, 6000), int64_t{1} << 23);
    // Shorter than one doubling per step, and a cap below twice the sequence.
    EXPECT_EQ(schedule.maxPeriod(16384, 2, 3), 131072);
    wide.growing = true;
    wide.periodCap = 1000;
    EXPECT_EQ(wide.maxPeriod(16384, 0, 10), 1000);
}

TEST(PositionSchedule, DrawsStayInTheirRanges) {
    const PositionSchedule schedule = crd();
    const ModelConfig config = llama();
    std::set<int64_t> periods, offsets;
    bool wrapped = false;
    for (int64_t step = 0; step < 40; ++step) {
        for (int32_t layer = 0; layer < 4; ++layer) {
            const PositionDraw draw = drawPositions(schedule, config, 2048, {7, step, 60, 0, layer});
            const int64_t most = schedule.maxPeriod(2048, step, 60);
            EXPECT_GE(draw.period, 2048);
            EXPECT_LT(draw.period, 2048 + most / 2);
            EXPECT_GE(draw.offset, 0);
            EXPECT_LT(draw.offset, int64_t{4} << 20);
            ASSERT_EQ(draw.positions.size(), 2048u);
            EXPECT_EQ(std::set<int64_t>(draw.positions.begin(), draw.positions.end()).size(), 2048u);
            for (size_t i = 0; i < draw.positions.size(); ++i) {
                ASSERT_EQ(draw.positions[i], (static_cast<int64_t>(i) + draw.offset) % draw.period);
            }
            wrapped = wrapped || draw.positions.back() < draw.positions.front();
            const double a = draw.period > 4096 ? 16.0 * static_cast<double>(draw.period) / 4096 - 15 : 1.0;
            EXPECT_DOUBLE_EQ(draw.ropeScale, a);
            EXPECT_EQ(draw.rope, RopeSchedule::ntk(config.ropeBase, a, config.headDim));
            periods.insert(draw.period);
            offsets.insert(draw.offset);
        }
    }
    EXPECT_GT(periods.size(), 150u);
    EXPECT_GT(offsets.size(), 150u);
    EXPECT_TRUE(wrapped);
}

TEST(PositionSchedule, DrawsAreFunctionsOfTheirKey) {
    const PositionSchedule schedule = crd();
    const ModelConfig config = llama();
    const PositionDraw first = drawPositions(schedule, config, 512, {7, 3, 60, 1, 2});
    const PositionDraw again = drawPositions(schedule, config, 512, {7, 3, 60, 1, 2});
    EXPECT_EQ(first.positions, again.positions);
    EXPECT_EQ(first.rope, again.rope);
    for (const DrawKey& other :
         {DrawKey{8, 3, 60, 1, 2}, DrawKey{7, 4, 60, 1, 2}, DrawKey{7, 3, 60, 0, 2}, DrawKey{7, 3, 60, 1, 3}}) {
        EXPECT_NE(drawPositions(schedule, config, 512, other).offset, first.offset);
    }
}

TEST(PositionSchedule, AblationsLeaveOutOneThingEach) {
    const ModelConfig config = llama();
    const DrawKey key{7, 30, 60, 0, 1};
    const PositionDraw full = drawPositions(crd(), config, 1024, key);
    PositionSchedule schedule = crd();
    schedule.cyclic = false;
    const PositionDraw straight = drawPositions(schedule, config, 1024, key);
    EXPECT_EQ(straight.offset, 0);
    EXPECT_EQ(straight.positions.back(), 1023);
    EXPECT_EQ(straight.period, full.period);
    EXPECT_EQ(straight.ropeScale, full.ropeScale);
    schedule = crd();
    schedule.randomPeriod = false;
    const PositionDraw longest = drawPositions(schedule, config, 1024, key);
    EXPECT_EQ(longest.period, 1024 + crd().maxPeriod(1024, 30, 60) / 2 - 1);
    EXPECT_EQ(longest.offset, full.offset);
    schedule = crd();
    schedule.growing = false;
    const PositionDraw wide = drawPositions(schedule, config, 1024, {7, 0, 60, 0, 1});
    EXPECT_GT(wide.period, drawPositions(crd(), config, 1024, {7, 0, 60, 0, 1}).period);
}

TEST(PositionSchedule, SmallScalesStayTrained) {
    const ModelConfig config = llama();
    PositionSchedule schedule = crd();
    schedule.variedCap = true;
    int small = 0, large = 0, plain = 0;
    const int64_t most = crd().maxPeriod(1024, 59, 60);
    for (int64_t sequence = 0; sequence < 400; ++sequence) {
        const PositionDraw draw = drawPositions(schedule, config, 1024, {7, 59, 60, sequence, 1});
        EXPECT_LE(draw.period, 1024 + most / 2 - 1);
        EXPECT_GE(draw.period, 1024);
        small += draw.period < 4096 ? 1 : 0;
        large += draw.period > most / 8 ? 1 : 0;
    }
    // Of the octaves between n and P_max, those below 4n and the last two: neither end is rare.
    EXPECT_GT(small, 40);
    EXPECT_GT(large, 20);
    schedule.plainShare = 0.5;
    for (int64_t sequence = 0; sequence < 400; ++sequence) {
        const DrawKey key{7, 59, 60, sequence, 0};
        const PositionDraw first = drawPositions(schedule, config, 1024, key);
        if (first.ropeScale == 1 && first.period == 1024 && first.positions.front() == 0) {
            ++plain;
            const PositionDraw other = drawPositions(schedule, config, 1024, {7, 59, 60, sequence, 1});
            EXPECT_EQ(other.positions, first.positions);
            EXPECT_EQ(other.rope, first.rope);
        }
    }
    EXPECT_NEAR(plain, 200, 50);  // five standard deviations
    EXPECT_GT(drawPositions(schedule, config, 2 * config.trainedContext, {7, 59, 60, 1, 1}).ropeScale, 1.0);
}

TEST(PositionSchedule, OtherPolicies) {
    const ModelConfig config = llama();
    PositionSchedule schedule;
    EXPECT_EQ(drawPositions(schedule, config, 64, {}).rope, RopeSchedule::fromConfig(config, 64));
    schedule.policy = PositionPolicy::FixedNtk;
    schedule.factor = 8;
    const PositionDraw ntk = drawPositions(schedule, config, 64, {});
    EXPECT_EQ(ntk.rope, RopeSchedule::ntk(config.ropeBase, 8, config.headDim));
    EXPECT_EQ(ntk.positions.back(), 63);
    schedule.policy = PositionPolicy::LinearPi;
    const PositionDraw linear = drawPositions(schedule, config, 64, {});
    EXPECT_DOUBLE_EQ(linear.rope.inverseFrequencies()[3] * 8,
                     RopeSchedule::ntk(config.ropeBase, 1, config.headDim).inverseFrequencies()[3]);
    EXPECT_EQ(inferencePositions(crd(), config, 8192).ropeScale, 17.0);
    EXPECT_EQ(inferencePositions(crd(), config, 8192, 1024).ropeScale, 1024.0);
    EXPECT_EQ(inferencePositions(crd(), config, 4096).ropeScale, 1.0);
}

TEST(PositionSchedule, JsonRoundTripAndRefusals) {
    PositionSchedule schedule = crd();
    schedule.periodCap = int64_t{1} << 23;
    schedule.growing = false;
    schedule.variedCap = true;
    schedule.plainShare = 0.25;
    schedule.doublingSteps = 12;
    const auto read = parsePositionSchedule(positionScheduleToJson(schedule));
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, schedule);
    const auto refused = [](const char* text) {
        return parsePositionSchedule(nlohmann::json::parse(text)).error().message;
    };
    EXPECT_NE(refused(R"({"policy": "crd"})").find("crd_ntk"), std::string::npos);
    EXPECT_NE(refused(R"({"period_kap": 3})").find("period_kap"), std::string::npos);
    EXPECT_NE(refused(R"({"period_cap": -1})").find("period_cap"), std::string::npos);
    EXPECT_NE(refused("[]").find("object"), std::string::npos);
}

TEST(PositionSchedule, PreviewShowsEveryLayer) {
    const auto samples = previewPositions(crd(), llama(), 1024, 600, 3, 6);
    ASSERT_EQ(samples.size(), 12u);  // two layers
    EXPECT_EQ(samples[2].step, 100);
    const PositionDraw draw = drawPositions(crd(), llama(), 1024, {3, 100, 600, 0, 1});
    EXPECT_EQ(samples[3].period, draw.period);
    EXPECT_EQ(samples[3].offset, draw.offset);
    EXPECT_EQ(samples[3].ropeScale, draw.ropeScale);
    EXPECT_EQ(samples[3].maxPeriod, crd().maxPeriod(1024, 100, 600));
}

TEST(LearningRate, WarmUpAndDecay) {
    OptimizerSpec spec;
    spec.learningRate = 2;
    spec.warmupSteps = 4;
    EXPECT_DOUBLE_EQ(spec.rateAt(0, 104), 0.5);
    EXPECT_DOUBLE_EQ(spec.rateAt(3, 104), 2.0);
    EXPECT_DOUBLE_EQ(spec.rateAt(103, 104), 2.0);
    spec.decay = LearningRateDecay::Linear;
    spec.finalRatio = 0.5;
    EXPECT_DOUBLE_EQ(spec.rateAt(4, 104), 2.0);
    EXPECT_DOUBLE_EQ(spec.rateAt(54, 104), 1.5);
    spec.decay = LearningRateDecay::Cosine;
    EXPECT_DOUBLE_EQ(spec.rateAt(54, 104), 1.5);
    EXPECT_NEAR(spec.rateAt(29, 104), 1 + 0.5 * (1 + std::sqrt(0.5)), 1e-12);
    spec.warmupSteps = 0;
    EXPECT_DOUBLE_EQ(spec.rateAt(0, 10), 2.0);
}

TEST(LearningRate, SpecJsonRoundTrip) {
    OptimizerSpec spec;
    spec.kind = OptimizerKind::Muon;
    spec.decay = LearningRateDecay::Cosine;
    spec.clipNorm = 0;
    const auto read = parseOptimizerSpec(optimizerSpecToJson(spec));
    ASSERT_TRUE(read);
    EXPECT_EQ(optimizerSpecToJson(*read), optimizerSpecToJson(spec));
    EXPECT_EQ(parseOptimizerSpec({{"lr", 3}}).error().code, ErrorCode::InvalidInput);
}

TEST(Optimizer, ChangesNothingWhenAGradientIsNotANumber) {
    const auto backend = createCpuTrainBackend(1);
    TrainableSpec trainable;
    trainable.method = TrainMethod::Full;
    auto model = TrainModel::create(*makeRandomModel(tinyConfig(), DType::F32, 3), trainable, *backend);
    ASSERT_TRUE(model);
    auto optimizer = Optimizer::create(**model, {});
    ASSERT_TRUE(optimizer);
    Parameter& parameter = *(*model)->parameters()[1];
    const auto values = [&] {
        std::vector<float> v(static_cast<size_t>(parameter.value.size()));
        EXPECT_TRUE(backend->download(parameter.value, v));
        return v;
    };
    const std::vector<float> before = values();
    parameter.gradient.as<float>()[3] = 1.0f;
    ASSERT_TRUE((*optimizer)->step(0, 10)->finite);
    const std::vector<float> after = values();
    EXPECT_NE(before, after);
    parameter.gradient.as<float>()[3] = NAN;
    const auto report = (*optimizer)->step(1, 10);
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->finite);
    EXPECT_EQ(values(), after);
}

}  // namespace
}  // namespace lectern::test
