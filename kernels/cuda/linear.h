#pragma once
// Products with weight matrices: cuBLASLt for many rows, a fused matrix-vector kernel for one, and the decoders between
// the stored formats.

#include <cublasLt.h>

#include <memory>

#include "kernels/cuda/args.h"
#include "kernels/cuda/memory.h"

namespace lectern::kernels::cuda {

/// Decodes a stored matrix to bf16 [rows, columns], for the products of a prefill chunk.
CudaStatus dequantizeToBf16(const std::byte* weight, DType type, int64_t rows, int64_t columns, Bf16* out,
                            cudaStream_t stream);
/// The same to f32 (norm weights, small vectors).
CudaStatus dequantizeToF32(const std::byte* weight, DType type, int64_t rows, int64_t columns, float* out,
                           cudaStream_t stream);

/// Splits Q8_0 rows, whose 34-byte blocks no wide load can read, into int8 [rows, columns] followed by half scales
/// [rows, columns / 32]; `out` holds splitQ8Bytes().
CudaStatus splitQ8_0(const std::byte* weight, int64_t rows, int64_t columns, std::byte* out, cudaStream_t stream);
/// Decodes what splitQ8_0() wrote.
CudaStatus dequantizeSplitQ8(const std::byte* split, int64_t rows, int64_t columns, Bf16* out, cudaStream_t stream);
constexpr int64_t splitQ8Bytes(int64_t rows, int64_t columns) {
    return rows * columns + rows * (columns / 32) * 2;
}

/// What happens to y = W n(x), n = RMS norm when normWeight is not null.
enum class GemvEpilogue : uint8_t {
    Store,       ///< out[n] = y[n]
    Accumulate,  ///< out[n] += y[n]: the residual sum
    SwiGlu,      ///< W is [2F, K], gate rows first, or gate with up as more[0]: out[f] = silu(y[f]) * y[F + f]
};

/// A further matrix over the same x, in the format and with the columns of the first.
struct GemvPart {
    const std::byte* weight = nullptr;
    int64_t rows = 0;
    float* out = nullptr;  ///< unused with SwiGlu
};

/// One token's product, f32 in and out, bound by reading W once. type: BF16; Q8_0 in the layout of splitQ8_0(); Q4_K
/// and the other block formats as stored. columns: a multiple of 8 (256 for the K formats).
struct GemvArgs {
    const std::byte* weight = nullptr;
    DType type = DType::BF16;
    int64_t rows = 0;
    int64_t columns = 0;
    const float* x = nullptr;
    const float* normWeight = nullptr;
    float eps = 0.0f;
    GemvEpilogue epilogue = GemvEpilogue::Store;
    float* out = nullptr;
    GemvPart more[2];  ///< rows 0: absent; read in one launch, because a launch costs as much as a small matrix
};
CudaStatus gemv(const GemvArgs& args, int multiprocessors, cudaStream_t stream);

/// out [m, n] (+)= alpha * op(x) op(weight)^T with op(x) [m, k] and op(weight) [n, k], bf16 operands, f32 accumulation,
/// out bf16 or f32. "Transposed" operands are stored as [k, m] and [k, n]. Leading dimensions in elements, multiples
/// of 8.
struct MatrixProduct {
    const Bf16* x = nullptr;
    int64_t ldx = 0;
    bool xTransposed = false;
    const Bf16* weight = nullptr;
    int64_t ldw = 0;
    bool weightTransposed = false;
    void* out = nullptr;
    int64_t ldo = 0;
    bool outF32 = false;
    int64_t m = 0;
    int64_t n = 0;
    int64_t k = 0;
    float alpha = 1.0f;
    bool accumulate = false;
};

/// cuBLASLt handle, its workspace and the algorithms chosen so far. Token counts vary from call to call, so one choice
/// serves all counts of a quarter octave. Used by one thread on one stream.
class MatrixProducts {
  public:
    MatrixProducts();
    MatrixProducts(const MatrixProducts&) = delete;
    MatrixProducts& operator=(const MatrixProducts&) = delete;
    ~MatrixProducts();
    /// Allocates the workspace. cublasStatus() tells why it failed.
    CudaStatus open(int64_t workspaceBytes);

    /// Repeatable: the same product gives the same bits.
    CudaStatus multiply(const MatrixProduct& product, cudaStream_t stream);
    /// out [m, n] (+)= x [m, k] * weight [n, k]^T.
    CudaStatus multiply(const Bf16* x, int64_t ldx, const Bf16* weight, int64_t ldw, void* out, int64_t ldo,
                        bool outF32, int64_t m, int64_t n, int64_t k, bool accumulate, cudaStream_t stream);
    cublasStatus_t cublasStatus() const { return m_status; }

  private:
    struct Algorithms;
    cublasStatus_t run(const MatrixProduct& product, bool exact, cudaStream_t stream);

    cublasLtHandle_t m_handle = nullptr;
    cublasStatus_t m_status = CUBLAS_STATUS_SUCCESS;
    DeviceBuffer m_workspace;
    std::unique_ptr<Algorithms> m_algorithms;
};

}  // namespace lectern::kernels::cuda
