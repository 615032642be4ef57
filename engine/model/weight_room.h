#pragma once
// Whether a model's weights fit into a GPU, asked before the first of them is uploaded.

#include "engine/backend/backend.h"
#include "engine/formats/model_source.h"

namespace lectern {

/// Bytes that the weights take on a GPU: floats are kept there as bf16, other formats as stored.
int64_t gpuWeightBytes(const ModelSource& source);

/// Errors: LimitExceeded when `device` is a GPU with less free memory, with both numbers and the formats that would
/// fit.
Result<void> checkWeightRoom(const ModelSource& source, const DeviceInfo& device);

}  // namespace lectern
