#pragma once
// A training backend in double over the reference kernels: what finite differences check LlamaTrainer with.

#include <cmath>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "engine/train/cpu_train_backend.h"
#include "engine/train/cpu_train_plan.h"
#include "engine/train/train_model.h"
#include "kernels/reference/backward.h"

namespace lectern::test {

namespace ref = kernels::reference;

/// Plans are chosen by the CPU backend and, from the second pass on, replayed: a difference quotient must not cross
/// from one choice to another.
class ReferenceTrainBackend final : public TrainBackend {
  public:
    /// Forgets the recorded choices, or starts to replay them.
    void recordPlans() { m_plans.clear(), m_replaying = false; }
    void replayPlans() { m_next = 0, m_replaying = true; }

    DeviceInfo info() const override { return {}; }
    int64_t heldBytes() const override { return 0; }
    int64_t peakBytes() const override { return 0; }

    Result<TrainTensor> allocate(TensorUse use, int64_t rows, int64_t columns) override {
        TrainTensor tensor;
        tensor.rows = rows;
        tensor.columns = columns;
        tensor.elementBytes = 8;
        tensor.use = use;
        tensor.buffer = Buffer(new double[static_cast<size_t>(rows * columns + 1)](), rows* columns * 8,
                               [](void* data, void*) { delete[] static_cast<double*>(data); });
        return tensor;
    }
    Result<void> zero(TrainTensor& t) override {
        std::fill_n(t.as<double>(), t.size(), 0.0);
        return {};
    }
    Result<void> copy(const TrainTensor& from, TrainTensor& to) override {
        std::copy_n(from.as<double>(), from.size(), to.as<double>());
        return {};
    }
    Result<void> upload(std::span<const float> host, TrainTensor& t) override {
        std::copy(host.begin(), host.end(), t.as<double>());
        return {};
    }
    Result<void> download(const TrainTensor& t, std::span<float> host) override {
        for (size_t i = 0; i < host.size(); ++i) {
            host[i] = static_cast<float>(t.as<double>()[i]);
        }
        return {};
    }
    Result<std::unique_ptr<Weight>> prepareWeight(DType type, int64_t rows, int64_t columns,
                                                  std::span<const std::byte> bytes) override {
        auto weight = std::make_unique<DoubleWeight>();
        weight->rows = rows;
        weight->columns = columns;
        const std::vector<float> decoded = decodeTensor({type, {rows, columns}, bytes});
        weight->values.assign(decoded.begin(), decoded.end());
        return std::unique_ptr<Weight>(std::move(weight));
    }

    Result<void> embed(const MatrixRef& table, std::span<const TokenId> tokens, TrainTensor& out) override {
        for (size_t i = 0; i < tokens.size(); ++i) {
            std::copy_n(of(table) + tokens[i] * out.columns, out.columns,
                        out.as<double>() + static_cast<int64_t>(i) * out.columns);
        }
        return {};
    }
    Result<void> embedBackward(const TrainTensor& dOut, std::span<const TokenId> tokens, TrainTensor& dTable) override {
        ref::embeddingBackward(dOut.as<double>(), tokens.data(), static_cast<int64_t>(tokens.size()), dTable.columns,
                               dTable.as<double>());
        return {};
    }
    Result<void> gatherRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) override {
        for (size_t i = 0; i < rows.size(); ++i) {
            std::copy_n(from.as<double>() + rows[i] * from.columns, from.columns,
                        to.as<double>() + static_cast<int64_t>(i) * from.columns);
        }
        return {};
    }
    Result<void> scatterRows(const TrainTensor& from, std::span<const int64_t> rows, TrainTensor& to) override {
        for (size_t i = 0; i < rows.size(); ++i) {
            std::copy_n(from.as<double>() + static_cast<int64_t>(i) * from.columns, from.columns,
                        to.as<double>() + rows[i] * from.columns);
        }
        return {};
    }

    Result<void> linear(const TrainTensor& x, const MatrixRef& w, int64_t tokens, double alpha, bool accumulate,
                        TrainTensor& y) override {
        ref::trainLinear(x.as<double>(), of(w), tokens, w.rows(), w.columns(), alpha, accumulate, y.as<double>());
        return {};
    }
    Result<void> linearBackwardInput(const TrainTensor& dY, const MatrixRef& w, int64_t tokens, double alpha,
                                     bool accumulate, TrainTensor& dX) override {
        ref::linearBackwardInput(dY.as<double>(), of(w), tokens, w.rows(), w.columns(), alpha, accumulate,
                                 dX.as<double>());
        return {};
    }
    Result<void> linearBackwardWeight(const TrainTensor& dY, const TrainTensor& x, int64_t tokens, double alpha,
                                      TrainTensor& dW) override {
        ref::linearBackwardWeight(dY.as<double>(), x.as<double>(), tokens, dW.rows, dW.columns, alpha, dW.as<double>());
        return {};
    }

