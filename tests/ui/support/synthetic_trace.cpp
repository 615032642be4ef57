#include "tests/ui/support/synthetic_trace.h"

#include <algorithm>
#include <random>

namespace lectern::ui {
namespace {

constexpr RegionId kEverywhere = 100;

std::shared_ptr<const DocumentTrace> makeDocument(const SyntheticTraceOptions& options) {
    const int32_t blockTokens = options.blockRegions * options.regionTokens;
    auto trace = std::make_shared<DocumentTrace>(options.regionTokens, blockTokens, options.layers, options.groups,
                                                 options.sink, options.local);
    const int64_t blocks = (options.documentTokens + blockTokens - 1) / blockTokens;
    trace->resizeBlocks(blocks);
    std::minstd_rand random(7);
    for (int64_t block = 0; block < blocks; ++block) {
        const int64_t candidates = block * options.blockRegions - options.local - options.sink;
        if (candidates <= options.mergedRegions) {
            continue;
        }
        for (int32_t row = 0; row < options.layers * options.groups; ++row) {
            std::vector<DocumentTrace::Entry> entries;
            entries.reserve(static_cast<size_t>(options.mergedRegions));
            if (row == 0 && candidates > kEverywhere) {
                entries.push_back({kEverywhere, 3});
            }
            const int64_t stride = candidates / options.mergedRegions;
            for (int32_t i = 0; static_cast<int32_t>(entries.size()) < options.mergedRegions; ++i) {
                const auto region = static_cast<RegionId>(
                    options.sink + i * stride + static_cast<int64_t>(random()) % std::max<int64_t>(stride, 1));
                if (row != 0 || region != kEverywhere) {
                    entries.push_back({region, static_cast<uint16_t>(random() % uint32_t(options.blockRegions))});
                }
            }
            trace->set(block, row / options.groups, row % options.groups, std::move(entries));
        }
    }
    return trace;
}

std::shared_ptr<const AnswerTrace> makeAnswer(const SyntheticTraceOptions& options) {
    auto trace = std::make_shared<AnswerTrace>();
    trace->layers = options.layers;
    trace->groupCount = options.groups;
    trace->regionTokens = options.regionTokens;
    trace->sink = options.sink;
    trace->local = options.local;
    const int64_t regions = options.documentTokens / options.regionTokens;
    for (int32_t t = 0; t < options.answerTokens; ++t) {
        AnswerTrace::Step step;
        step.token = options.documentTokens + 20 + t;
        step.id = 100 + t;
        step.question = t < 2;
        for (int32_t row = 0; row < options.layers * options.groups; ++row) {
            std::vector<AnswerTrace::Entry> entries;
            entries.push_back({static_cast<RegionId>((10 * t + row / options.groups) % regions), 4.0f, 0.5f});
            for (int32_t i = 1; i < options.entriesPerGroup; ++i) {
                const auto region = static_cast<RegionId>((int64_t{i} * 131 + t * 17 + row) % regions);
                entries.push_back({region, 2.0f - 0.1f * static_cast<float>(i), 0.3f / static_cast<float>(i + 1)});
            }
            step.groups.push_back(std::move(entries));
        }
        trace->steps.push_back(std::move(step));
    }
    return trace;
}

}  // namespace

TraceSnapshot syntheticSnapshot(const SyntheticTraceOptions& options) {
    TraceSnapshot snapshot;
    snapshot.document = makeDocument(options);
    snapshot.answer = makeAnswer(options);
    snapshot.documentTokens = options.documentTokens;
    snapshot.contextTokens = options.documentTokens + 20 + options.answerTokens;
    const char* words[] = {"Question", "?", "The", "light", "at", "Corrin", "Head", "was", "lit", "in", "1824", "."};
    for (int32_t t = 0; t < options.answerTokens; ++t) {
        snapshot.stepTexts.push_back(QString::fromLatin1(words[t % 12]));
    }
    constexpr int64_t kPageTokens = 700;
    for (int64_t token = 0, page = 1; token < options.documentTokens; token += kPageTokens, ++page) {
        snapshot.marks.pages.push_back({token, QString::number(page), 0});
        if (page % 12 == 1) {
            snapshot.marks.chapters.push_back({token, QStringLiteral("Chapter %1").arg(page / 12 + 1), 0});
        } else if (page % 4 == 1) {
            snapshot.marks.chapters.push_back({token, QStringLiteral("Section %1").arg(page), 1});
        }
    }
    return snapshot;
}

}  // namespace lectern::ui
