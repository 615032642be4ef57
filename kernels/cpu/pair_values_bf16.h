#pragma once
// Weighted sums of values in bfloat16, two keys a product: included inside the target pragma of attention_bf16.cpp.

#include <cstring>

#include "kernels/cpu/panel_softmax_bf16.h"

namespace lectern::kernels::cpu {
namespace {

class PairValues {
  public:
    using Tiles = void;
    static constexpr int64_t kPadding = kTileRows;  ///< keys come in multiples of this

    explicit PairValues(int64_t dim) : m_dim(dim) {}

    static int64_t bytesNeeded(int64_t dim, int64_t tileKeys) { return tileKeys * (4 * dim + 2 * kPanelRows); }

    /// Working memory, aligned to 64 bytes.
    void place(std::byte* at, int64_t tileKeys) {
        m_rows = reinterpret_cast<uint16_t*>(at);
        m_pairs = reinterpret_cast<Pair*>(m_rows + tileKeys * m_dim);
        m_weights = m_pairs + tileKeys / 2 * m_dim;
    }

    /// Takes tokens of one region as the tile's keys from `key` on.
    void stage(const KvRowsBf16& cached, int64_t token, int64_t count, int64_t key) {
        cached.stage(false, token, count, m_rows + key * m_dim);
    }

    /// Makes the tile's first `count` keys, followed by empty ones up to `padded`, ready for accumulate().
    void pack(int64_t count, int64_t padded) {
        std::memset(m_rows + count * m_dim, 0, static_cast<size_t>((padded - count) * m_dim) * 2);
        pairRows(m_rows, padded, m_dim, m_pairs);
    }

    void weigh(const float* scores, const float*, int64_t keys, const PanelSoftmax& softmax, float* sums) {
        weighPairs<false>(scores, nullptr, keys, softmax, sums, m_weights);
    }

    /// out [Dh, 32] = out * factor + values^T * weights.
    void accumulate(float* to, int64_t keys, const __m512 (&factor)[2]) const {
        for (int64_t d = 0; d < m_dim; d += kTileRows) {
            float* out = to + d * kPanelRows;
            __m512 acc[kTileRows][2];
#pragma GCC unroll 8
            for (int i = 0; i < kTileRows; ++i) {
                acc[i][0] = _mm512_mul_ps(_mm512_load_ps(out + i * kPanelRows), factor[0]);
                acc[i][1] = _mm512_mul_ps(_mm512_load_ps(out + i * kPanelRows + kLanes), factor[1]);
            }
            const Pair* weights = m_weights;
            const Pair* values = m_pairs + d;
            for (int64_t j = 0; j < keys; j += 2, weights += kPanelRows, values += m_dim) {
                const __m512bh b0 = asBf16(_mm512_load_si512(weights));
                const __m512bh b1 = asBf16(_mm512_load_si512(weights + kLanes));
#pragma GCC unroll 8
                for (int i = 0; i < kTileRows; ++i) {
                    const __m512bh a = asBf16(_mm512_set1_epi32(static_cast<int>(values[i])));
                    acc[i][0] = addDot2(acc[i][0], a, b0);
                    acc[i][1] = addDot2(acc[i][1], a, b1);
                }
            }
#pragma GCC unroll 8
            for (int i = 0; i < kTileRows; ++i) {
                _mm512_store_ps(out + i * kPanelRows, acc[i][0]);
                _mm512_store_ps(out + i * kPanelRows + kLanes, acc[i][1]);
            }
        }
    }

  private:
    const int64_t m_dim;
    uint16_t* m_rows = nullptr;
    Pair *m_pairs = nullptr, *m_weights = nullptr;
};

}  // namespace
}  // namespace lectern::kernels::cpu