    Result<void> rmsNorm(const TrainTensor& x, const TrainTensor& w, float eps, int64_t tokens,
                         TrainTensor& out) override {
        ref::trainRmsNorm(x.as<double>(), w.as<double>(), static_cast<double>(eps), tokens, w.columns,
                          out.as<double>());
        return {};
    }
    Result<void> rmsNormBackward(const TrainTensor& x, const TrainTensor& w, float eps, const TrainTensor& dOut,
                                 int64_t tokens, TrainTensor& dX, TrainTensor* dWeight) override {
        ref::rmsNormBackward(x.as<double>(), w.as<double>(), static_cast<double>(eps), dOut.as<double>(), tokens,
                             w.columns, dX.as<double>(), dWeight ? dWeight->as<double>() : nullptr);
        return {};
    }
    Result<void> ropeTables(const RopeSchedule& schedule, std::span<const int64_t> positions, TrainTensor& cos,
                            TrainTensor& sin) override {
        const auto half = static_cast<size_t>(cos.columns);
        for (size_t t = 0; t < positions.size(); ++t) {
            for (size_t i = 0; i < half; ++i) {
                const double angle = static_cast<double>(positions[t]) * schedule.inverseFrequencies()[i];
                cos.as<double>()[t * half + i] = std::cos(angle) * schedule.magnitude();
                sin.as<double>()[t * half + i] = std::sin(angle) * schedule.magnitude();
            }
        }
        return {};
    }
    Result<void> rope(TrainTensor& x, int32_t heads, const TrainTensor& cos, const TrainTensor& sin, int64_t tokens,
                      bool inverse) override {
        ref::trainRope(x.as<double>(), cos.as<double>(), sin.as<double>(), tokens, heads,
                       static_cast<int32_t>(cos.columns * 2), inverse);
        return {};
    }
    Result<void> swiglu(const TrainTensor& gate, const TrainTensor& up, int64_t tokens, TrainTensor& out) override {
        ref::trainSwiglu(gate.as<double>(), up.as<double>(), tokens * gate.columns, out.as<double>());
        return {};
    }
    Result<void> swigluBackward(const TrainTensor& gate, const TrainTensor& up, const TrainTensor& dOut, int64_t tokens,
                                TrainTensor& dGate, TrainTensor& dUp) override {
        ref::swigluBackward(gate.as<double>(), up.as<double>(), dOut.as<double>(), tokens * gate.columns,
                            dGate.as<double>(), dUp.as<double>());
        return {};
    }
    Result<void> dropout(const TrainTensor& x, int64_t tokens, uint64_t seed, double rate, bool accumulate,
                         TrainTensor& out) override {
        ref::dropout(x.as<double>(), tokens * x.columns, seed, rate, accumulate, out.as<double>());
        return {};
    }

    Result<std::unique_ptr<TrainAttentionPlan>> planAttention(const TrainAttentionSpec& spec, const TrainTensor& q,
                                                              const TrainTensor& k) override {
        if (m_replaying) {
            return std::unique_ptr<TrainAttentionPlan>(
                std::make_unique<CpuTrainPlan>(m_plans[m_next++ % m_plans.size()]));
        }
        CpuTrainBackend cpu(1);
        const auto narrow = [&](const TrainTensor& from) {
            TrainTensor to = std::move(*cpu.allocate(from.use, from.rows, from.columns));
            std::copy_n(from.as<double>(), from.size(), to.as<float>());
            return to;
        };
        LECTERN_ASSIGN(std::unique_ptr<TrainAttentionPlan> plan, cpu.planAttention(spec, narrow(q), narrow(k)));
        m_plans.push_back(static_cast<const CpuTrainPlan&>(*plan));
        return plan;
    }
    Result<void> attention(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                           const TrainTensor& k, const TrainTensor& v, TrainTensor& out, TrainTensor& lse) override {
        return overBlocks(spec, plan, q, k, v, out, lse,
                          [](auto& args, int64_t, int64_t) { return ref::trainAttention(args); });
    }
    Result<void> attentionBackward(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                                   const TrainTensor& k, const TrainTensor& v, const TrainTensor& out,
                                   const TrainTensor& lse, const TrainTensor& dOut, TrainTensor& dQ, TrainTensor& dK,
                                   TrainTensor& dV) override {
        (void)zero(dK);
        (void)zero(dV);
        return overBlocks(spec, plan, q, k, v, out, lse, [&](auto& args, int64_t qOffset, int64_t kvOffset) {
            args.dOut = dOut.as<double>() + qOffset;
            args.dQ = dQ.as<double>() + qOffset;
            args.dK = dK.as<double>() + kvOffset;
            args.dV = dV.as<double>() + kvOffset;
            args.dKvStride = args.kvStride;
            return ref::trainAttentionBackward(args);
        });
    }

