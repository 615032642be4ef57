#pragma once
// How likely an answer is with and without some regions of the document: the ablation behind "verified".

#include <span>
#include <stop_token>
#include <vector>

#include "engine/session/session.h"

namespace lectern {

/// Natural log of the probability of every token of `answer` [answer.size()] behind the first `contextTokens` tokens of
/// the session and `question`, where neither question nor answer may see the regions `excluded` of the cache. The
/// session is cut to `contextTokens` first and afterwards holds question and answer behind them; its exclusions are
/// cleared. Errors: InvalidInput (the session is shorter), LimitExceeded, Cancelled.
Result<std::vector<float>> answerLogLikelihoods(Session& session, int64_t contextTokens,
                                                std::span<const TokenId> question, std::span<const TokenId> answer,
                                                std::vector<RegionId> excluded, std::stop_token stop);

/// Regions of `regionTokens` tokens that any of `ranges` touches, ascending.
std::vector<RegionId> regionsOf(std::span<const TokenRange> ranges, int32_t regionTokens);

}  // namespace lectern
