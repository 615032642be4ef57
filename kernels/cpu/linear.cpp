#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::cpu {

void dequantizeRow(DType type, const std::byte* row, int64_t columns, float* out) {
    reference::dequantizeRow(type, row, columns, out);
}
Status linear(const LinearArgs& args) {
    return reference::linear(args);
}

}  // namespace lectern::kernels::cpu
