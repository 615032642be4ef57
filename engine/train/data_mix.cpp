#include "engine/train/data_mix.h"

#include <bit>
#include <nlohmann/json.hpp>

#include "engine/train/keyed_random.h"

namespace lectern {
namespace {

constexpr uint64_t kMixStream = 0x6d6978;

}  // namespace

void countLength(DataReport& report, int64_t tokens) {
    const auto bucket = static_cast<size_t>(std::bit_width(static_cast<uint64_t>(std::max<int64_t>(1, tokens))) - 1);
    if (report.histogram.size() <= bucket) {
        report.histogram.resize(bucket + 1);
    }
    ++report.histogram[bucket];
}

Result<std::unique_ptr<DataSource>> openDataSource(const DataSpec& spec, const DataContext& context) {
    switch (spec.kind) {
        case DataKind::Text:
            return openTextSource(spec, context);
        case DataKind::Examples:
            return openExampleSource(spec, context);
        case DataKind::Questions:
            return openQuestionSource(spec, context);
        case DataKind::DocumentQuestions:
            return openDocumentQuestionSource(spec, context);
        case DataKind::Passkey:
        case DataKind::Needle:
            return openNeedleSource(spec, context);
    }
    return Error{ErrorCode::InvalidInput, "Unknown kind of training data."};
}

Result<std::unique_ptr<DataMix>> DataMix::open(const std::vector<DataSpec>& specs, const DataContext& context) {
    std::unique_ptr<DataMix> mix(new DataMix(specs, context));
    for (const DataSpec& spec : specs) {
        LECTERN_ASSIGN(std::unique_ptr<DataSource> source, openDataSource(spec, context));
        mix->m_sources.push_back(std::move(source));
        mix->m_totalWeight += spec.weight;
    }
    if (mix->m_sources.empty() || !(mix->m_totalWeight > 0)) {
        return Error{ErrorCode::InvalidInput, "The run has no training data with a weight above zero."};
    }
    mix->m_counts.resize(mix->m_sources.size());
    return mix;
}

size_t DataMix::sourceOf(int64_t index) const {
    double at = KeyedRandom({m_context.seed, kMixStream, static_cast<uint64_t>(index)}).uniform() * m_totalWeight;
    for (size_t i = 0; i + 1 < m_specs.size(); ++i) {
        at -= m_specs[i].weight;
        if (at < 0) {
            return i;
        }
    }
    return m_specs.size() - 1;
}

Result<DataSequence> DataMix::sequence(int64_t index) {
    const size_t source = sourceOf(index);
    int64_t place = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (index < m_next) {
            m_next = 0;
            std::fill(m_counts.begin(), m_counts.end(), 0);
        }
        while (m_next < index) {
            ++m_counts[sourceOf(m_next++)];
        }
        place = m_counts[source];
    }
    return m_sources[source]->sequence(place);
}

Result<std::vector<DataSequence>> DataMix::heldOut(int64_t most) {
    std::vector<DataSequence> list;
    std::vector<bool> exhausted(m_sources.size());
    for (int64_t index = 0; static_cast<int64_t>(list.size()) < most; ++index) {
        bool any = false;
        for (size_t i = 0; i < m_sources.size() && static_cast<int64_t>(list.size()) < most; ++i) {
            if (exhausted[i] || m_specs[i].weight <= 0) {
                continue;
            }
            LECTERN_ASSIGN(DataSequence made, m_sources[i]->heldOut(index));
            exhausted[i] = made.sequence.tokens.empty();
            any = any || !exhausted[i];
            if (made.sequence.trainedTokens() > 0) {
                list.push_back(std::move(made));
            }
        }
        if (!any) {
            break;
        }
    }
    return list;
}

Result<DataSequence> DataMix::longest(int64_t count) {
    DataSequence best;
    for (int64_t index = 0; index < count; ++index) {
        LECTERN_ASSIGN(DataSequence made, sequence(index));
        if (made.sequence.tokens.size() > best.sequence.tokens.size()) {
            best = std::move(made);
        }
    }
    return best;
}

std::vector<DataReport> DataMix::reports() const {
    std::vector<DataReport> reports;
    for (const auto& source : m_sources) {
        reports.push_back(source->report());
    }
    return reports;
}

nlohmann::json reportsToJson(const std::vector<DataReport>& reports) {
    nlohmann::json list = nlohmann::json::array();
    for (const DataReport& report : reports) {
        nlohmann::json histogram = nlohmann::json::array();
        for (size_t i = 0; i < report.histogram.size(); ++i) {
            if (report.histogram[i] > 0) {
                histogram.push_back({{"from", int64_t{1} << i}, {"count", report.histogram[i]}});
            }
        }
        list.push_back({{"kind", report.kind},
                        {"documents", report.documents},
                        {"held_out", report.heldOut},
                        {"tokens", report.tokens},
                        {"sequences_per_pass", report.sequencesPerPass},
                        {"truncated", report.truncated},
                        {"dropped", report.dropped},
                        {"split", report.split},
                        {"histogram", histogram}});
    }
    return list;
}

nlohmann::json previewSequence(const DataSequence& made, const Tokenizer& tokenizer, int64_t maxTokens) {
    const TrainSequence& sequence = made.sequence;
    const auto size = static_cast<int64_t>(sequence.tokens.size());
    const int64_t omitted = std::max<int64_t>(0, size - 2 * maxTokens);
    nlohmann::json pieces = nlohmann::json::array();
    std::string text;
    int64_t begin = 0;
    const auto flush = [&](int64_t end) {
        if (end > begin) {
            pieces.push_back({{"text", text},
                              {"trained", sequence.trained[static_cast<size_t>(begin)] != 0},
                              {"tokens", end - begin}});
        }
        text.clear();
        begin = end;
    };
    for (int64_t i = 0; i < size; ++i) {
        if (omitted > 0 && i == maxTokens) {
            flush(i);
            i = begin = size - maxTokens;
        }
        const auto at = static_cast<size_t>(i);
        if (i > begin && sequence.trained[at] != sequence.trained[at - 1]) {
            flush(i);
        }
        const TokenId id = sequence.tokens[at];
        text += tokenizer.isControl(id) ? (id == tokenizer.eosToken() ? "</s>" : "<s>")
                                        : std::string(tokenizer.pieceBytes(id));
    }
    flush(size);
    return {{"origin", made.origin},
            {"tokens", size},
            {"trained_tokens", sequence.trainedTokens()},
            {"pieces", pieces},
            {"omitted_tokens", omitted}};
}

}  // namespace lectern
