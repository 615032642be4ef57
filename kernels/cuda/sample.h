#pragma once
// Choosing the next token on the device, so that a captured decode step needs no round trip.

#include "kernels/cuda/args.h"

namespace lectern::kernels::cuda {

/// *token = the index of the largest logit, ties to the lower index; NaN ranks last. temperature > 0: an exact draw
/// from softmax(logits / temperature) by the Gumbel-max trick, reproducible from (seed, step). step is read on the
/// device when given there. Single block: `count` is a vocabulary.
CudaStatus sampleToken(const float* logits, int64_t count, float temperature, uint64_t seed, TokenCount step,
                       int32_t* token, cudaStream_t stream);

}  // namespace lectern::kernels::cuda
