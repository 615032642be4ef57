#include <array>
#include <map>

#include "kernels/cuda/linear.h"

namespace lectern::kernels::cuda {
namespace {

/// Rounded up so that every octave has four sizes.
int64_t bucketOf(int64_t tokens) {
    int64_t step = 1;
    while (tokens >= 8 * step) step *= 2;
    return divideUp(tokens, step) * step;
}

/// The same product with its token count, which is m or, where x is transposed, k, rounded up.
MatrixProduct rounded(MatrixProduct product) {
    int64_t& tokens = product.xTransposed ? product.k : product.m;
    tokens = bucketOf(tokens);
    return product;
}

/// cuBLASLt's description of one product; on the stack, since it is made for every call.
struct Description {
    cublasLtMatmulDescOpaque_t operation{};
    cublasLtMatrixLayoutOpaque_t weight{}, x{}, out{};

    cublasStatus_t describe(const MatrixProduct& p) {
        // cuBLAS is column-major: out^T [n, m] = op(weight) [n, k] * op(x)^T [k, m], and a matrix stored by rows is its
        // own transpose.
        const cublasOperation_t weightOp = p.weightTransposed ? CUBLAS_OP_N : CUBLAS_OP_T;
        const cublasOperation_t xOp = p.xTransposed ? CUBLAS_OP_T : CUBLAS_OP_N;
        const auto layout = [](cublasLtMatrixLayoutOpaque_t* to, cudaDataType type, int64_t rows, int64_t columns,
                               int64_t ld) {
            return cublasLtMatrixLayoutInit(to, type, static_cast<uint64_t>(rows), static_cast<uint64_t>(columns), ld);
        };
        const cudaDataType outType = p.outF32 ? CUDA_R_32F : CUDA_R_16BF;
        for (const cublasStatus_t status :
             {cublasLtMatmulDescInit(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F),
              cublasLtMatmulDescSetAttribute(&operation, CUBLASLT_MATMUL_DESC_TRANSA, &weightOp, sizeof weightOp),
              cublasLtMatmulDescSetAttribute(&operation, CUBLASLT_MATMUL_DESC_TRANSB, &xOp, sizeof xOp),
              layout(&weight, CUDA_R_16BF, p.weightTransposed ? p.n : p.k, p.weightTransposed ? p.k : p.n, p.ldw),
              layout(&x, CUDA_R_16BF, p.xTransposed ? p.m : p.k, p.xTransposed ? p.k : p.m, p.ldx),
              layout(&out, outType, p.n, p.m, p.ldo)}) {
            if (status != CUBLAS_STATUS_SUCCESS) return status;
        }
        return CUBLAS_STATUS_SUCCESS;
    }
};

}  // namespace

struct MatrixProducts::Algorithms {
    using Key = std::array<int64_t, 7>;
    std::map<Key, cublasLtMatmulAlgo_t> byShape;

    static Key keyOf(const MatrixProduct& p) {
        return {p.m,
                p.n,
                p.k,
                p.ldx,
                p.ldw,
                p.ldo,
                (p.outF32 ? 1 : 0) + (p.xTransposed ? 2 : 0) + (p.weightTransposed ? 4 : 0)};
    }
};

MatrixProducts::MatrixProducts() : m_algorithms(std::make_unique<Algorithms>()) {}

MatrixProducts::~MatrixProducts() {
    if (m_handle != nullptr) (void)cublasLtDestroy(m_handle);
}

CudaStatus MatrixProducts::open(int64_t workspaceBytes) {
    LECTERN_CUDA_TRY(DeviceBuffer::create(workspaceBytes, &m_workspace));
    m_status = cublasLtCreate(&m_handle);
    return m_status == CUBLAS_STATUS_SUCCESS ? CudaStatus() : CudaStatus(Status::Unsupported);
}

/// Runs the product with the algorithm that the heuristic names for its own shape, or for that of its bucket.
cublasStatus_t MatrixProducts::run(const MatrixProduct& p, bool exact, cudaStream_t stream) {
    const MatrixProduct shape = exact ? p : rounded(p);
    const auto key = Algorithms::keyOf(shape);
    auto known = m_algorithms->byShape.find(key);
    if (known == m_algorithms->byShape.end()) {
        Description asked;
        if (const cublasStatus_t status = asked.describe(shape); status != CUBLAS_STATUS_SUCCESS) return status;
        cublasLtMatmulPreferenceOpaque_t preference{};
        const size_t workspace = static_cast<size_t>(m_workspace.sizeBytes());
        // Split products are summed in f32, in an order that does not vary.
        const uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
        cublasLtMatmulHeuristicResult_t result{};
        int found = 0;
        for (const cublasStatus_t status :
             {cublasLtMatmulPreferenceInit(&preference),
              cublasLtMatmulPreferenceSetAttribute(&preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace,
                                                   sizeof workspace),
              cublasLtMatmulPreferenceSetAttribute(&preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &reductions,
                                                   sizeof reductions),
              cublasLtMatmulAlgoGetHeuristic(m_handle, &asked.operation, &asked.weight, &asked.x, &asked.out,
                                             &asked.out, &preference, 1, &result, &found)}) {
            if (status != CUBLAS_STATUS_SUCCESS) return status;
        }
        if (found == 0) return CUBLAS_STATUS_NOT_SUPPORTED;
        known = m_algorithms->byShape.emplace(key, result.algo).first;
    }
    Description description;
    if (const cublasStatus_t status = description.describe(p); status != CUBLAS_STATUS_SUCCESS) return status;
    const float beta = p.accumulate ? 1.0f : 0.0f;
    return cublasLtMatmul(m_handle, &description.operation, &p.alpha, p.weight, &description.weight, p.x,
                          &description.x, &beta, p.out, &description.out, p.out, &description.out, &known->second,
                          m_workspace.data(), static_cast<size_t>(m_workspace.sizeBytes()), stream);
}

CudaStatus MatrixProducts::multiply(const MatrixProduct& p, cudaStream_t stream) {
    if (p.m < 0 || p.n <= 0 || p.k <= 0 || p.ldx < (p.xTransposed ? p.m : p.k) ||
        p.ldw < (p.weightTransposed ? p.n : p.k) || p.ldo < p.n) {
        return Status::InvalidArgument;
    }
    if (p.m == 0) return {};
    m_status = run(p, false, stream);
    // The bucket's algorithm may not take the exact shape.
    if (m_status == CUBLAS_STATUS_NOT_SUPPORTED || m_status == CUBLAS_STATUS_INVALID_VALUE) {
        m_status = run(p, true, stream);
    }
    if (m_status == CUBLAS_STATUS_SUCCESS) return {};
    const CudaStatus launch = launchStatus();
    return launch.ok() ? CudaStatus(Status::Unsupported) : launch;
}

CudaStatus MatrixProducts::multiply(const Bf16* x, int64_t ldx, const Bf16* weight, int64_t ldw, void* out, int64_t ldo,
                                    bool outF32, int64_t m, int64_t n, int64_t k, bool accumulate,
                                    cudaStream_t stream) {
    MatrixProduct product;
    product.x = x;
    product.ldx = ldx;
    product.weight = weight;
    product.ldw = ldw;
    product.out = out;
    product.ldo = ldo;
    product.outF32 = outF32;
    product.m = m;
    product.n = n;
    product.k = k;
    product.accumulate = accumulate;
    return multiply(product, stream);
}

}  // namespace lectern::kernels::cuda