    Result<double> crossEntropyInPlace(TrainTensor& logits, std::span<const TokenId> targets, double scale) override {
        return ref::crossEntropyInPlace(logits.as<double>(), targets.data(), static_cast<int64_t>(targets.size()),
                                        logits.columns, scale);
    }
    Result<double> sumOfSquares(std::span<const TrainTensor* const> tensors) override {
        double sum = 0;
        for (const TrainTensor* x : tensors) {
            for (int64_t i = 0; i < x->size(); ++i) {
                sum += x->as<double>()[i] * x->as<double>()[i];
            }
        }
        return sum;
    }
    Result<void> adamW(TrainTensor& value, const TrainTensor& gradient, TrainTensor& m, TrainTensor& v,
                       const kernels::AdamWArgs& args) override {
        ref::adamW(value.as<double>(), gradient.as<double>(), m.as<double>(), v.as<double>(), value.size(), args);
        return {};
    }
    Result<void> muon(TrainTensor& value, const TrainTensor& gradient, TrainTensor& momentum,
                      const MuonArgs& args) override {
        std::vector<double> direction(static_cast<size_t>(value.size()));
        for (size_t i = 0; i < direction.size(); ++i) {
            const double g = gradient.as<double>()[i] * args.gradientScale;
            double& held = momentum.as<double>()[i];
            held = args.momentum * held + g;
            direction[i] = g + args.momentum * held;
        }
        ref::orthogonalize(direction.data(), value.rows, value.columns);
        const double step =
            args.learningRate * 0.2 * std::sqrt(static_cast<double>(std::max(value.rows, value.columns)));
        for (size_t i = 0; i < direction.size(); ++i) {
            double& x = value.as<double>()[i];
            x = x * (1 - args.learningRate * args.weightDecay) - step * direction[i];
        }
        return {};
    }
    Result<void> synchronize() override { return {}; }

  private:
    struct DoubleWeight final : Weight {
        std::vector<double> values;
    };
    static const double* of(const MatrixRef& w) {
        return w.master ? w.master->as<double>() : static_cast<const DoubleWeight*>(w.frozen)->values.data();
    }

    template <typename Body>
    Result<void> overBlocks(const TrainAttentionSpec& spec, const TrainAttentionPlan& plan, const TrainTensor& q,
                            const TrainTensor& k, const TrainTensor& v, const TrainTensor& out, const TrainTensor& lse,
                            const Body& body) {
        const auto& chosen = static_cast<const CpuTrainPlan&>(plan);
        for (int64_t block = 0; block < chosen.blocks(); ++block) {
            for (int32_t head = 0; head < spec.heads; ++head) {
                const int64_t begin = block * chosen.blockTokens;
                const int64_t qOffset = begin * q.columns + static_cast<int64_t>(head) * spec.headDim;
                const int64_t kvOffset = static_cast<int64_t>(head / (spec.heads / spec.kvHeads)) * spec.headDim;
                const std::vector<RegionId>& regions = chosen.of(block, head);
                kernels::TrainAttentionArgs<double> args;
                args.q = q.as<double>() + qOffset;
                args.qStride = args.outStride = q.columns;
                args.rows = std::min(chosen.blockTokens, spec.tokens - begin);
                args.k = k.as<double>() + kvOffset;
                args.v = v.as<double>() + kvOffset;
                args.kvStride = k.columns;
                args.headDim = spec.headDim;
                args.regions = regions.data();
                args.regionCount = static_cast<int64_t>(regions.size());
                args.regionTokens = spec.profile->region;
                args.ownBegin = args.firstQuery = begin;
                args.slidingWindow = spec.mode == AttentionMode::Dense ? spec.slidingWindow : 0;
                args.scale = 1 / std::sqrt(static_cast<double>(spec.headDim));
                args.out = out.as<double>() + qOffset;
                args.logSumExp = lse.as<double>() + begin * spec.heads + head;
                args.logSumExpStride = spec.heads;
                if (body(args, qOffset, kvOffset) != kernels::Status::Ok) {
                    return Error{ErrorCode::Internal, "refused"};
                }
            }
        }
        return {};
    }

    std::vector<CpuTrainPlan> m_plans;
    size_t m_next = 0;
    bool m_replaying = false;
};

}  // namespace lectern::test
