#pragma once
// One conversation with one context: prefill the document, decode question and answer. Owns the K/V cache; used by one
// thread at a time, except that its stop token may be triggered from anywhere.

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/attention/profile.h"
#include "engine/attention/trace.h"
#include "engine/backend/backend.h"
#include "engine/model/model.h"
#include "engine/session/sampler.h"

namespace lectern {

struct SessionOptions {
    AttentionProfile profile;
    int64_t capacityTokens = 0;          ///< document + conversation + reply; chooses the capacity class
    double ropeScale = 0;                ///< A; 0: from the profile's capacity class
    int64_t kvMemoryBytes = 0;           ///< budget of keys, values and summaries in memory; 0: what is free
    std::filesystem::path kvFileFolder;  ///< where the rest goes; empty: the system's place for temporary files
    int32_t chunkBlocks = 0;             ///< prefill chunk in blocks; 0: chosen from the block size
    bool recordDocumentTrace = false;
    bool recordAnswerTrace = false;
    AnswerTraceLimits traceLimits;
};

struct PrefillProgress {
    int64_t doneTokens = 0;
    int64_t totalTokens = 0;
    double seconds = 0;  ///< since this prefill began
};

enum class FinishReason { EndOfText, StopString, Length, Cancelled };
std::string_view name(FinishReason reason);

struct GenerateOptions {
    int32_t maxTokens = 256;
    SamplerOptions sampler;
    std::vector<std::string> stopStrings;
};

struct Generation {
    std::vector<TokenId> tokens;  ///< without the end-of-text token
    std::string text;             ///< up to a stop string
    FinishReason finish = FinishReason::Length;
    double seconds = 0;
    TokenRange contextTokens;  ///< where the generated tokens lie in the context
};

/// Called with each piece of complete UTF-8 as it is generated.
using TextCallback = std::function<void(std::string_view)>;
using ProgressCallback = std::function<void(const PrefillProgress&)>;

class Session {
  public:
    /// Allocates the cache for `capacityTokens`. Errors: LimitExceeded, OutOfMemory, Unsupported, InvalidInput
    /// (profile).
    static Result<std::unique_ptr<Session>> create(std::shared_ptr<const Model> model, std::shared_ptr<Backend> backend,
                                                   SessionOptions options);
    ~Session();

    /// Appends a document's tokens under the profile's prefill mode and closes it with a partial block. The context so
    /// far must end on a block boundary (true at the start). On Cancelled the whole chunks done so far stay in the
    /// cache.
    Result<void> prefill(std::span<const TokenId> tokens, const ProgressCallback& progress, std::stop_token stop);

    /// Appends tokens causally under the profile's decode mode (every question token selects for itself) and
    /// leaves the logits of the last one ready.
    Result<void> decode(std::span<const TokenId> tokens, std::stop_token stop);

    /// Samples from the ready logits until end of text, a stop string, maxTokens or stop.
    Result<Generation> generate(const GenerateOptions& options, const TextCallback& onText, std::stop_token stop);

    /// Logits [vocab] of the last decoded or prefilled token.
    std::span<const float> lastLogits() const;

    /// Logits [tokens.size(), vocab] of every token, appended causally (decode mode) or by blocks (prefill mode).
    Result<std::vector<float>> allLogits(std::span<const TokenId> tokens, bool blockwise, std::stop_token stop);

    /// Natural logarithm of each token's probability given those before it, for every token but the first
    /// [tokens.size() - 1], appended as by allLogits. Needs the memory of one chunk's logits only.
    Result<std::vector<float>> logLikelihoods(std::span<const TokenId> tokens, bool blockwise,
                                              const ProgressCallback& progress, std::stop_token stop);

    /// Drops every token from `tokens` on. A finished question is forgotten by truncating to the document's length.
    Result<void> truncate(int64_t tokens);

    /// What a saved context of this session belongs to: model, tokenizer, profile, RoPE in force and K/V type, as text.
    std::string snapshotKey() const;
    /// Saves the context, which consists of `tokens`, with its document trace. Errors: DiskFull, Io, Unsupported.
    Result<void> saveSnapshot(const std::filesystem::path& path, std::span<const TokenId> tokens,
                              const std::string& title) const;
    /// Takes over a saved context that must be a prefix of `tokens`; this session must be empty. A saved prefix is cut
    /// to a block boundary. Returns the tokens restored. Errors: NotFound, Corrupt, InvalidInput (foreign), with the
    /// reason.
    Result<int64_t> restoreSnapshot(const std::filesystem::path& path, std::span<const TokenId> tokens);

    /// Regions [begin, end) that decode must not see (verification by ablation): taken out of the plan, not out of the
    /// cache.
    void setExcludedRegions(std::vector<RegionId> regions);

    /// How selections are searched from now on.
    void setSearch(SearchLevel level, double probe);
    void setRecordAnswerTrace(bool record);

    int64_t tokens() const;
    int64_t capacityTokens() const;
    /// Factor A in force (1: unscaled).
    double ropeScale() const;
    const AttentionProfile& profile() const;
    const Model& model() const;
    const DocumentTrace& documentTrace() const;
    const AnswerTrace& answerTrace() const;
    void clearAnswerTrace();
    int64_t cacheBytes() const;
    /// Regions that selections chose from so far, and how many were scored.
    SelectionCounts selectionCounts() const;

  private:
    struct Impl;
    explicit Session(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

}  // namespace lectern
