#include <memory>

#include "kernels/cuda/linear.h"

namespace lectern::kernels::cuda {

/// One chosen algorithm; a singly linked list is enough for the two dozen shapes of a model.
struct MatrixProducts::Plan {
    MatrixProduct product;  ///< shape and strides alone
    cublasLtMatmulDesc_t operation = nullptr;
    cublasLtMatrixLayout_t weight = nullptr, x = nullptr, out = nullptr;
    cublasLtMatmulAlgo_t algorithm{};
    std::unique_ptr<Plan> next;

    ~Plan() {
        if (operation != nullptr) (void)cublasLtMatmulDescDestroy(operation);
        for (cublasLtMatrixLayout_t layout : {weight, x, out}) {
            if (layout != nullptr) (void)cublasLtMatrixLayoutDestroy(layout);
        }
    }
};

MatrixProducts::~MatrixProducts() {
    for (std::unique_ptr<Plan> plan(m_plans); plan;) plan = std::move(plan->next);
    if (m_handle != nullptr) (void)cublasLtDestroy(m_handle);
}

CudaStatus MatrixProducts::open(int64_t workspaceBytes) {
    LECTERN_CUDA_TRY(DeviceBuffer::create(workspaceBytes, &m_workspace));
    m_status = cublasLtCreate(&m_handle);
    return m_status == CUBLAS_STATUS_SUCCESS ? CudaStatus() : CudaStatus(Status::Unsupported);
}

MatrixProducts::Plan* MatrixProducts::find(const MatrixProduct& p) {
    for (Plan* plan = m_plans; plan != nullptr; plan = plan->next.get()) {
        const MatrixProduct& known = plan->product;
        if (known.m == p.m && known.n == p.n && known.k == p.k && known.outF32 == p.outF32 && known.ldx == p.ldx &&
            known.ldw == p.ldw && known.ldo == p.ldo && known.xTransposed == p.xTransposed &&
            known.weightTransposed == p.weightTransposed) {
            return plan;
        }
    }
    auto plan = std::make_unique<Plan>();
    plan->product = p;
    const auto tried = [&](cublasStatus_t status) {
        m_status = status;
        return status == CUBLAS_STATUS_SUCCESS;
    };
    // cuBLAS is column-major: out^T [n, m] = op(weight) [n, k] * op(x)^T [k, m], and a matrix stored by rows is its own
    // transpose.
    const cublasOperation_t weightOp = p.weightTransposed ? CUBLAS_OP_N : CUBLAS_OP_T;
    const cublasOperation_t xOp = p.xTransposed ? CUBLAS_OP_T : CUBLAS_OP_N;
    const auto layout = [&](cublasLtMatrixLayout_t* to, cudaDataType type, int64_t rows, int64_t columns, int64_t ld) {
        return tried(
            cublasLtMatrixLayoutCreate(to, type, static_cast<uint64_t>(rows), static_cast<uint64_t>(columns), ld));
    };
    cublasLtMatmulPreference_t preference = nullptr;
    const size_t workspace = static_cast<size_t>(m_workspace.sizeBytes());
    // Split products are summed in f32, in an order that does not vary.
    const uint32_t reductions = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
    cublasLtMatmulHeuristicResult_t result{};
    int found = 0;
    const bool ok =
        tried(cublasLtMatmulDescCreate(&plan->operation, CUBLAS_COMPUTE_32F, CUDA_R_32F)) &&
        tried(
            cublasLtMatmulDescSetAttribute(plan->operation, CUBLASLT_MATMUL_DESC_TRANSA, &weightOp, sizeof weightOp)) &&
        tried(cublasLtMatmulDescSetAttribute(plan->operation, CUBLASLT_MATMUL_DESC_TRANSB, &xOp, sizeof xOp)) &&
        layout(&plan->weight, CUDA_R_16BF, p.weightTransposed ? p.n : p.k, p.weightTransposed ? p.k : p.n, p.ldw) &&
        layout(&plan->x, CUDA_R_16BF, p.xTransposed ? p.m : p.k, p.xTransposed ? p.k : p.m, p.ldx) &&
        layout(&plan->out, p.outF32 ? CUDA_R_32F : CUDA_R_16BF, p.n, p.m, p.ldo) &&
        tried(cublasLtMatmulPreferenceCreate(&preference)) &&
        tried(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace,
                                                   sizeof workspace)) &&
        tried(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, &reductions,
                                                   sizeof reductions)) &&
        tried(cublasLtMatmulAlgoGetHeuristic(m_handle, plan->operation, plan->weight, plan->x, plan->out, plan->out,
                                             preference, 1, &result, &found));
    if (preference != nullptr) (void)cublasLtMatmulPreferenceDestroy(preference);
    if (!ok || found == 0) return nullptr;
    plan->algorithm = result.algo;
    plan->next.reset(m_plans);
    m_plans = plan.release();
    return m_plans;
}

CudaStatus MatrixProducts::multiply(const MatrixProduct& p, cudaStream_t stream) {
    if (p.m < 0 || p.n <= 0 || p.k <= 0 || p.ldx < (p.xTransposed ? p.m : p.k) ||
        p.ldw < (p.weightTransposed ? p.n : p.k) || p.ldo < p.n) {
        return Status::InvalidArgument;
    }
    if (p.m == 0) return {};
    const Plan* plan = find(p);
    if (plan == nullptr) return Status::Unsupported;
    const float beta = p.accumulate ? 1.0f : 0.0f;
    m_status = cublasLtMatmul(m_handle, plan->operation, &p.alpha, p.weight, plan->weight, p.x, plan->x, &beta, p.out,
                              plan->out, p.out, plan->out, &plan->algorithm, m_workspace.data(),
                              static_cast<size_t>(m_workspace.sizeBytes()), stream);
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
