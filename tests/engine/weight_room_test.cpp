#include "engine/model/weight_room.h"

#include <gtest/gtest.h>

#include "engine/model/random_model.h"

namespace lectern {
namespace {

DeviceInfo device(DeviceKind kind, int64_t freeBytes) {
    DeviceInfo info;
    info.kind = kind;
    info.memoryBytes = int64_t{80} << 30;
    info.freeBytes = freeBytes;
    return info;
}

ModelSource source(DType type) {
    ModelConfig config = *shapeConfig("110m");
    config.layerCount = 1;
    return std::move(*makeRandomModel(config, type, 3));
}

TEST(WeightRoom, FloatsCountAsBf16AndOtherFormatsAsStored) {
    const int64_t bf16 = gpuWeightBytes(source(DType::BF16));
    EXPECT_EQ(gpuWeightBytes(source(DType::F32)), bf16);
    // 34 bytes for 32 values; the norms are floats in both.
    EXPECT_NEAR(static_cast<double>(gpuWeightBytes(source(DType::Q8_0))), static_cast<double>(bf16) * 34 / 64,
                static_cast<double>(bf16) * 1e-3);
}

TEST(WeightRoom, AGpuWithoutRoomIsRefusedWithNumbersAndWhatWouldFit) {
    const ModelSource model = source(DType::BF16);
    const int64_t needed = gpuWeightBytes(model);
    EXPECT_TRUE(checkWeightRoom(model, device(DeviceKind::Cuda, needed)));
    EXPECT_TRUE(checkWeightRoom(model, device(DeviceKind::Cpu, 0)));
    const auto refused = checkWeightRoom(model, device(DeviceKind::Cuda, needed - 1));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::LimitExceeded);
    EXPECT_NE(refused.error().message.find("80.0 GiB"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("q8_0"), std::string::npos) << refused.error().message;
    EXPECT_NE(refused.error().message.find("q4_k"), std::string::npos);
    // Nothing fits into next to nothing: only the CPU is offered.
    const auto hopeless = checkWeightRoom(model, device(DeviceKind::Cuda, 1000));
    ASSERT_FALSE(hopeless);
    EXPECT_EQ(hopeless.error().message.find("q8_0"), std::string::npos);
    EXPECT_NE(hopeless.error().message.find("--device cpu"), std::string::npos);
}

}  // namespace
}  // namespace lectern
