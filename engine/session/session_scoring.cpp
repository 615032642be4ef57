// Logits and likelihoods of given text: every row, not only the last.

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/core/thread_pool.h"
#include "engine/session/session_impl.h"

namespace lectern {
namespace {

/// Logits kept at once: 32 MiB of a vocabulary of 32,768.
constexpr int64_t kLogitRows = 256;

AttentionMode scoringMode(const AttentionProfile& profile, bool blockwise) {
    const AttentionMode prefill = profile.mode == AttentionMode::MsDecode ? AttentionMode::Dense : profile.mode;
    return blockwise ? prefill : profile.decodeMode();
}

/// log softmax(logits)[token], summed in double.
float logProbability(std::span<const float> logits, TokenId token) {
    const float largest = *std::max_element(logits.begin(), logits.end());
    double sum = 0;
    for (const float value : logits) {
        sum += static_cast<double>(std::exp(value - largest));
    }
    return static_cast<float>(static_cast<double>(logits[static_cast<size_t>(token)] - largest) - std::log(sum));
}

}  // namespace

Result<std::vector<float>> Session::allLogits(std::span<const TokenId> tokens, bool blockwise, std::stop_token stop) {
    Impl& self = *m_impl;
    ForwardOptions with = self.forwardOptions(scoringMode(self.options.profile, blockwise));
    if (!blockwise) {
        with.excludedRegions = self.excluded;
    }
    const auto vocab = static_cast<size_t>(self.model->config().vocabSize);
    std::vector<float> logits(tokens.size() * vocab);
    for (size_t done = 0; done < tokens.size();) {
        const size_t count = std::min(static_cast<size_t>(self.forward->maxTokens()), tokens.size() - done);
        LECTERN_TRY(self.runChunk(tokens.subspan(done, count), with, stop));
        LECTERN_TRY(self.forward->logits(0, static_cast<int64_t>(count), logits.data() + done * vocab));
        done += count;
    }
    if (!tokens.empty()) {
        self.lastLogits.assign(logits.end() - static_cast<std::ptrdiff_t>(vocab), logits.end());
    }
    return logits;
}

Result<std::vector<float>> Session::logLikelihoods(std::span<const TokenId> tokens, bool blockwise,
                                                   const ProgressCallback& progress, std::stop_token stop) {
    Impl& self = *m_impl;
    ForwardOptions with = self.forwardOptions(scoringMode(self.options.profile, blockwise));
    if (!blockwise) {
        with.excludedRegions = self.excluded;
    }
    const int64_t vocab = self.model->config().vocabSize;
    const auto total = static_cast<int64_t>(tokens.size());
    for (const TokenId token : tokens) {
        if (token < 0 || token >= vocab) {
            return Error{ErrorCode::InvalidInput, "Token " + std::to_string(token) + " is outside the vocabulary of " +
                                                      std::to_string(vocab) + "."};
        }
    }
    std::vector<float> result(static_cast<size_t>(std::max<int64_t>(0, total - 1)));
    std::vector<float> logits(static_cast<size_t>(kLogitRows * vocab));
    ThreadPool pool(0);
    const auto start = std::chrono::steady_clock::now();
    for (int64_t done = 0; done < total;) {
        const int64_t count = std::min(self.forward->maxTokens(), total - done);
        LECTERN_TRY(self.runChunk(tokens.subspan(static_cast<size_t>(done), static_cast<size_t>(count)), with, stop));
        for (int64_t row = 0; row < count; row += kLogitRows) {
            const int64_t rows = std::min(kLogitRows, count - row);
            LECTERN_TRY(self.forward->logits(row, rows, logits.data()));
            pool.parallelFor(rows, [&](int64_t i) {
                const int64_t position = done + row + i;
                if (position + 1 < total) {
                    result[static_cast<size_t>(position)] = logProbability(
                        std::span(logits).subspan(static_cast<size_t>(i * vocab), static_cast<size_t>(vocab)),
                        tokens[static_cast<size_t>(position + 1)]);
                }
            });
        }
        done += count;
        if (progress) {
            const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
            progress({done, total, seconds.count()});
        }
    }
    self.lastLogits.clear();
    return result;
}

}  // namespace lectern
