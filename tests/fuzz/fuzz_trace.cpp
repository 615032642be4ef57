// Stored traces: document layer and answer layer.

#include "engine/attention/trace.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;

std::vector<std::string> fuzzSeeds() {
    DocumentTrace document(16, 256, 2, 2, 1, 4);
    document.resizeBlocks(3);
    document.set(2, 1, 0, {{3, 0}, {7, 2}, {1, 15}});
    AnswerTrace answer{2, 2, 16, 1, 4, {}};
    answer.steps.resize(2);
    for (AnswerTrace::Step& step : answer.steps) {
        step.token = 800;
        step.groups.resize(4);
        step.groups[1] = {{3, 0.5f, 0.25f}, {9, 0.1f, 0.125f}};
        step.citation = {{3, 0.75f}};
    }
    return {serialize(document), serialize(answer)};
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (const auto document = parseDocumentTrace(fuzz::textOf(data, size))) {
        (void)serialize(*document);
    }
    if (const auto answer = parseAnswerTrace(fuzz::textOf(data, size))) {
        (void)serialize(*answer);
    }
    return 0;
}
