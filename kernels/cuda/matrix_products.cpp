#include <memory>

#include "kernels/cuda/linear.h"

namespace lectern::kernels::cuda {

/// One chosen algorithm; a singly linked list is enough for the two dozen shapes of a model.
struct MatrixProducts::Plan {
    int64_t ldx, ldw, ldo, m, n, k;
    bool outF32;
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

MatrixProducts::Plan* MatrixProducts::find(int64_t ldx, int64_t ldw, int64_t ldo, bool outF32, int64_t m, int64_t n,
                                           int64_t k) {
    for (Plan* plan = m_plans; plan != nullptr; plan = plan->next.get()) {
        if (plan->m == m && plan->n == n && plan->k == k && plan->outF32 == outF32 && plan->ldx == ldx &&
            plan->ldw == ldw && plan->ldo == ldo) {
            return plan;
        }
    }
    auto plan = std::make_unique<Plan>();
    plan->ldx = ldx, plan->ldw = ldw, plan->ldo = ldo;
    plan->m = m, plan->n = n, plan->k = k;
    plan->outF32 = outF32;
    const auto tried = [&](cublasStatus_t status) {
        m_status = status;
        return status == CUBLAS_STATUS_SUCCESS;
    };
    // cuBLAS is column-major: out^T [n, m] = weight [n, k] * x^T [k, m].
    const cublasOperation_t transposed = CUBLAS_OP_T;
    const auto u = [](int64_t value) { return static_cast<uint64_t>(value); };
    cublasLtMatmulPreference_t preference = nullptr;
    const size_t workspace = static_cast<size_t>(m_workspace.sizeBytes());
    cublasLtMatmulHeuristicResult_t result{};
    int found = 0;
    const bool ok = tried(cublasLtMatmulDescCreate(&plan->operation, CUBLAS_COMPUTE_32F, CUDA_R_32F)) &&
                    tried(cublasLtMatmulDescSetAttribute(plan->operation, CUBLASLT_MATMUL_DESC_TRANSA, &transposed,
                                                         sizeof transposed)) &&
                    tried(cublasLtMatrixLayoutCreate(&plan->weight, CUDA_R_16BF, u(k), u(n), ldw)) &&
                    tried(cublasLtMatrixLayoutCreate(&plan->x, CUDA_R_16BF, u(k), u(m), ldx)) &&
                    tried(cublasLtMatrixLayoutCreate(&plan->out, outF32 ? CUDA_R_32F : CUDA_R_16BF, u(n), u(m), ldo)) &&
                    tried(cublasLtMatmulPreferenceCreate(&preference)) &&
                    tried(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                                               &workspace, sizeof workspace)) &&
                    tried(cublasLtMatmulAlgoGetHeuristic(m_handle, plan->operation, plan->weight, plan->x, plan->out,
                                                         plan->out, preference, 1, &result, &found));
    if (preference != nullptr) (void)cublasLtMatmulPreferenceDestroy(preference);
    if (!ok || found == 0) return nullptr;
    plan->algorithm = result.algo;
    plan->next.reset(m_plans);
    m_plans = plan.release();
    return m_plans;
}

CudaStatus MatrixProducts::multiply(const Bf16* x, int64_t ldx, const Bf16* weight, int64_t ldw, void* out, int64_t ldo,
                                    bool outF32, int64_t m, int64_t n, int64_t k, bool accumulate,
                                    cudaStream_t stream) {
    if (m < 0 || n <= 0 || k <= 0 || ldx < k || ldw < k || ldo < n) return Status::InvalidArgument;
    if (m == 0) return {};
    const Plan* plan = find(ldx, ldw, ldo, outF32, m, n, k);
    if (plan == nullptr) return Status::Unsupported;
    const float one = 1.0f, beta = accumulate ? 1.0f : 0.0f;
    m_status = cublasLtMatmul(m_handle, plan->operation, &one, weight, plan->weight, x, plan->x, &beta, out, plan->out,
                              out, plan->out, &plan->algorithm, m_workspace.data(),
                              static_cast<size_t>(m_workspace.sizeBytes()), stream);
    if (m_status == CUBLAS_STATUS_SUCCESS) return {};
    const CudaStatus launch = launchStatus();
    return launch.ok() ? CudaStatus(Status::Unsupported) : launch;
}

}  // namespace lectern::kernels::cuda
