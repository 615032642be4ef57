#pragma once
// Session's state, shared by the files that implement it.

#include <memory>
#include <vector>

#include "engine/model/llama_forward.h"
#include "engine/session/session.h"

namespace lectern {

struct Session::Impl {
    std::shared_ptr<const Model> model;
    std::shared_ptr<Backend> backend;
    SessionOptions options;
    double ropeScale = 1.0;
    RopeSchedule rope;
    std::unique_ptr<KvStorage> storage;
    std::unique_ptr<LlamaForward> forward;
    int64_t tokens = 0;
    std::vector<float> lastLogits;
    DocumentTrace documentTrace;
    AnswerTrace answerTrace;
    size_t settledSteps = 0;  ///< of the answer trace that are complete; the others a device may still be recording
    std::vector<RegionId> excluded;

    ForwardOptions forwardOptions(AttentionMode mode) {
        ForwardOptions made;
        made.mode = mode;
        made.profile = &options.profile;
        made.rope = &rope;
        made.traceLimits = options.traceLimits;
        return made;
    }

    /// Runs one chunk; on an error the cache is cut back to what it was.
    Result<void> runChunk(std::span<const TokenId> chunk, const ForwardOptions& forwardWith, std::stop_token stop);
    Result<void> readLastLogits(int64_t row);
    /// One token with the answer trace recorded (when it is on).
    Result<void> decodeTraced(TokenId token, std::stop_token stop);
    /// Puts the citations of the answer trace's first `steps` steps in order: those are complete.
    void finishSteps(size_t steps);
    /// Completes all steps of the answer trace. Where the device has failed, they
    /// stay as empty as they are; the next step says so.
    void settleTrace();
};

}  // namespace lectern
