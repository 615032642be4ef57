#include "engine/attention/trace.h"

#include <algorithm>

#include "engine/core/byte_io.h"

namespace lectern {
namespace {

constexpr uint32_t kDocumentMagic = 0x3152544c;  // "LTR1"
constexpr uint32_t kAnswerMagic = 0x3141544c;    // "LTA1"
constexpr int32_t kMaxLayers = 1024;
constexpr int32_t kMaxGroups = 1024;
constexpr int64_t kMaxBlocks = int64_t{1} << 24;
constexpr int64_t kMaxRegions = int64_t{1} << 31;

Error corrupt() {
    return {ErrorCode::Corrupt, "The stored attention trace is damaged."};
}

// Regions in order of entry jump to and fro; the zigzag difference to the previous one stays short.
uint64_t zigzag(int64_t value) {
    return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
int64_t unzigzag(uint64_t value) {
    return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace

int64_t DocumentTrace::memoryBytes() const {
    auto bytes = static_cast<int64_t>(m_slots.size() * sizeof(m_slots[0]));
    for (const auto& slotEntries : m_slots) {
        bytes += static_cast<int64_t>(slotEntries.capacity() * sizeof(Entry));
    }
    return bytes;
}

std::string serialize(const DocumentTrace& trace) {
    ByteWriter out;
    out.u32(kDocumentMagic);
    for (const int32_t value :
         {trace.regionTokens(), trace.blockTokens(), trace.layers(), trace.groups(), trace.sink(), trace.local()}) {
        out.varint(static_cast<uint64_t>(value));
    }
    out.varint(static_cast<uint64_t>(trace.blockCount()));
    for (int64_t block = 0; block < trace.blockCount(); ++block) {
        for (int32_t layer = 0; layer < trace.layers(); ++layer) {
            for (int32_t group = 0; group < trace.groups(); ++group) {
                const auto entries = trace.entries(block, layer, group);
                out.varint(entries.size());
                int64_t previous = 0;
                for (const DocumentTrace::Entry& entry : entries) {
                    out.varint(zigzag(entry.region - previous));
                    out.varint(entry.nominator);
                    previous = entry.region;
                }
            }
        }
    }
    return out.take();
}

Result<DocumentTrace> parseDocumentTrace(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.u32() != kDocumentMagic) {
        return corrupt();
    }
    const uint64_t region = in.varint(), block = in.varint(), layers = in.varint(), groups = in.varint(),
                   sink = in.varint(), local = in.varint(), blocks = in.varint();
    // Each slot takes at least one byte, so the size of the input bounds what is allocated.
    if (in.failed() || region == 0 || region > 1024 || block < region || block > (1u << 26) || layers == 0 ||
        layers > kMaxLayers || groups == 0 || groups > kMaxGroups || sink > 1024 || local > (1u << 18) ||
        blocks > kMaxBlocks || blocks * layers * groups > in.remaining()) {
        return corrupt();
    }
    DocumentTrace trace(static_cast<int32_t>(region), static_cast<int32_t>(block), static_cast<int32_t>(layers),
                        static_cast<int32_t>(groups), static_cast<int32_t>(sink), static_cast<int32_t>(local));
    trace.resizeBlocks(static_cast<int64_t>(blocks));
    for (uint64_t b = 0; b < blocks; ++b) {
        const auto regions = std::min(static_cast<int64_t>(b * (block / region)), kMaxRegions);  // before the block
        for (uint64_t layer = 0; layer < layers; ++layer) {
            for (uint64_t group = 0; group < groups; ++group) {
                const uint64_t count = in.varint();
                if (in.failed() || count > in.remaining() / 2) {
                    return corrupt();
                }
                std::vector<DocumentTrace::Entry> entries(count);
                int64_t previous = 0;
                for (DocumentTrace::Entry& entry : entries) {
                    const int64_t step = unzigzag(in.varint());
                    const uint64_t nominator = in.varint();
                    if (in.failed() || step < -previous || step >= regions - previous || nominator > 0xffff) {
                        return corrupt();
                    }
                    previous += step;
                    entry = {static_cast<RegionId>(previous), static_cast<uint16_t>(nominator)};
                }
                trace.set(static_cast<int64_t>(b), static_cast<int32_t>(layer), static_cast<int32_t>(group),
                          std::move(entries));
            }
        }
    }
    if (in.remaining() != 0) {
        return corrupt();
    }
    return trace;
}

std::string serialize(const AnswerTrace& trace) {
    ByteWriter out;
    out.u32(kAnswerMagic);
    for (const int32_t value : {trace.layers, trace.groupCount, trace.regionTokens, trace.sink, trace.local}) {
        out.varint(static_cast<uint64_t>(value));
    }
    out.varint(trace.steps.size());
    for (const AnswerTrace::Step& step : trace.steps) {
        out.varint(static_cast<uint64_t>(step.token));
        out.varint(static_cast<uint64_t>(step.id));
        out.varint(step.question ? 1 : 0);
        out.varint(step.groups.size());
        for (const auto& group : step.groups) {
            out.varint(group.size());
            for (const AnswerTrace::Entry& entry : group) {
                out.varint(static_cast<uint64_t>(entry.region));
                out.f32(entry.score);
                out.f32(entry.mass);
            }
        }
        out.varint(step.citation.size());
        for (const AnswerTrace::RegionWeight& weight : step.citation) {
            out.varint(static_cast<uint64_t>(weight.region));
            out.f32(weight.weight);
        }
    }
    return out.take();
}

Result<AnswerTrace> parseAnswerTrace(std::string_view bytes) {
    ByteReader in(bytes);
    if (in.u32() != kAnswerMagic) {
        return corrupt();
    }
    const uint64_t layers = in.varint(), groups = in.varint(), region = in.varint(), sink = in.varint(),
                   local = in.varint(), steps = in.varint();
    if (in.failed() || layers > kMaxLayers || groups > kMaxGroups || region > 1024 || sink > 1024 ||
        local > (1u << 18) || steps > in.remaining()) {
        return corrupt();
    }
    AnswerTrace trace;
    trace.layers = static_cast<int32_t>(layers);
    trace.groupCount = static_cast<int32_t>(groups);
    trace.regionTokens = static_cast<int32_t>(region);
    trace.sink = static_cast<int32_t>(sink);
    trace.local = static_cast<int32_t>(local);
    for (uint64_t s = 0; s < steps; ++s) {
        AnswerTrace::Step step;
        step.token = static_cast<int64_t>(in.varint());
        step.id = static_cast<TokenId>(in.varint());
        step.question = in.varint() != 0;
        const uint64_t groupSlots = in.varint();
        if (in.failed() || groupSlots > layers * groups || groupSlots > in.remaining()) {
            return corrupt();
        }
        step.groups.resize(groupSlots);
        for (auto& group : step.groups) {
            const uint64_t count = in.varint();
            if (in.failed() || count > in.remaining() / 9) {
                return corrupt();
            }
            group.resize(count);
            for (AnswerTrace::Entry& entry : group) {
                const uint64_t id = in.varint();
                if (id >= static_cast<uint64_t>(kMaxRegions)) {
                    return corrupt();
                }
                entry.region = static_cast<RegionId>(id);
                entry.score = in.f32();
                entry.mass = in.f32();
            }
        }
        const uint64_t weights = in.varint();
        if (in.failed() || weights > in.remaining() / 5) {
            return corrupt();
        }
        step.citation.resize(weights);
        for (AnswerTrace::RegionWeight& weight : step.citation) {
            const uint64_t id = in.varint();
            if (id >= static_cast<uint64_t>(kMaxRegions)) {
                return corrupt();
            }
            weight.region = static_cast<RegionId>(id);
            weight.weight = in.f32();
        }
        trace.steps.push_back(std::move(step));
    }
    if (in.failed() || in.remaining() != 0) {
        return corrupt();
    }
    return trace;
}

}  // namespace lectern
