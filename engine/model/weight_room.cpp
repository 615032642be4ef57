#include "engine/model/weight_room.h"

#include <string>

#include "engine/cache/reserved_memory.h"
#include "engine/formats/tensor_checks.h"

namespace lectern {
namespace {

int64_t valuesOf(const TensorData& tensor) {
    return *elementCount(tensor.shape);  // checked when the model was read
}

}  // namespace

int64_t gpuWeightBytes(const ModelSource& source) {
    int64_t bytes = 0;
    for (const auto& [name, tensor] : source.tensors) {
        const bool plain = tensor.type == DType::F32 || tensor.type == DType::F16 || tensor.type == DType::BF16;
        bytes += plain ? 2 * valuesOf(tensor) : static_cast<int64_t>(tensor.bytes.size());
    }
    return bytes;
}

Result<void> checkWeightRoom(const ModelSource& source, const DeviceInfo& device) {
    const int64_t needed = gpuWeightBytes(source);
    if (device.kind != DeviceKind::Cuda || needed <= device.freeBytes) {
        return {};
    }
    int64_t values = 0;
    for (const auto& [name, tensor] : source.tensors) {
        values += valuesOf(tensor);
    }
    std::string offers;
    for (const auto& [format, type] : {std::pair{"q8_0", DType::Q8_0}, {"q4_k", DType::Q4_K}}) {
        const int64_t smaller = values / kernels::blockValues(type) * kernels::blockBytes(type);
        // A context needs room beside the weights.
        if (smaller < needed && smaller < device.freeBytes / 4 * 3) {
            offers += std::string(offers.empty() ? " Converted to " : " or ") + format + " they would need " +
                      gibibytes(smaller);
        }
    }
    return Error{ErrorCode::LimitExceeded, "The model's weights need " + gibibytes(needed) + " on the GPU; " +
                                               gibibytes(device.freeBytes) + " of " + gibibytes(device.memoryBytes) +
                                               " are free." + offers + (offers.empty() ? "" : ".") +
                                               " On the CPU (--device cpu) they are read from the file as needed."};
}

}  // namespace lectern
