#include "kernels/cpu/cpu.h"
#include "kernels/reference/reference.h"

namespace lectern::kernels::cpu {

const char* instructionSet() {
    return "scalar";
}
Status rmsNorm(const float* x, const float* weight, float eps, int64_t rows, int64_t dim, float* out) {
    return reference::rmsNorm(x, weight, eps, rows, dim, out);
}
Status rope(float* x, const float* cos, const float* sin, int64_t tokens, int32_t heads, int32_t headDim) {
    return reference::rope(x, cos, sin, tokens, heads, headDim);
}
Status swiglu(const float* gate, const float* up, int64_t count, float* out) {
    return reference::swiglu(gate, up, count, out);
}
Status addInPlace(float* x, const float* y, int64_t count) {
    if (count < 0) return Status::InvalidArgument;
    for (int64_t i = 0; i < count; ++i) x[i] += y[i];
    return Status::Ok;
}

}  // namespace lectern::kernels::cpu
