#pragma once
// Attention of training over a whole sequence in flat tensors: forward with the log-sum-exp of each row, and backward.
// Every sum is formed in a fixed order, so that a run repeats its bits.

#include "kernels/cuda/attention.h"
#include "kernels/cuda/memory.h"
#include "kernels/cuda/select.h"

namespace lectern::kernels::cuda {

/// Which regions each block of the sequence attends. Blocks are blockTokens long (the last may be short); the first
/// denseBlocks see everything before them, the others the `listed` regions of their list. Every block also sees its own
/// tokens causally.
struct TrainSelection {
    int32_t regionTokens = 0;  ///< p: 8, 16, 32 or 64
    int32_t blockTokens = 0;   ///< a multiple of p
    int32_t denseBlocks = 0;
    int32_t selectors = 0;
    int32_t headsPerSelector = 1;
    int32_t listed = 0;
    const RegionId* regions = nullptr;  ///< [blocks - denseBlocks][selectors][listed], distinct, before the block
    int32_t slidingWindow = 0;          ///< dense blocks only; 0: none
};

/// q, out and their gradients are [tokens, H, Dh]; k, v and theirs [tokens, Hkv, Dh]; statistics f32 [tokens, H].
struct TrainAttentionArgs {
    int64_t tokens = 0;
    int32_t heads = 0;
    int32_t kvHeads = 0;
    int32_t headDim = 0;  ///< 64 or 128
    float scale = 1.0f;
    TrainSelection selection;
    const Bf16* q = nullptr;
    const Bf16* k = nullptr;
    const Bf16* v = nullptr;
    Bf16* out = nullptr;
    float* logSumExp = nullptr;

    // Backward only: all written but dOut.
    const Bf16* dOut = nullptr;
    Bf16* dQ = nullptr;
    Bf16* dK = nullptr;
    Bf16* dV = nullptr;
    float* rowDots = nullptr;        ///< workspace [tokens, H]: dOut . out
    std::byte* workspace = nullptr;  ///< trainBackwardWorkspace()
    uint32_t* visits = nullptr;      ///< set by trainAttentionBackward(): a part of the workspace

    int64_t blocks() const { return divideUp(tokens, selection.blockTokens); }
};

bool supportsTrainAttention(int32_t headDim, int32_t regionTokens);
/// Bytes of TrainAttentionArgs::workspace for the current device.
int64_t trainBackwardWorkspace(const TrainAttentionArgs& args);
CudaStatus trainAttention(const TrainAttentionArgs& args, cudaStream_t stream);
CudaStatus trainAttentionBackward(const TrainAttentionArgs& args, cudaStream_t stream);

/// Mean, minimum and maximum of every complete region of k [tokens, Hkv, Dh].
CudaStatus trainSummaries(const Bf16* k, int64_t tokens, int32_t kvHeads, int32_t headDim, int32_t regionTokens,
                          const DeviceSummaries& out, cudaStream_t stream);

/// Where the sums of one list lie: f32 [lists][capacity keys][2: keys, values][Dh].
struct KeyPartials {
    float* sums = nullptr;
    int32_t capacity = 0;
    int32_t firstSelector = 0;  ///< of the group of selectors at hand
    int32_t selectors = 0;      ///< of a whole group: lists of one block in `sums`
    int32_t launched = 0;       ///< selectors of the group at hand
    int32_t firstBlock = 0;     ///< of the sequence, that blocks[0] of a launch is
};

/// Instances (instances/train_attention_*.cu, train_gradient90_*.cu).
template <int kDim>
CudaStatus launchQueryGradient(const BlockAttentionArgs& args, const TrainAttentionArgs& train, int32_t rows,
                               cudaStream_t stream);
template <int kDim>
CudaStatus launchKeyGradient(const TrainAttentionArgs& args, cudaStream_t stream);
template <int kDim>
CudaStatus launchQueryGradient90(const BlockAttentionArgs& args, const TrainAttentionArgs& train, int32_t rows,
                                 cudaStream_t stream);
template <int kDim>
CudaStatus launchKeyGradient90(const BlockAttentionArgs& args, const TrainAttentionArgs& train,
                               const KeyPartials& partials, cudaStream_t stream);

}  // namespace lectern::kernels::cuda
