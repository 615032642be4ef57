#include "kernels/cuda/tensor_map.h"

namespace lectern::kernels::cuda {

CudaStatus encodeRegionMap(const void* base, int64_t rows, int32_t headDim, int32_t regionTokens, int32_t panel,
                           CUtensorMap* map) {
    using Encode = decltype(&cuTensorMapEncodeTiled);
    // Asked for at run time, so that nothing links against the driver.
    void* entry = nullptr;
    cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
    LECTERN_CUDA_TRY(
        cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &entry, 12000, cudaEnableDefault, &found));
    if (found != cudaDriverEntryPointSuccess || entry == nullptr) return Status::Unsupported;
    if (rows <= 0 || rows > INT32_MAX) return Status::InvalidArgument;
    const cuuint64_t sizes[2] = {static_cast<cuuint64_t>(headDim), static_cast<cuuint64_t>(rows)};
    const cuuint64_t strides[1] = {static_cast<cuuint64_t>(headDim) * 2};
    const cuuint32_t box[2] = {static_cast<cuuint32_t>(panel), static_cast<cuuint32_t>(regionTokens)};
    const cuuint32_t steps[2] = {1, 1};
    const CUtensorMapSwizzle swizzle = panel == 64   ? CU_TENSOR_MAP_SWIZZLE_128B
                                       : panel == 32 ? CU_TENSOR_MAP_SWIZZLE_64B
                                                     : CU_TENSOR_MAP_SWIZZLE_32B;
    const CUresult result = reinterpret_cast<Encode>(entry)(
        map, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16, 2, const_cast<void*>(base), sizes, strides, box, steps,
        CU_TENSOR_MAP_INTERLEAVE_NONE, swizzle, CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
    return result == CUDA_SUCCESS ? CudaStatus() : CudaStatus(Status::InvalidArgument);
}

}  // namespace lectern::kernels::cuda
