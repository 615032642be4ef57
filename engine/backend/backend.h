#pragma once
// The device abstraction: memory, weights, K/V storage and a dozen coarse ops. Injected, no singletons. One
// implementation per device kind; a Backend and everything it made is used by one thread at a time.

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/attention/profile.h"
#include "engine/attention/rope_schedule.h"
#include "engine/attention/trace.h"
#include "engine/core/ids.h"
#include "engine/core/result.h"
#include "engine/tensor/tensor.h"

namespace lectern {

class SnapshotFile;
class SnapshotWriter;

enum class DeviceKind { Cpu, Cuda };

struct DeviceInfo {
    DeviceKind kind = DeviceKind::Cpu;
    std::string name;         ///< for people, for instance "CPU (AVX2, 2 threads)"
    int64_t memoryBytes = 0;  ///< total
    int64_t freeBytes = 0;
    int32_t threads = 0;  ///< CPU only
};

/// A weight as the backend wants it (borrowed bytes, repacked, or uploaded). `rows` x `columns`; vectors have rows 1.
class Weight {
  public:
    virtual ~Weight() = default;
    int64_t rows = 0;
    int64_t columns = 0;
    DType type = DType::F32;
};

struct KvStorageSpec {
    int32_t layers = 0;
    int32_t kvHeads = 0;
    int32_t headDim = 0;
    int32_t regionTokens = 0;  ///< p
    KvType type = KvType::BF16;
    int64_t capacityTokens = 0;
    /// Memory of the device for keys, values and summaries together; what exceeds it lies a tier further away: in a
    /// mapped file (CPU), in host memory (CUDA). 0: what is free.
    int64_t memoryBudgetBytes = 0;
    std::string fileFolder;  ///< of that file; empty: the system's folder for large temporary files
};

/// Regions that selections chose from, and how many of them had to be scored.
struct SelectionCounts {
    int64_t candidates = 0;
    int64_t visited = 0;
};

/// Keys, values and region summaries of every layer on the backend's device. Grows by pages; see KvCache for the owner.
class KvStorage {
  public:
    virtual ~KvStorage() = default;
    virtual const KvStorageSpec& spec() const = 0;
    /// Bytes held now.
    virtual int64_t sizeBytes() const = 0;
    /// Forgets tokens from `tokens` on. A region cut open is read back into the tail.
    virtual Result<void> truncate(int64_t tokens) = 0;
    /// Writes everything cached as sections of a snapshot. A backend that cannot says Unsupported.
    virtual Result<void> save(SnapshotWriter& writer) const;
    /// Takes over `tokens` tokens from a snapshot of the same spec; the storage must be empty. Errors: Corrupt.
    virtual Result<void> restore(std::shared_ptr<SnapshotFile> file, int64_t tokens);
    /// Makes pages ready for `tokens` in all; called before the appends of a chunk. Errors: OutOfMemory, DiskFull.
    virtual Result<void> reserve(int64_t tokens) = 0;
    /// Since the storage was made; zeros where the backend does not count.
    virtual SelectionCounts selectionCounts() const { return {}; }
};

/// Attention of the last `tokens` cached tokens of one layer. q is [tokens, H, Dh], rotated; its K/V have been
/// appended.
struct AttentionOp {
    int32_t layer = 0;
    const Tensor* q = nullptr;
    int64_t firstToken = 0;  ///< context index of q's first row; a block boundary in the block-wise modes
    int64_t tokens = 0;
    AttentionMode mode = AttentionMode::Dense;
    const AttentionProfile* profile = nullptr;
    int32_t slidingWindow = 0;                  ///< dense mode of models trained with a window; 0: none
    std::span<const RegionId> excludedRegions;  ///< ascending; MsDecode and Dense decode only
    const RopeSchedule* gatherRope = nullptr;  ///< MsPretrain: cached keys are un-rotated, rotate q and gathered k here
    DocumentTrace* documentTrace = nullptr;    ///< block slots are already open
    AnswerTrace* answerTrace = nullptr;        ///< its last `tokens` steps belong to q's rows
    AnswerTraceLimits traceLimits;
};

/// The weights of a Llama and the shapes that they do not tell, as a device's own forward pass wants them. Borrowed.
struct LlamaView {
    struct Layer {
        const Weight *attentionNorm, *q, *k, *v, *output, *mlpNorm, *gate, *up, *down;
    };
    const Weight* embedding = nullptr;
    const Weight* outputNorm = nullptr;
    const Weight* outputHead = nullptr;
    std::vector<Layer> layers;
    int32_t heads = 0, kvHeads = 0, headDim = 0;
    int32_t slidingWindow = 0;
    float rmsNormEps = 0;
};

/// One token of a context through the whole model, for devices where launching op by op costs more than the ops.
struct TokenStep {
    TokenId token = 0;
    int64_t firstToken = 0;  ///< context index of the token
    AttentionMode mode = AttentionMode::MsDecode;
    const AttentionProfile* profile = nullptr;
    const RopeSchedule* rope = nullptr;
    std::span<const RegionId> excludedRegions;
    AnswerTrace* answerTrace = nullptr;
    AnswerTraceLimits traceLimits;
};

class TokenForward {
  public:
    virtual ~TokenForward() = default;
    /// Appends the token's K/V to every layer and leaves its logits ready. False: this step must go op by op.
    virtual Result<bool> run(KvStorage& storage, const TokenStep& step) = 0;
    /// The logits of the last run, [vocab].
    virtual Result<void> logits(float* host) = 0;
    /// Completes the answer-trace step of the last run, which a device may reduce behind the logits. To be called
    /// before the trace is read or changed other than by a further step behind it.
    virtual Result<void> settleTrace() { return {}; }
};

/// One of several products of the same activations.
struct LinearOutput {
    const Weight* weight = nullptr;
    Tensor* out = nullptr;
};

class Backend {
  public:
    virtual ~Backend() = default;
    virtual DeviceInfo info() const = 0;
    /// Format of the activations between ops; the hidden state (the residual sum) and the logits are f32 everywhere.
    virtual DType activationType() const { return DType::F32; }
    /// Tokens of one prefill chunk: large enough that decoding a weight row is shared by many tokens, small enough that
    /// activations stay in the CPU's last-level cache and Cancel is felt within a second.
    virtual int64_t chunkTokens() const { return 2048; }
    /// Null where single tokens go op by op. `model` stays valid as long as the result.
    virtual Result<std::unique_ptr<TokenForward>> createTokenForward(const LlamaView&) {
        return std::unique_ptr<TokenForward>();
    }

