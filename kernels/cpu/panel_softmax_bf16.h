#pragma once
// What the weighted sums of attention_bf16.cpp share about a panel's softmax: included inside its target pragma.

#include "kernels/cpu/query_panels_bf16.h"

namespace lectern::kernels::cpu {
namespace {

/// 2^x: floor split, degree-4 polynomial (3.5e-6 relative, far below the bf16 rounding that follows); 0 below 2^-149.
inline __m512 exp2Fast(__m512 x) {
    const __m512 f = _mm512_reduce_ps(x, 0x09);
    __m512 y = _mm512_fmadd_ps(_mm512_set1_ps(0x1.bff2dep-7f), f, _mm512_set1_ps(0x1.a7e52p-5f));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(0x1.eece44p-3f));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(0x1.62cd58p-1f));
    y = _mm512_fmadd_ps(y, f, _mm512_set1_ps(0x1.00003ap+0f));
    return _mm512_scalef_ps(y, x);
}

/// What a panel's scores are weighed with: rows [half * 16, + 16) each.
struct PanelSoftmax {
    __m512 unit[2];    ///< scores times this are base-2 logarithms
    __m512 most[2];    ///< largest score so far
    __m512 factor[2];  ///< what sums and outputs under the former maximum are to be multiplied by
};

/// weights [keys / 2, 32 pairs] = 2^(score - maximum) in bfloat16, times what `factors` says of a key; sums are taken
/// before either.
template <bool Factors>
inline void weighPairs(const float* scores, const float* factors, int64_t keys, const PanelSoftmax& softmax,
                       float* sums, Pair* weights) {
    alignas(64) uint16_t order[2 * kLanes];
    for (uint16_t lane = 0; lane < kLanes; ++lane) {
        order[2 * lane] = lane;
        order[2 * lane + 1] = static_cast<uint16_t>(kLanes + lane);
    }
    const __m512i interleave = _mm512_load_si512(order);
    for (int half = 0; half < 2; ++half) {
        const __m512 unit = softmax.unit[half], most = softmax.most[half];
        __m512 even = _mm512_mul_ps(_mm512_load_ps(sums + half * kLanes), softmax.factor[half]);
        __m512 odd = _mm512_setzero_ps();
        for (int64_t j = 0; j < keys; j += 2) {
            const float* score = scores + j * kPanelRows + half * kLanes;
            __m512 a = exp2Fast(_mm512_mul_ps(_mm512_sub_ps(_mm512_load_ps(score), most), unit));
            __m512 b = exp2Fast(_mm512_mul_ps(_mm512_sub_ps(_mm512_load_ps(score + kPanelRows), most), unit));
            even = _mm512_add_ps(even, a);
            odd = _mm512_add_ps(odd, b);
            if constexpr (Factors) {
                a = _mm512_mul_ps(a, _mm512_set1_ps(factors[j]));
                b = _mm512_mul_ps(b, _mm512_set1_ps(factors[j + 1]));
            }
            const auto both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(b, a));
            _mm512_store_si512(weights + j / 2 * kPanelRows + half * kLanes,
                               _mm512_permutexvar_epi16(interleave, both));
        }
        _mm512_store_ps(sums + half * kLanes, _mm512_add_ps(even, odd));
    }
}

/// pairs [rows / 2, dim] of two consecutive rows' values each, from rows [rows, dim].
inline void pairRows(const uint16_t* from, int64_t rows, int64_t dim, Pair* pairs) {
    for (int64_t j = 0; j < rows; j += 2) {
        const uint16_t* low = from + j * dim;
        for (int64_t d = 0; d < dim; d += 8) {
            const __m256i a = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(low + d)));
            const __m256i b = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(low + dim + d)));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs + j / 2 * dim + d),
                                _mm256_or_si256(a, _mm256_slli_epi32(b, 16)));
        }
    }
}

}  // namespace
}  // namespace lectern::kernels::cpu
