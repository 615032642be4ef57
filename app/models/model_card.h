#pragma once
// What a person wants to know of a model before choosing it.

#include <string>
#include <vector>

#include "app/models/model_catalog.h"

namespace lectern::app {

/// Memory that a context of some length takes, by use.
struct MemoryNeed {
    int64_t weights = 0;
    int64_t keysAndValues = 0;
    int64_t summaries = 0;
    int64_t total() const { return weights + keysAndValues + summaries; }
};

/// Longest context that is read with this factor of the rotary base.
struct ContextClass {
    int64_t tokens = 0;
    double ropeScale = 1;
};

struct ModelCard {
    ModelEntry entry;  ///< with the problem that reading the whole file found
    int64_t parameters = 0;
    std::string licence;       ///< as the files state it; empty: they do not
    std::string weightFormat;  ///< "Q8_0", "BF16": the format of most weights
    int64_t trainedContext = 0;
    int64_t extendedContext = 0;
    std::vector<ContextClass> contexts;
    std::string attentionMode;  ///< name in the profile
    std::string kvType;         ///< the profile's
    int32_t regionTokens = 16;
};

/// Opens the model and checks it from end to end; weights stay on disk. Takes up to seconds: not for the GUI thread.
ModelCard readModelCard(const ModelEntry& entry);

/// `kvType`: "f32", "bf16", "int8", "fp8", "int4"; anything else, as "profile": the card's own.
MemoryNeed memoryNeed(const ModelCard& card, int64_t contextTokens, const std::string& kvType);
/// Memory that is free on this computer now.
int64_t freeMemoryBytes();
/// Why the graphics card cannot be used; empty when it can.
std::string cudaProblem();

/// An adapter folder as its own files describe it.
struct AdapterEntry {
    std::filesystem::path path;
    std::string name;
    std::string baseModel;
    int32_t rank = 0;
    std::vector<std::string> modules;
    int64_t sizeBytes = 0;
    std::string problem;
};

/// Folders with adapter_config.json, at most three levels below `folders`, by path.
std::vector<AdapterEntry> findAdapters(std::span<const std::filesystem::path> folders);

/// modelHash() remembered in the cache folder by path, size and time of change. Takes seconds to minutes.
std::string cachedModelHash(const std::filesystem::path& path);
/// The hash if it is remembered, else empty; quick.
std::string rememberedModelHash(const std::filesystem::path& path);

}  // namespace lectern::app
