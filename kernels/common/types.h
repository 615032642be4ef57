#pragma once
// Number formats, status and small enums shared by every kernel. No engine type appears below this folder.

#include <cstddef>
#include <cstdint>

namespace lectern {

/// Storage format of a tensor. Block formats (Q*) follow the GGUF layouts: 32 or 256 consecutive values of one row
/// share scales.
enum class DType : uint8_t { F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K, Q6_K };

/// Storage format of cached keys and values (layouts: kernels/README.md).
enum class KvType : uint8_t { F32, BF16, Int8, Int4, Fp8 };

/// How a region's keys are scored against a query (attention.md, Scorers).
enum class Scorer : uint8_t { Mean, Bound };

/// How the best regions of a selection are searched. Flat scores all; Exact descends below an upper level only where
/// its bound could still enter the best, with Flat's result; Approximate stops after the most promising super-regions.
enum class SearchLevel : uint8_t { Flat, Exact, Approximate };

namespace kernels {

/// What a kernel answers. Kernels never print, throw or exit; the engine turns this into a sentence.
enum class Status : uint8_t { Ok, InvalidArgument, Unsupported, OutOfMemory };

using RegionId = int32_t;

/// Values per quantisation block of `type` (1 for plain types).
constexpr int64_t blockValues(DType type) {
    switch (type) {
        case DType::Q8_0:
        case DType::Q4_0:
            return 32;
        case DType::Q4_K:
        case DType::Q5_K:
        case DType::Q6_K:
            return 256;
        default:
            return 1;
    }
}

/// Bytes per quantisation block of `type` (per value for plain types).
constexpr int64_t blockBytes(DType type) {
    switch (type) {
        case DType::F32:
            return 4;
        case DType::F16:
        case DType::BF16:
            return 2;
        case DType::Q8_0:
            return 34;
        case DType::Q4_0:
            return 18;
        case DType::Q4_K:
            return 144;
        case DType::Q5_K:
            return 176;
        case DType::Q6_K:
            return 210;
    }
    return 0;
}

/// Bytes of one row of `columns` values; `columns` is a multiple of blockValues(type).
constexpr int64_t rowBytes(DType type, int64_t columns) {
    return columns / blockValues(type) * blockBytes(type);
}

}  // namespace kernels
}  // namespace lectern
