#pragma once
// Sources of training sequences. Every source is an endless, seeded list: sequence i is a function of (seed, i) alone,
// so that a run's place in its data is one number.

#include <memory>
#include <string>
#include <vector>

#include "engine/text/tokenizer.h"
#include "engine/train/data_spec.h"
#include "engine/train/llama_trainer.h"

namespace lectern {

/// What all sources of a run share. The tokenizer outlives them.
struct DataContext {
    const Tokenizer* tokenizer = nullptr;
    PromptTemplate prompt;
    int64_t sequenceTokens = 0;
    uint64_t seed = 0;
    double heldOutShare = 0;  ///< of documents, paragraphs and examples
    int32_t threads = 0;      ///< for encoding large corpora
};

/// A sequence and where it comes from, in words for a person ("generated cloze from moby-dick.txt").
struct DataSequence {
    TrainSequence sequence;
    std::string origin;
};

/// What loading a source found and did.
struct DataReport {
    std::string kind;
    int64_t documents = 0;         ///< documents, paragraphs or examples
    int64_t heldOut = 0;           ///< of them, kept for evaluation
    int64_t tokens = 0;            ///< of those that are trained on; 0 where contexts are generated
    int64_t sequencesPerPass = 0;  ///< 0: generated without end
    int64_t truncated = 0;
    int64_t dropped = 0;
    int64_t split = 0;
    std::vector<int64_t> histogram;  ///< documents or examples of 2^i to 2^(i+1) - 1 tokens
};

/// sequence() and heldOut() may be called from several threads.
class DataSource {
  public:
    virtual ~DataSource() = default;
    virtual Result<DataSequence> sequence(int64_t index) = 0;
    /// From what was held out; empty tokens where index is beyond it.
    virtual Result<DataSequence> heldOut(int64_t index) = 0;
    virtual const DataReport& report() const = 0;
};

/// Opens, encodes and splits a source. Errors: NotFound, InvalidInput, LimitExceeded, Io.
Result<std::unique_ptr<DataSource>> openDataSource(const DataSpec& spec, const DataContext& context);

// One factory per kind; openDataSource() chooses.
Result<std::unique_ptr<DataSource>> openTextSource(const DataSpec& spec, const DataContext& context);
Result<std::unique_ptr<DataSource>> openExampleSource(const DataSpec& spec, const DataContext& context);
Result<std::unique_ptr<DataSource>> openQuestionSource(const DataSpec& spec, const DataContext& context);
Result<std::unique_ptr<DataSource>> openDocumentQuestionSource(const DataSpec& spec, const DataContext& context);
Result<std::unique_ptr<DataSource>> openNeedleSource(const DataSpec& spec, const DataContext& context);

/// Counts `tokens` in the report's histogram.
void countLength(DataReport& report, int64_t tokens);

}  // namespace lectern
