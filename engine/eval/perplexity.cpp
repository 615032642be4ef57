#include "engine/eval/perplexity.h"

#include <algorithm>
#include <cmath>

namespace lectern {
namespace {

std::vector<PerplexityBucket> emptyBuckets(const PerplexitySpec& spec) {
    std::vector<PerplexityBucket> buckets;
    for (int64_t begin = 0; begin < spec.windowTokens;) {
        const int64_t end = std::min(spec.windowTokens, begin == 0 ? spec.firstBucket : 2 * begin);
        buckets.push_back({begin, end, 0, 0});
        begin = end;
    }
    return buckets;
}

Result<void> addWindow(const LoadedModel& loaded, std::span<const TokenId> window, bool blockwise,
                       const ProgressCallback& progress, std::stop_token stop, std::vector<PerplexityBucket>& buckets) {
    LECTERN_ASSIGN(
        const std::unique_ptr<Session> session,
        Session::create(loaded.model, loaded.backend, loaded.sessionOptions(static_cast<int64_t>(window.size()))));
    LECTERN_ASSIGN(const std::vector<float> likelihoods, session->logLikelihoods(window, blockwise, progress, stop));
    size_t bucket = 0;
    for (size_t i = 0; i < likelihoods.size(); ++i) {
        while (static_cast<int64_t>(i) + 1 >= buckets[bucket].end) {
            ++bucket;
        }
        buckets[bucket].negativeLogLikelihood -= static_cast<double>(likelihoods[i]);
        ++buckets[bucket].tokens;
    }
    return {};
}

}  // namespace

double PerplexityBucket::perplexity() const {
    return tokens == 0 ? 0.0 : std::exp(negativeLogLikelihood / static_cast<double>(tokens));
}

PerplexityBucket totalOf(std::span<const PerplexityBucket> buckets) {
    PerplexityBucket total;
    for (const PerplexityBucket& bucket : buckets) {
        total.end = std::max(total.end, bucket.end);
        total.tokens += bucket.tokens;
        total.negativeLogLikelihood += bucket.negativeLogLikelihood;
    }
    return total;
}

Result<PerplexityReport> measurePerplexity(const LoadedModel& loaded, std::span<const TokenId> text,
                                           const PerplexitySpec& spec, const ProgressCallback& progress,
                                           std::stop_token stop) {
    const int64_t perWindow = spec.windowTokens - 1;
    const auto available = static_cast<int64_t>(text.size()) / perWindow;
    if (available == 0) {
        return Error{ErrorCode::InvalidInput, "The text has " + std::to_string(text.size()) +
                                                  " tokens; a window takes " + std::to_string(perWindow) + "."};
    }
    PerplexityReport report;
    report.windows = spec.maxWindows > 0 ? std::min(spec.maxWindows, available) : available;
    if (spec.blockwise) {
        report.blockwise = emptyBuckets(spec);
    }
    if (spec.decodeConsistent) {
        report.decodeConsistent = emptyBuckets(spec);
    }
    for (int64_t i = 0; i < report.windows; ++i) {
        const auto part = text.subspan(static_cast<size_t>(i * perWindow), static_cast<size_t>(perWindow));
        std::vector<TokenId> window{loaded.model->tokenizer().bosToken()};
        window.insert(window.end(), part.begin(), part.end());
        for (const bool blockwise : {true, false}) {
            auto& buckets = blockwise ? report.blockwise : report.decodeConsistent;
            if (!buckets.empty()) {
                LECTERN_TRY(addWindow(loaded, window, blockwise, progress, stop, buckets));
            }
        }
    }
    return report;
}

}  // namespace lectern
