#include "app/cli/json.h"

#include <cmath>

#include "app/ask/coverage.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

using nlohmann::json;

double rounded(double value, double unit) {
    return std::round(value / unit) * unit;
}

json tokenRangesJson(const std::vector<TokenRange>& ranges) {
    json out = json::array();
    for (const TokenRange& range : ranges) {
        out.push_back({range.begin, range.end});
    }
    return out;
}

/// `pages` are numbers from 1, both included; `bytes` only where a part of one page was not looked at.
json coverageJson(const Coverage& coverage, const Context& context) {
    json unseen = json::array();
    for (const UnseenPart& part : coverage.unseen) {
        json entry = {{"document", part.document},
                      {"kind", documentKindName(context.kindOf(part.document))},
                      {"pages", {part.firstPage + 1, part.lastPage + 1}},
                      {"bytes", nullptr},
                      {"tokens", part.tokens}};
        if (part.bytes.size() > 0) {
            entry["bytes"] = {part.bytes.begin, part.bytes.end};
        }
        unseen.push_back(std::move(entry));
    }
    return {{"looked_share", rounded(coverage.lookedShare, 1e-6)}, {"never_looked", unseen}};
}

}  // namespace

json rectsJson(const std::vector<PageRect>& rects) {
    json out = json::array();
    for (const PageRect& r : rects) {
        out.push_back({r.x0, r.y0, r.x1, r.y1});
    }
    return out;
}

json documentJson(const DocumentRecord& record, int64_t tokens) {
    return {{"id", record.id},
            {"path", record.header.sourcePath},
            {"kind", documentKindName(record.header.kind)},
            {"pages", record.header.pageCount},
            {"tokens", tokens}};
}

json recordJson(const DocumentRecord& record) {
    return {{"id", record.id},
            {"path", record.header.sourcePath},
            {"kind", documentKindName(record.header.kind)},
            {"title", record.header.title},
            {"state", record.state == IngestState::Ready ? "ready" : "ingesting"},
            {"pages", record.header.pageCount},
            {"pages_stored", record.pagesStored},
            {"pages_without_text", record.pagesWithoutText},
            {"pages_unreadable", record.pagesUnreadable},
            {"text_bytes", record.textBytes},
            {"size_bytes", record.header.sizeBytes},
            {"encrypted", record.header.encrypted},
            {"sha256", record.header.contentHash},
            {"warnings", record.warnings}};
}

json citationJson(const Citation& citation, DocumentKind kind) {
    json out = {{"sentence", citation.sentence},
                {"document", citation.document},
                {"page", nullptr},
                {"page_label", citation.pageLabel},
                {"lines", nullptr},
                {"text", citation.text},
                {"rects", rectsJson(citation.rects)},
                {"token_ranges", tokenRangesJson(citation.tokenRanges)},
                {"weight", rounded(citation.weight, 1e-6)},
                {"state", citationStateName(citation.state)}};
    if (kind == DocumentKind::Pdf) {
        out["page"] = citation.page + 1;
    }
    if (citation.lines) {
        out["lines"] = {citation.lines->first, citation.lines->last};
    }
    return out;
}

json answerJson(const std::string& question, const Answer& answer, const Context& context, const AskReport& report) {
    json citations = json::array();
    for (const Citation& citation : answer.citations) {
        citations.push_back(citationJson(citation, context.kindOf(citation.document)));
    }
    json verification = json::array();
    for (const SentenceVerdict& verdict : report.verdicts) {
        verification.push_back({{"sentence", verdict.sentence},
                                {"state", citationStateName(verdict.state)},
                                {"drop_nats", rounded(verdict.drop, 1e-4)}});
    }
    return {{"question", question},
            {"answer", answer.text},
            {"abstained", isAbstention(answer.text)},
            {"coverage", coverageJson(coverageOf(answer.trace, context), context)},
            {"verification", verification},
            {"finish_reason", name(answer.finish)},
            {"documents", report.documents},
            {"citations", citations},
            {"prefill",
             {{"tokens", report.prefill.tokens},
              {"seconds", rounded(report.prefillReused ? 0.0 : report.prefill.seconds, 1e-6)},
              {"restored_tokens", report.prefill.restoredTokens},
              {"reused", report.prefillReused}}},
            {"decode",
             {{"tokens", answer.tokens},
              {"seconds", rounded(answer.seconds, 1e-6)},
              {"question_seconds", rounded(answer.questionSeconds, 1e-6)}}},
            {"peak_memory_bytes", tools::peakMemoryBytes()},
            {"profile", report.profile},
            {"warnings", report.warnings}};
}

}  // namespace lectern::app::cli
