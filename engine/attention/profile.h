#pragma once
// A model's attention profile: region geometry, budgets, scorers and the RoPE scale per capacity class. One JSON file
// beside the model or embedded in its GGUF; checked at load. Terms: shared design notes "MS attention and CRD NTK",
// arXiv 2410.04211.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "kernels/common/types.h"

namespace lectern {

/// One rule of what a query may attend to; see engine/attention/README.md.
enum class AttentionMode { Dense, MsTrain, MsPrefill, MsDecode, MsPretrain };

/// Whether each query head selects for itself (the paper) or the heads of one KV group together.
enum class HeadGrouping { PerQueryHead, PerKvHead };

/// Contexts up to `contextTokens` (document, conversation and reply together) rotate with NTK factor `ropeScale` (A).
struct CapacityClass {
    int64_t contextTokens = 0;
    double ropeScale = 1.0;
    bool operator==(const CapacityClass&) const = default;
};

/// Weight of one query head when a sentence's softmax mass is turned into citations.
struct CitationHead {
    int32_t layer = 0;
    int32_t head = 0;
    float weight = 1.0f;
    bool operator==(const CitationHead&) const = default;
};

/// Selection for one phase. Budgets are in tokens and count the own block.
struct SelectionRule {
    int32_t budget = 2048;  ///< W
    int32_t local = 16;     ///< regions always kept before the block (prefill) or before the query's region (decode)
    int32_t sink = 1;       ///< regions always kept at the start
    Scorer scorer = Scorer::Mean;
    HeadGrouping heads = HeadGrouping::PerKvHead;
    bool operator==(const SelectionRule&) const = default;
};

struct AttentionProfile {
    int32_t region = 16;  ///< p, tokens
    int32_t merge = 16;   ///< m, regions per block
    /// Mode of the document's prefill; MsDecode means dense prefill with sparse decoding.
    AttentionMode mode = AttentionMode::MsPrefill;
    SelectionRule prefill;
    SelectionRule decode{.scorer = Scorer::Bound};
    KvType kvType = KvType::BF16;
    /// How selections are searched. Flat until another one pays: on novels at 64K tokens the bounds of 16 regions of
    /// rotated keys rule nothing out. Approximate: decode looks into `searchProbe` super-regions per region it keeps.
    SearchLevel search = SearchLevel::Flat;
    double searchProbe = 4.0;
    std::vector<CapacityClass> capacity;      ///< ascending; empty: one unscaled class of the trained context
    std::vector<CitationHead> citationHeads;  ///< empty: all heads weigh the same
    bool operator==(const AttentionProfile&) const = default;

    int32_t blockTokens() const { return merge * region; }                                   ///< B
    int32_t budgetRegions(const SelectionRule& rule) const { return rule.budget / region; }  ///< T

    /// Mode of generated and question tokens.
    AttentionMode decodeMode() const;
    /// Checks ranges and sink + local + m < T. Errors: InvalidInput, naming the field.
    Result<void> check() const;
    /// The smallest class that holds `tokens`; beyond the largest class: LimitExceeded.
    Result<CapacityClass> capacityFor(int64_t tokens) const;
};

/// The profile used when a model brings none: p 16, W 2048, m 16, capacity = the trained context only.
AttentionProfile defaultProfile(int64_t trainedContext);

/// Reads "lectern.profile/1" JSON. Unknown keys are refused, so that a misspelt setting is never silently ignored.
Result<AttentionProfile> parseProfile(std::string_view json);
nlohmann::json profileToJson(const AttentionProfile& profile);

/// Names used in flags and JSON: "dense", "ms_prefill", ...; "mean", "bound"; "query", "kv"; "f32", "bf16", "int8",
/// "int4", "fp8"; "flat", "exact", "approximate".
std::string_view name(AttentionMode mode);
std::string_view name(Scorer scorer);
std::string_view name(HeadGrouping grouping);
std::string_view name(KvType type);
std::string_view name(SearchLevel level);
Result<AttentionMode> parseAttentionMode(std::string_view text);
Result<Scorer> parseScorer(std::string_view text);
Result<HeadGrouping> parseHeadGrouping(std::string_view text);
Result<KvType> parseKvType(std::string_view text);
Result<SearchLevel> parseSearchLevel(std::string_view text);

}  // namespace lectern
