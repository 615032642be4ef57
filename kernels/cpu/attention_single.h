#pragma once
// Attention of one query token: the kernel of decoding.

#include "kernels/common/views.h"

namespace lectern::kernels::cpu {

/// gatheredAttention for queryTokens == 1: keys and values stream by once, in f32. False when memory is out.
bool attentionSingle(const GatheredAttentionArgs& args);

}  // namespace lectern::kernels::cpu
