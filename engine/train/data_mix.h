#pragma once
// All sources of a run as one endless list of sequences, and what a person wants to see of it before training.

#include <mutex>
#include <nlohmann/json_fwd.hpp>

#include "engine/train/data_source.h"

namespace lectern {

class DataMix {
  public:
    static Result<std::unique_ptr<DataMix>> open(const std::vector<DataSpec>& specs, const DataContext& context);

    /// Sequence `index` of the run; sources take turns by weight. Cheap when indices ascend. Safe on several threads.
    Result<DataSequence> sequence(int64_t index);
    /// At most `most` held-out sequences, the same every time, from the sources in turn.
    Result<std::vector<DataSequence>> heldOut(int64_t most);
    /// The longest of the first `count` sequences: what a dry run measures.
    Result<DataSequence> longest(int64_t count);

    std::vector<DataReport> reports() const;

  private:
    DataMix(const std::vector<DataSpec>& specs, const DataContext& context) : m_specs(specs), m_context(context) {}
    size_t sourceOf(int64_t index) const;

    std::vector<DataSpec> m_specs;
    DataContext m_context;
    std::vector<std::unique_ptr<DataSource>> m_sources;
    double m_totalWeight = 0;
    std::mutex m_mutex;             ///< of the counts
    int64_t m_next = 0;             ///< picks counted so far
    std::vector<int64_t> m_counts;  ///< of them, per source
};

nlohmann::json reportsToJson(const std::vector<DataReport>& reports);

/// The sequence as runs of text, each trained or not, at most `maxTokens` from the start and as many from the end:
/// {"origin", "tokens", "trained_tokens", "pieces": [{"text", "trained", "tokens"}], "omitted_tokens"}.
nlohmann::json previewSequence(const DataSequence& sequence, const Tokenizer& tokenizer, int64_t maxTokens);

}  // namespace lectern
