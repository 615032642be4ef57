#pragma once
// A model under training: frozen weights as the file stores them, and the parameters that learn (LoRA factors,
// embeddings, norms, or every matrix).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/formats/model_source.h"
#include "engine/train/train_backend.h"

namespace lectern {

enum class TrainMethod {
    Lora,  ///< low-rank factors beside frozen matrices
    Full,  ///< every matrix itself
};

struct LoraSpec {
    int32_t rank = 16;
    double alpha = 16;  ///< the product B A is scaled by alpha / rank
    double dropout = 0;
    /// Of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.
    std::vector<std::string> targets = {"q_proj", "k_proj", "v_proj", "o_proj"};
    bool operator==(const LoraSpec&) const = default;
};

/// What learns. Full training takes everything; LoRA takes its factors and, where asked for, the embedding (with the
/// output head where the two are tied), the norms and the output head.
struct TrainableSpec {
    TrainMethod method = TrainMethod::Lora;
    LoraSpec lora;
    bool embeddings = true;
    bool norms = true;
    bool head = false;
    uint64_t seed = 0;  ///< of LoRA's random factors

    Result<void> check() const;
};

enum class ParameterKind { Matrix, LoraA, LoraB, Embedding, Head, Norm };

/// One trained tensor with its gradient; both masters [rows, columns].
struct Parameter {
    std::string name;  ///< "model.norm.weight", "model.layers.0.self_attn.q_proj.lora_A.weight"
    ParameterKind kind = ParameterKind::Matrix;
    TrainTensor value;
    TrainTensor gradient;
};

/// Working space of LoRA products; one for the whole model.
struct LoraScratch {
    TrainTensor low;      ///< [tokens, rank]
    TrainTensor dropped;  ///< [tokens, widest input]
};

/// One linear map: y = x W^T + scale * dropout(x) A^T B^T.
struct Projection {
    std::string name;  ///< Hugging Face name of W
    std::unique_ptr<Weight> frozen;
    Parameter* matrix = nullptr;  ///< W, when it learns itself
    Parameter* loraA = nullptr;   ///< [rank, in]
    Parameter* loraB = nullptr;   ///< [out, rank]
    double loraScale = 0;
    double dropout = 0;

    MatrixRef weight() const { return {frozen.get(), matrix ? &matrix->value : nullptr}; }

    /// y = (accumulate: +=). `dropoutKey` unset: no dropout (evaluation).
    Result<void> forward(TrainBackend& backend, const TrainTensor& x, int64_t tokens, bool accumulate,
                         std::optional<uint64_t> dropoutKey, LoraScratch& scratch, TrainTensor& y) const;
    /// Adds the parameters' gradients and writes dX (accumulate: +=). Arguments as in the forward pass.
    Result<void> backward(TrainBackend& backend, const TrainTensor& x, const TrainTensor& dY, int64_t tokens,
                          bool accumulate, std::optional<uint64_t> dropoutKey, LoraScratch& scratch,
                          TrainTensor& dX) const;
};

/// A norm's weight [1, D], learning or not.
struct NormWeight {
    Parameter* parameter = nullptr;
    TrainTensor frozen;

    const TrainTensor& value() const { return parameter ? parameter->value : frozen; }
    TrainTensor* gradient() const { return parameter ? &parameter->gradient : nullptr; }
};

struct TrainLayer {
    NormWeight attentionNorm, mlpNorm;
    Projection q, k, v, output, gate, up, down;
};

/// Owns the parameters; bound to one backend, which outlives it.
class TrainModel {
  public:
    static Result<std::unique_ptr<TrainModel>> create(ModelSource source, const TrainableSpec& spec,
                                                      TrainBackend& backend);

    const ModelConfig& config() const { return m_source.config; }
    const ModelSource& source() const { return m_source; }
    const TrainableSpec& spec() const { return m_spec; }
    TrainBackend& backend() const { return *m_backend; }

    const std::vector<std::unique_ptr<Parameter>>& parameters() const { return m_parameters; }
    Parameter* find(std::string_view name) const;
    int64_t trainedValues() const;
    Result<void> zeroGradients();

    MatrixRef embedding() const { return m_embedding.weight(); }
    Parameter* embeddingParameter() const { return m_embedding.matrix; }
    /// The tied embedding where there is no head of its own.
    const Projection& head() const { return m_head ? *m_head : m_embedding; }
    const NormWeight& outputNorm() const { return m_outputNorm; }
    const std::vector<TrainLayer>& layers() const { return m_layers; }

  private:
    TrainModel(ModelSource source, TrainableSpec spec, TrainBackend& backend)
        : m_source(std::move(source)), m_spec(std::move(spec)), m_backend(&backend) {}
    Result<Parameter*> addParameter(std::string name, ParameterKind kind, int64_t rows, int64_t columns,
                                    std::span<const float> values);
    Result<Projection> projection(const std::string& name, int64_t rows, int64_t columns, ParameterKind kind,
                                  bool learns);
    Result<void> addLora(Projection& target, int64_t rows, int64_t columns);
    Result<NormWeight> norm(const std::string& name);
    Result<TrainLayer> layer(int32_t index);

    ModelSource m_source;
    TrainableSpec m_spec;
    TrainBackend* m_backend;
    std::vector<std::unique_ptr<Parameter>> m_parameters;
    Projection m_embedding;
    std::optional<Projection> m_head;
    NormWeight m_outputNorm;
    std::vector<TrainLayer> m_layers;
};

/// The stored tensor as f32 [rows, columns].
std::vector<float> decodeTensor(const TensorData& tensor);

}  // namespace lectern
