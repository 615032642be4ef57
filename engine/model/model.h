#pragma once
// An immutable Llama-family model bound to one backend: config, weights, tokenizer, profile. Shared by Sessions.

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "engine/attention/profile.h"
#include "engine/backend/backend.h"
#include "engine/formats/model_source.h"
#include "engine/model/model_config.h"
#include "engine/text/tokenizer.h"

namespace lectern {

/// Weights of one transformer block; shapes are [out features, in features].
struct LayerWeights {
    std::unique_ptr<Weight> attentionNorm;  ///< [D]
    std::unique_ptr<Weight> q;              ///< [H*Dh, D]
    std::unique_ptr<Weight> k;              ///< [Hkv*Dh, D]
    std::unique_ptr<Weight> v;              ///< [Hkv*Dh, D]
    std::unique_ptr<Weight> output;         ///< [D, H*Dh]
    std::unique_ptr<Weight> mlpNorm;        ///< [D]
    std::unique_ptr<Weight> gate;           ///< [F, D]
    std::unique_ptr<Weight> up;             ///< [F, D]
    std::unique_ptr<Weight> down;           ///< [D, F]
};

class Model {
  public:
    /// Opens and validates a model on disk and prepares its weights on `backend`.
    static Result<std::shared_ptr<const Model>> load(const std::filesystem::path& path, Backend& backend);
    /// The same from an open source (made in memory by benchmarks and tests).
    static Result<std::shared_ptr<const Model>> create(ModelSource source, Backend& backend);

    const ModelConfig& config() const { return m_source.config; }
    const ModelSource& source() const { return m_source; }
    const Tokenizer& tokenizer() const { return *m_tokenizer; }
    /// False for benchmark shapes, which have no vocabulary.
    bool hasTokenizer() const { return m_tokenizer.has_value(); }
    const AttentionProfile& profile() const { return m_profile; }

    const Weight& embedding() const { return *m_embedding; }                      ///< [vocab, D]
    const Weight& outputNorm() const { return *m_outputNorm; }                    ///< [D]
    const Weight& outputHead() const { return m_head ? *m_head : *m_embedding; }  ///< [vocab, D]
    const std::vector<LayerWeights>& layers() const { return m_layers; }
    int64_t parameterCount() const;
    int64_t weightBytes() const;
    /// Hash of configuration, tokenizer and weights (beginning and end of every tensor): two models that differ
    /// anywhere a training step would reach have different ones.
    uint64_t fingerprint() const { return m_fingerprint; }

  private:
    Model() = default;
    ModelSource m_source;
    std::optional<Tokenizer> m_tokenizer;
    uint64_t m_fingerprint = 0;
    AttentionProfile m_profile;
    std::unique_ptr<Weight> m_embedding, m_outputNorm, m_head;
    std::vector<LayerWeights> m_layers;
};

}  // namespace lectern
