#include "app/models/model_card.h"

#include <algorithm>
#include <map>

#include "engine/attention/profile.h"
#include "engine/backend/backend.h"
#include "engine/cache/cpu_kv_storage.h"
#include "engine/cache/region_index.h"
#include "engine/formats/model_source.h"
#include "engine/formats/tensor_checks.h"

namespace lectern::app {
namespace {

KvType kvTypeFor(const ModelCard& card, const std::string& wanted) {
    for (const std::string& each : {wanted, card.kvType}) {
        if (const Result<KvType> type = parseKvType(each)) {
            return *type;
        }
    }
    return KvType::BF16;
}

void describeWeights(const ModelSource& source, ModelCard& card) {
    std::map<std::string, int64_t> valuesOfType;
    for (const auto& [label, tensor] : source.tensors) {
        int64_t values = 1;
        for (const int64_t side : tensor.shape) {
            values *= side;
        }
        card.parameters += values;
        valuesOfType[std::string(name(tensor.type))] += values;
    }
    int64_t most = 0;
    for (const auto& [type, values] : valuesOfType) {
        if (values > most) {
            most = values;
            card.weightFormat = type;
        }
    }
}

}  // namespace

ModelCard readModelCard(const ModelEntry& entry) {
    ModelCard card;
    card.entry = entry;
    if (!entry.problem.empty()) {
        return card;
    }
    const Result<ModelSource> source = openModelSource(entry.path);
    if (!source) {
        card.entry.problem = source.error().message;
        return card;
    }
    card.entry.config = source->config;
    card.licence = source->license;
    card.trainedContext = source->config.trainedContext;
    describeWeights(*source, card);
    AttentionProfile profile = defaultProfile(source->config.trainedContext);
    if (!source->profileJson.empty()) {
        const Result<AttentionProfile> own = parseProfile(source->profileJson);
        if (!own) {
            card.entry.problem = own.error().message;
            return card;
        }
        profile = *own;
    }
    for (const CapacityClass& each : profile.capacity) {
        card.contexts.push_back({each.contextTokens, each.ropeScale});
    }
    if (card.contexts.empty()) {
        card.contexts.push_back({card.trainedContext, 1});
    }
    card.extendedContext = card.contexts.back().tokens;
    card.attentionMode = name(profile.mode);
    card.kvType = name(profile.kvType);
    card.regionTokens = profile.region;
    return card;
}

MemoryNeed memoryNeed(const ModelCard& card, int64_t contextTokens, const std::string& kvType) {
    const ModelConfig& config = card.entry.config;
    MemoryNeed need;
    need.weights = card.entry.sizeBytes;
    if (config.layerCount <= 0 || contextTokens <= 0) {
        return need;
    }
    const KvStorageSpec spec{config.layerCount,
                             config.kvHeadCount,
                             config.headDim,
                             card.regionTokens,
                             kvTypeFor(card, kvType),
                             contextTokens,
                             0,
                             {}};
    const int64_t regions = (contextTokens + card.regionTokens - 1) / card.regionTokens;
    need.summaries =
        config.layerCount * RegionIndex::bytesFor(spec.kvHeads, spec.headDim, regions, spec.type == KvType::F32);
    need.keysAndValues = CpuKvStorage::bytesFor(spec, contextTokens) - need.summaries;
    return need;
}

int64_t freeMemoryBytes() {
    return availableMemoryBytes();
}

std::string cudaProblem() {
    return cudaUnavailableReason();
}

}  // namespace lectern::app
