#include "app/ask/verification.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

#include "app/ask/ask_session.h"
#include "engine/session/ablation.h"

namespace lectern::app {
namespace {

/// Everything a reader is shown as the source: the tokens that were looked at and the whole sentences around them.
std::vector<TokenRange> citedTokens(const Citation& citation, const Context& context) {
    std::vector<TokenRange> ranges = citation.tokenRanges;
    const TokenRange shown = context.tokensOf(citation.document, citation.page, citation.bytes);
    if (shown.size() > 0) {
        ranges.push_back(shown);
    }
    return ranges;
}

/// Tokens of the answer that hold bytes [begin, end) of its text.
struct AnswerTokens {
    std::vector<TokenId> ids;
    std::vector<ByteRange> bytes;

    TokenRange of(ByteRange range) const {
        TokenRange tokens{-1, -1};
        for (size_t i = 0; i < ids.size(); ++i) {
            if (bytes[i].begin < range.end && bytes[i].end > range.begin) {
                tokens.begin = tokens.begin < 0 ? static_cast<int64_t>(i) : tokens.begin;
                tokens.end = static_cast<int64_t>(i) + 1;
            }
        }
        return tokens;
    }
};

AnswerTokens encodeAnswer(const Tokenizer& tokenizer, const std::string& text) {
    AnswerTokens answer;
    // Answers follow "Answer:" with a space, as the model writes them.
    for (const Tokenizer::Token& token :
         tokenizer.encodeWithOffsets(" " + text, {.bos = false, .dummyPrefix = false})) {
        answer.ids.push_back(token.id);
        answer.bytes.push_back({token.bytes.begin - 1, token.bytes.end - 1});
    }
    return answer;
}

std::vector<RegionId> united(const std::vector<RegionId>& a, const std::vector<RegionId>& b) {
    std::vector<RegionId> both;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
}

double sum(std::span<const float> scores, TokenRange tokens) {
    const auto part = scores.subspan(static_cast<size_t>(tokens.begin), static_cast<size_t>(tokens.size()));
    return std::accumulate(part.begin(), part.end(), 0.0);
}

}  // namespace

void applyVerdicts(std::span<const SentenceVerdict> verdicts, std::span<Citation> citations) {
    for (Citation& citation : citations) {
        const auto verdict = std::find_if(verdicts.begin(), verdicts.end(), [&](const SentenceVerdict& each) {
            return each.sentence == citation.sentence;
        });
        citation.state = verdict == verdicts.end() ? citation.state : verdict->state;
    }
}

Result<std::vector<SentenceVerdict>> AskSession::verify(const std::string& question, const std::string& answerText,
                                                        std::span<const Citation> citations,
                                                        const std::optional<AskScope>& scope, std::stop_token stop) {
    const auto contextTokens = static_cast<int64_t>(m_context->tokens().size());
    if (m_session->tokens() < contextTokens) {
        return Error{ErrorCode::InvalidInput, "The documents have not been read to their end yet."};
    }
    std::map<int32_t, std::vector<TokenRange>> ranges;
    std::map<int32_t, ByteRange> sentences;
    for (const Citation& citation : citations) {
        std::vector<TokenRange>& all = ranges[citation.sentence];
        const std::vector<TokenRange> own = citedTokens(citation, *m_context);
        all.insert(all.end(), own.begin(), own.end());
        sentences[citation.sentence] = citation.sentenceBytes;
    }
    if (ranges.empty()) {
        return std::vector<SentenceVerdict>{};
    }
    LECTERN_ASSIGN(const std::vector<RegionId> outside, regionsOutOf(scope));
    const std::vector<TokenId> asked = encodeQuestion(m_model, question);
    const AnswerTokens answer = encodeAnswer(m_model.model->tokenizer(), answerText);
    if (contextTokens + static_cast<int64_t>(asked.size() + answer.ids.size()) > m_session->capacityTokens()) {
        return Error{ErrorCode::LimitExceeded, "The answer is too long to be scored again in this context."};
    }
    Result<std::vector<SentenceVerdict>> verdicts = [&]() -> Result<std::vector<SentenceVerdict>> {
        std::vector<SentenceVerdict> out;
        LECTERN_ASSIGN(const std::vector<float> whole,
                       answerLogLikelihoods(*m_session, contextTokens, asked, answer.ids, outside, stop));
        for (const auto& [sentence, cited] : ranges) {
            const TokenRange tokens = answer.of(sentences[sentence]);
            if (tokens.size() <= 0) {
                continue;
            }
            const auto upTo = std::span(answer.ids).first(static_cast<size_t>(tokens.end));
            LECTERN_ASSIGN(const std::vector<float> without,
                           answerLogLikelihoods(*m_session, contextTokens, asked, upTo,
                                                united(outside, regionsOf(cited, m_session->profile().region)), stop));
            const double drop = sum(whole, tokens) - sum(without, tokens);
            const CitationState state =
                drop >= kVerifiedDropNats ? CitationState::Verified : CitationState::Unsupported;
            out.push_back({sentence, state, drop});
        }
        return out;
    }();
    // The conversation goes on where it was.
    LECTERN_TRY(m_session->truncate(contextTokens));
    LECTERN_TRY(m_conversation.empty() ? Result<void>() : m_session->decode(m_conversation, {}));
    return verdicts;
}

}  // namespace lectern::app