    // Memory. Tensors of one backend are valid on it alone.
    virtual Result<Buffer> allocate(int64_t bytes) = 0;
    virtual Result<void> upload(const void* host, Tensor& target) = 0;
    virtual Result<void> download(const Tensor& source, void* host) = 0;

    // Weights and cache.
    /// `bytes` stay valid as long as the model; a backend may compute straight on them.
    virtual Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                          std::span<const std::byte> bytes) = 0;
    virtual Result<std::unique_ptr<KvStorage>> createKvStorage(const KvStorageSpec& spec) = 0;

    // Ops. x, q, k, v, out are [tokens, features] in the type that their Tensor states; `tokens` = rows in use.
    virtual Result<void> embed(const Weight& table, std::span<const TokenId> tokens, Tensor& out) = 0;
    virtual Result<void> rmsNorm(const Tensor& x, const Weight& weight, float eps, int64_t tokens, Tensor& out) = 0;
    /// out = x * weight^T, or out += with `accumulate` (the residual sum).
    virtual Result<void> linear(const Tensor& x, const Weight& weight, int64_t tokens, bool accumulate,
                                Tensor& out) = 0;
    /// out = x * weight^T of each projection (q, k and v of one x): a backend may share passes over x.
    virtual Result<void> project(const Tensor& x, std::span<const LinearOutput> projections, int64_t tokens) {
        for (const LinearOutput& projection : projections) {
            LECTERN_TRY(linear(x, *projection.weight, tokens, false, *projection.out));
        }
        return {};
    }
    /// gate = silu(x * gateWeight^T) * (x * upWeight^T); what `up` holds afterwards is the backend's affair.
    virtual Result<void> projectGated(const Tensor& x, const Weight& gateWeight, const Weight& upWeight, int64_t tokens,
                                      Tensor& gate, Tensor& up) {
        LECTERN_TRY(linear(x, gateWeight, tokens, false, gate));
        LECTERN_TRY(linear(x, upWeight, tokens, false, up));
        return swiglu(gate, up, tokens);
    }
    /// Rotates x [tokens, heads, Dh] in place for positions firstPosition...
    virtual Result<void> rope(Tensor& x, int32_t heads, const RopeSchedule& schedule, int64_t firstPosition,
                              int64_t tokens) = 0;
    /// Appends k, v [tokens, Hkv, Dh] at context index firstToken (= tokens cached so far in this layer) and updates
    /// summaries.
    virtual Result<void> appendKv(KvStorage& storage, int32_t layer, const Tensor& k, const Tensor& v,
                                  int64_t firstToken, int64_t tokens) = 0;
    virtual Result<void> attend(KvStorage& storage, const AttentionOp& op, Tensor& out) = 0;
    /// gate[i] = silu(gate[i]) * up[i].
    virtual Result<void> swiglu(Tensor& gate, const Tensor& up, int64_t tokens) = 0;
    virtual Result<void> synchronize() = 0;
};

struct BackendOptions {
    std::string device = "auto";  ///< cpu, cuda, auto
    int32_t threads = 0;          ///< 0: one per usable core
};

/// Errors: Unsupported with the reason when cuda was asked for and cannot run.
Result<std::shared_ptr<Backend>> createBackend(const BackendOptions& options);
/// Why the CUDA backend is off on this machine; empty when it can run.
std::string cudaUnavailableReason();

}  // namespace lectern
