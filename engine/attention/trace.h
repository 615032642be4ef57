#pragma once
// What the attention selected and merged, recorded as it runs: sparse lists of token regions, no pixels, no text.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/ids.h"
#include "engine/core/result.h"
#include "kernels/common/types.h"

namespace lectern {

using kernels::RegionId;

/// Document layer, written by prefill: per block, layer and head group the merged regions in order of entry, and which
/// region of the block nominated each. Sink and local regions are implied by the rule and not stored.
/// Appending and reading are for one thread, except that slots of an already opened block may be filled in parallel.
class DocumentTrace {
  public:
    struct Entry {
        RegionId region = 0;
        uint16_t nominator = 0;  ///< index of the nominating region inside the block
        bool operator==(const Entry&) const = default;
    };

    DocumentTrace() = default;
    DocumentTrace(int32_t regionTokens, int32_t blockTokens, int32_t layers, int32_t groups, int32_t sink,
                  int32_t local)
        : m_regionTokens(regionTokens),
          m_blockTokens(blockTokens),
          m_layers(layers),
          m_groups(groups),
          m_sink(sink),
          m_local(local) {}

    int32_t regionTokens() const { return m_regionTokens; }
    int32_t blockTokens() const { return m_blockTokens; }
    int32_t layers() const { return m_layers; }
    /// Selecting heads per layer: KV heads, or query heads under PerQueryHead.
    int32_t groups() const { return m_groups; }
    int32_t sink() const { return m_sink; }
    int32_t local() const { return m_local; }
    int64_t blockCount() const {
        return m_layers * m_groups == 0 ? 0 : static_cast<int64_t>(m_slots.size()) / (m_layers * m_groups);
    }

    /// Makes room for blocks [0, count); existing blocks stay.
    void resizeBlocks(int64_t count) { m_slots.resize(static_cast<size_t>(count * m_layers * m_groups)); }
    void set(int64_t block, int32_t layer, int32_t group, std::vector<Entry> entries) {
        m_slots[slot(block, layer, group)] = std::move(entries);
    }
    /// Empty: the block saw everything before it (short context) or has not been prefilled.
    std::span<const Entry> entries(int64_t block, int32_t layer, int32_t group) const {
        return m_slots[slot(block, layer, group)];
    }

    int64_t memoryBytes() const;

  private:
    size_t slot(int64_t block, int32_t layer, int32_t group) const {
        return static_cast<size_t>((block * m_layers + layer) * m_groups + group);
    }

    int32_t m_regionTokens = 0, m_blockTokens = 0, m_layers = 0, m_groups = 0, m_sink = 0, m_local = 0;
    std::vector<std::vector<Entry>> m_slots;
};

/// Answer layer, written by decode: per token, layer and head group the attended regions with selection score and
/// softmax mass.
class AnswerTrace {
  public:
    struct Entry {
        RegionId region = 0;
        float score = 0;  ///< selection score; 0 for always-kept regions and in dense mode
        float mass = 0;   ///< softmax mass, mean over the group's heads
    };
    /// Calibrated mass of one region for one token: sum over layers and query heads of weight * mass.
    struct RegionWeight {
        RegionId region = 0;
        float weight = 0;
    };
    struct Step {
        int64_t token = 0;  ///< index in the context of the query token
        TokenId id = 0;     ///< the token itself
        bool question = false;
        std::vector<std::vector<Entry>>
            groups;                          ///< [layer * groupCount + group], best mass first, at most entriesPerGroup
        std::vector<RegionWeight> citation;  ///< heaviest first, at most citationEntries; sink left out
    };

    int32_t layers = 0;
    int32_t groupCount = 0;
    int32_t regionTokens = 0;
    int32_t sink = 0;
    int32_t local = 0;
    std::vector<Step> steps;
};

/// Bounds of the answer layer's memory: a step keeps at most these many entries.
struct AnswerTraceLimits {
    int32_t entriesPerGroup = 64;
    int32_t citationEntries = 64;
};

/// Compact binary forms ("LTR1"/"LTA1"), little endian, for the library and snapshots. Readers are bounded.
std::string serialize(const DocumentTrace& trace);
std::string serialize(const AnswerTrace& trace);
Result<DocumentTrace> parseDocumentTrace(std::string_view bytes);
Result<AnswerTrace> parseAnswerTrace(std::string_view bytes);

}  // namespace lectern
