// The forward passes behind a Session: chunks, single tokens, and the answer trace they leave.

#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/session/session_impl.h"

namespace lectern {
namespace {

/// Sums duplicate regions, orders by weight and cuts to the limit.
void finishCitation(AnswerTrace::Step& step, int32_t limit) {
    auto& list = step.citation;
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.region < b.region; });
    size_t kept = 0;
    for (size_t i = 0; i < list.size(); ++i) {
        if (kept > 0 && list[kept - 1].region == list[i].region) {
            list[kept - 1].weight += list[i].weight;
        } else {
            list[kept++] = list[i];
        }
    }
    list.resize(kept);
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.region < b.region;
    });
    if (list.size() > static_cast<size_t>(limit)) {
        list.resize(static_cast<size_t>(limit));
    }
}

}  // namespace

Result<void> Session::Impl::runChunk(std::span<const TokenId> chunk, const ForwardOptions& forwardWith,
                                     std::stop_token stop) {
    if (tokens + static_cast<int64_t>(chunk.size()) > options.capacityTokens) {
        return Error{ErrorCode::LimitExceeded,
                     "The context is full: " + std::to_string(tokens + static_cast<int64_t>(chunk.size())) +
                         " tokens do not fit its " + std::to_string(options.capacityTokens) + "."};
    }
    if (auto result = forward->run(chunk, tokens, *storage, forwardWith, stop); !result) {
        LECTERN_TRY(storage->truncate(tokens));
        return result;
    }
    tokens += static_cast<int64_t>(chunk.size());
    return {};
}

Result<void> Session::Impl::readLastLogits(int64_t row) {
    lastLogits.resize(static_cast<size_t>(model->config().vocabSize));
    return forward->logits(row, 1, lastLogits.data());
}

Result<void> Session::Impl::decodeTraced(TokenId token, std::stop_token stop) {
    ForwardOptions with = forwardOptions(options.profile.decodeMode());
    with.excludedRegions = excluded;
    if (options.recordAnswerTrace) {
        AnswerTrace::Step step;
        step.token = tokens;
        step.groups.resize(static_cast<size_t>(answerTrace.layers * answerTrace.groupCount));
        answerTrace.steps.push_back(std::move(step));
        with.answerTrace = &answerTrace;
    }
    if (auto result = runChunk({&token, 1}, with, stop); !result) {
        if (options.recordAnswerTrace) {
            answerTrace.steps.pop_back();
        }
        return result;
    }
    if (options.recordAnswerTrace) {
        // The device may still be recording the last one.
        finishSteps(answerTrace.steps.size() - 1);
    }
    return readLastLogits(0);
}

void Session::Impl::finishSteps(size_t steps) {
    for (; settledSteps < steps; ++settledSteps) {
        finishCitation(answerTrace.steps[settledSteps], options.traceLimits.citationEntries);
    }
}

void Session::Impl::settleTrace() {
    if (settledSteps == answerTrace.steps.size()) {
        return;
    }
    if (auto result = forward->settleTrace(); !result) {
        spdlog::warn("The trace of the last token is missing: {}", result.error().message);
    }
    finishSteps(answerTrace.steps.size());
}

}  // namespace lectern
