#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::cpu {

Status gatheredAttention(const GatheredAttentionArgs& args) {
    return reference::gatheredAttention(args);
}

}  // namespace lectern::kernels::cpu
