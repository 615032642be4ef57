#include "engine/formats/rotary_order.h"

#include <cstring>

#include "engine/core/check.h"

namespace lectern {

namespace {

/// Moves row `from(i)` of each head to row `to(i)`, where the pair runs over (interleaved, half-split) positions.
template <bool kToHalfSplit>
void reorder(const TensorData& tensor, int64_t headDim, std::span<std::byte> target) {
    const int64_t rows = tensor.shape[0];
    LECTERN_CHECK(headDim % 2 == 0 && rows % headDim == 0 && target.size() == tensor.bytes.size());
    const auto rowBytes = static_cast<int64_t>(tensor.bytes.size()) / rows;
    for (int64_t head = 0; head < rows / headDim; ++head) {
        for (int64_t pair = 0; pair < headDim / 2; ++pair) {
            for (int64_t member = 0; member < 2; ++member) {
                const int64_t interleaved = head * headDim + 2 * pair + member;
                const int64_t halfSplit = head * headDim + member * (headDim / 2) + pair;
                const int64_t from = kToHalfSplit ? interleaved : halfSplit;
                const int64_t to = kToHalfSplit ? halfSplit : interleaved;
                std::memcpy(target.data() + to * rowBytes, tensor.bytes.data() + from * rowBytes,
                            static_cast<size_t>(rowBytes));
            }
        }
    }
}

}  // namespace

void interleavedToHalfSplit(const TensorData& tensor, int64_t headDim, std::span<std::byte> target) {
    reorder<true>(tensor, headDim, target);
}

void halfSplitToInterleaved(const TensorData& tensor, int64_t headDim, std::span<std::byte> target) {
    reorder<false>(tensor, headDim, target);
}

}  // namespace lectern
