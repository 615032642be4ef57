#include "kernels/cuda/attention.h"

#include "kernels/cuda/attention_launch.h"

namespace lectern::kernels::cuda {

AttentionPath chooseAttentionPath(int32_t headDim, int32_t regionTokens, bool hopper) {
    const bool dim = headDim == 64 || headDim == 80 || headDim == 96 || headDim == 128;
    const bool region = regionTokens == 8 || regionTokens == 16 || regionTokens == 32 || regionTokens == 64;
    if (!dim || !region) return AttentionPath::None;
    return hopper ? AttentionPath::Wgmma90 : AttentionPath::Mma80;
}

CudaStatus blockAttention(const BlockAttentionArgs& args, AttentionPath path, cudaStream_t stream) {
    const DeviceKv& kv = args.kv;
    if (chooseAttentionPath(kv.headDim, kv.regionTokens, false) == AttentionPath::None || path == AttentionPath::None) {
        return Status::Unsupported;
    }
    const bool flat = args.flatKeys != nullptr;
    if (args.gatheredKeys == nullptr && !flat && kv.type != KvType::BF16) return Status::Unsupported;
    if (flat && (args.flatValues == nullptr || args.flatStride % 8 != 0)) return Status::InvalidArgument;
    if (args.blockCount < 0 || args.blockCount > kMaxAttentionBlocks || args.selectors < 0 || args.selectors > 65535 ||
        args.headsPerSelector < 1 || args.groupHeads < 1 || args.qStride % 8 != 0 || args.outStride % 8 != 0 ||
        args.slidingWindow < 0) {
        return Status::InvalidArgument;
    }
    int64_t rows = 0;
    for (int32_t b = 0; b < args.blockCount; ++b) {
        const AttentionBlock& block = args.blocks[b];
        const int64_t columns = int64_t{block.regionCount} * kv.regionTokens + block.ownOffset + block.queryTokens;
        const int64_t blockRows = int64_t{block.queryTokens} * args.headsPerSelector;
        if (block.queryBegin < 0 || block.queryTokens < 0 || block.regionCount < 0 || block.ownRegion < 0 ||
            block.ownOffset < 0 || columns > INT32_MAX - 1024 || blockRows > INT32_MAX - 1024) {
            return Status::InvalidArgument;
        }
        rows = blockRows > rows ? blockRows : rows;
    }
    if (rows == 0 || args.selectors == 0) return {};
    const auto count = static_cast<int32_t>(rows);
    if (path == AttentionPath::Wgmma90) {
        switch (kv.headDim) {
            case 64:
                return launchAttentionWgmma90<64>(args, count, stream);
            case 80:
                return launchAttentionWgmma90<80>(args, count, stream);
            case 96:
                return launchAttentionWgmma90<96>(args, count, stream);
            default:
                return launchAttentionWgmma90<128>(args, count, stream);
        }
    }
    switch (kv.headDim) {
        case 64:
            return launchAttentionMma80<64>(args, count, stream);
        case 80:
            return launchAttentionMma80<80>(args, count, stream);
        case 96:
            return launchAttentionMma80<96>(args, count, stream);
        default:
            return launchAttentionMma80<128>(args, count, stream);
    }
}

}  // namespace lectern::kernels::cuda
