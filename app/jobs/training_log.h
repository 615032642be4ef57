#pragma once
// What a training worker tells, as values: events are lines of JSON (engine/train/README.md, Events).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace lectern::app {

struct PreviewPiece {
    std::string text;
    bool trained = false;
    int64_t tokens = 0;
};

/// One training sequence as the model sees it; of a long one the beginning and the end.
struct SequencePreview {
    std::string origin;
    int64_t tokens = 0;
    int64_t trainedTokens = 0;
    int64_t omittedTokens = 0;
    std::vector<PreviewPiece> pieces;
};

/// Documents or examples of `from` to 2 * from - 1 tokens.
struct LengthBin {
    int64_t from = 0;
    int64_t count = 0;
};

/// What loading one source found and did.
struct DataSummary {
    std::string kind;
    int64_t documents = 0, heldOut = 0, tokens = 0, sequencesPerPass = 0;
    int64_t truncated = 0, dropped = 0, split = 0;
    std::vector<LengthBin> histogram;  ///< ascending; empty bins are left out
};

/// What the position schedule draws at one step in one layer.
struct PositionPoint {
    int64_t step = 0;
    int32_t layer = 0;
    int64_t period = 0, maxPeriod = 0;
    double ropeScale = 1;
};

struct TrainingPreview {
    std::vector<DataSummary> data;
    std::vector<SequencePreview> sequences;
    std::vector<PositionPoint> positions;
};
/// From {"data", "previews", "positions"}; what is not as expected is left out.
TrainingPreview trainingPreviewFrom(const nlohmann::json& object);

struct TrainingStep {
    int64_t step = 0;
    double loss = 0, learningRate = 0, gradientNorm = 0, tokensPerSecond = 0, seconds = 0;
    int64_t periodLow = 0, periodHigh = 0;
};

struct TrainingEvaluation {
    int64_t step = 0;
    double loss = 0;
};

struct TrainingSample {
    int64_t step = 0;
    std::string question, answer;
};

struct TrainingExport {
    std::string kind, path;
    double largestDifference = 0, largestLogit = 0;
    double sameTopShare = 0;  ///< share of the places whose likeliest token is the same, 0..1
};

struct DryRunReport {
    int64_t longestTokens = 0;
    double secondsPerStep = 0, etaSeconds = 0;
    int64_t devicePeakBytes = 0, processPeakBytes = 0, checkpointBytes = 0;
};

enum class RunState { Starting, Running, Paused, Completed, Stopped, Failed };

/// A run as its events tell it. Feed it lines in order; a resumed run's steps replace those after its start.
struct TrainingLog {
    RunState state = RunState::Starting;
    std::string problem;  ///< of a failed run
    std::string device, modelName;
    int64_t totalSteps = 0;
    int64_t trainedValues = 0;
    int64_t memoryBytes = 0;
    TrainingPreview preview;
    std::vector<TrainingStep> steps;
    std::vector<TrainingEvaluation> evaluations;
    std::vector<TrainingSample> samples;
    std::vector<std::string> checkpoints;
    std::vector<TrainingExport> exports;
    std::vector<std::string> warnings;
    std::optional<DryRunReport> dryRun;

    /// Lines that are no event are ignored: the file may end in half a line after a crash.
    void apply(std::string_view line);
    int64_t lastStep() const { return steps.empty() ? 0 : steps.back().step; }
    /// Seconds until the last step at the pace of the last ones; 0 when unknown.
    double secondsLeft() const;
    /// One sentence when the loss is no number or has not moved for a fifth of the run; empty: all is well.
    std::string alarm() const;
};

}  // namespace lectern::app
