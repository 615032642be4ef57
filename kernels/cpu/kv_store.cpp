#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::cpu {

Status storeRegion(const float* values, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                   int32_t headDim, int32_t kvHead, int32_t regionInPage, std::byte* page) {
    return reference::storeRegion(values, type, pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage, page);
}
Status loadRegion(const std::byte* page, KvType type, int32_t pageTokens, int32_t regionTokens, int32_t kvHeads,
                  int32_t headDim, int32_t kvHead, int32_t regionInPage, float* values) {
    return reference::loadRegion(page, type, pageTokens, regionTokens, kvHeads, headDim, kvHead, regionInPage, values);
}

}  // namespace lectern::kernels::cpu
