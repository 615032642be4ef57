#include "engine/session/ablation.h"

#include <algorithm>
#include <cstddef>

namespace lectern {
Result<std::vector<float>> answerLogLikelihoods(Session& session, int64_t contextTokens,
                                                std::span<const TokenId> question, std::span<const TokenId> answer,
                                                std::vector<RegionId> excluded, std::stop_token stop) {
    if (question.empty() || session.tokens() < contextTokens) {
        return Error{ErrorCode::InvalidInput, "There is no question behind the document to score an answer to."};
    }
    LECTERN_TRY(session.truncate(contextTokens));
    std::vector<TokenId> tokens(question.begin(), question.end());
    tokens.insert(tokens.end(), answer.begin(), answer.end());
    session.setExcludedRegions(std::move(excluded));
    Result<std::vector<float>> scores = session.logLikelihoods(tokens, false, {}, stop);
    session.setExcludedRegions({});
    LECTERN_TRY(scores);
    scores->erase(scores->begin(), scores->begin() + static_cast<std::ptrdiff_t>(question.size()) - 1);
    return scores;
}

std::vector<RegionId> regionsOf(std::span<const TokenRange> ranges, int32_t regionTokens) {
    std::vector<RegionId> regions;
    for (const TokenRange& range : ranges) {
        for (int64_t region = range.begin / regionTokens; region * regionTokens < range.end; ++region) {
            regions.push_back(static_cast<RegionId>(region));
        }
    }
    std::sort(regions.begin(), regions.end());
    regions.erase(std::unique(regions.begin(), regions.end()), regions.end());
    return regions;
}

}  // namespace lectern
