#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::cpu {

Status select(const SelectArgs& args) {
    return reference::select(args);
}
Status mergeRankMajor(const MergeArgs& args, int32_t* mergedCount) {
    return reference::mergeRankMajor(args, mergedCount);
}

}  // namespace lectern::kernels::cpu
