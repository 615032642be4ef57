#include "kernels/cuda/tensor_map.h"

namespace lectern::kernels::cuda {

namespace {

constexpr int kMostDimensions = 3;

/// A map of `dimensions` extents, innermost first, rows of bf16 without gaps; boxes swizzled over 2 * box[0] bytes.
CudaStatus encodeMap(const void* base, int dimensions, const int64_t* extents, const int32_t* boxExtents,
                     CUtensorMap* map) {
    using Encode = decltype(&cuTensorMapEncodeTiled);
    // Asked for at run time, so that nothing links against the driver.
    void* entry = nullptr;
    cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
    LECTERN_CUDA_TRY(
        cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found));
    if (found != cudaDriverEntryPointSuccess || entry == nullptr) return Status::Unsupported;
    cuuint64_t sizes[kMostDimensions], strides[kMostDimensions - 1];
    cuuint32_t box[kMostDimensions], steps[kMostDimensions];
    cuuint64_t bytes = 2;
    for (int i = 0; i < dimensions; ++i) {
        if (extents[i] <= 0 || extents[i] > INT32_MAX) return Status::InvalidArgument;
        sizes[i] = static_cast<cuuint64_t>(extents[i]);
        box[i] = static_cast<cuuint32_t>(boxExtents[i]);
        steps[i] = 1;
        bytes *= sizes[i];
        if (i + 1 < dimensions) strides[i] = bytes;
    }
    const CUtensorMapSwizzle swizzle = boxExtents[0] == 64   ? CU_TENSOR_MAP_SWIZZLE_128B
                                       : boxExtents[0] == 32 ? CU_TENSOR_MAP_SWIZZLE_64B
                                                             : CU_TENSOR_MAP_SWIZZLE_32B;
    const CUresult result = reinterpret_cast<Encode>(entry)(
        map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, static_cast<cuuint32_t>(dimensions), const_cast<void*>(base), sizes,
        strides, box, steps, CU_TENSOR_MAP_INTERLEAVE_NONE, swizzle, CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
        CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return result == CUDA_SUCCESS ? CudaStatus() : CudaStatus(Status::InvalidArgument);
}

}  // namespace

CudaStatus encodeRegionMap(const void* base, int64_t rows, int64_t rowValues, int32_t regionTokens, int32_t panel,
                           CUtensorMap* map) {
    const int64_t extents[] = {rowValues, rows};
    const int32_t box[] = {panel, regionTokens};
    return encodeMap(base, 2, extents, box, map);
}

CudaStatus encodeHeadsMap(const void* base, int64_t tokens, int32_t heads, int32_t headDim, int32_t boxHeads,
                          int32_t boxTokens, int32_t panel, CUtensorMap* map) {
    const int64_t extents[] = {headDim, heads, tokens};
    const int32_t box[] = {panel, boxHeads, boxTokens};
    return encodeMap(base, 3, extents, box, map);
}

}  // namespace lectern::kernels::cuda
