#include "kernels/cuda/token_attention.h"

namespace lectern::kernels::cuda {
namespace {

constexpr int32_t kMaxHeads = 16;

template <KvType kType>
CudaStatus dispatch(const TokenAttentionArgs& args, cudaStream_t stream) {
    switch (args.kv.headDim) {
        case 64:
            return launchTokenAttention<64, kType>(args, stream);
        case 80:
            return launchTokenAttention<80, kType>(args, stream);
        case 96:
            return launchTokenAttention<96, kType>(args, stream);
        case 128:
            return launchTokenAttention<128, kType>(args, stream);
        default:
            return Status::Unsupported;
    }
}

}  // namespace

int32_t chooseTokenSplits(int32_t selectors, int multiprocessors) {
    // Rounded down: one block more than fits would run alone in a second wave.
    const int32_t splits = selectors > 0 ? multiprocessors / selectors : 1;
    return splits < 1 ? 1 : splits > 64 ? 64 : splits;
}

int64_t tokenAttentionWorkspace(const TokenAttentionArgs& args) {
    const int64_t counters = (int64_t{args.selectors} * 4 + 255) / 256 * 256;
    return counters + int64_t{args.selectors} * args.splits * args.headsPerSelector * (args.kv.headDim + 2) * 4;
}

bool supportsTokenAttention(int32_t headDim, int32_t regionTokens, KvType type, int32_t headsPerSelector) {
    const bool dim = headDim == 64 || headDim == 80 || headDim == 96 || headDim == 128;
    const bool region = regionTokens == 8 || regionTokens == 16 || regionTokens == 32 || regionTokens == 64;
    return dim && region && type != KvType::F32 && headsPerSelector >= 1 && headsPerSelector <= kMaxHeads;
}

CudaStatus tokenAttention(const TokenAttentionArgs& args, cudaStream_t stream) {
    const DeviceKv& kv = args.kv;
    if (!supportsTokenAttention(kv.headDim, kv.regionTokens, kv.type, args.headsPerSelector)) {
        return Status::Unsupported;
    }
    if (args.selectors < 0 || args.selectors > 65535 || args.splits < 1 || args.groupHeads < 1 ||
        args.workspace == nullptr || args.slidingWindow < 0 || (args.regions == nullptr) != (args.counts == nullptr)) {
        return Status::InvalidArgument;
    }
    if (args.selectors == 0) return {};
    switch (kv.type) {
        case KvType::BF16:
            return dispatch<KvType::BF16>(args, stream);
        case KvType::Int8:
            return dispatch<KvType::Int8>(args, stream);
        case KvType::Fp8:
            return dispatch<KvType::Fp8>(args, stream);
        case KvType::Int4:
            return dispatch<KvType::Int4>(args, stream);
        case KvType::F32:
            break;
    }
    return Status::Unsupported;
}

}  // namespace lectern::kernels::cuda
