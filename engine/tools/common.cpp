#include <sys/resource.h>

#include <cctype>
#include <charconv>
#include <cstdio>

#include "engine/core/resources.h"
#include "engine/tools/tools.h"

namespace lectern::tools {
namespace {

constexpr int kMostThreads = 1024;

}  // namespace

void addCommonFlags(CLI::App& app, RunOptions& options) {
    app.add_option("--model", options.model, "Model folder or GGUF file (default: the embedded model)");
    app.add_option("--profile", options.profile, "Attention profile JSON (default: the model's own)");
    app.add_option("--adapter", options.adapter, "Adapter folder (PEFT layout), merged at load");
    app.add_option("--attention", options.attention,
                   "dense, ms_train, ms_prefill, ms_decode (dense prefill, sparse decode), ms_pretrain");
    app.add_option("--budget", options.budget, "W: tokens attended per block and per token, own included");
    app.add_option("--decode-budget", options.decodeBudget, "W of generated and question tokens alone");
    app.add_option("--region", options.region, "p: tokens per region");
    app.add_option("--merge", options.merge, "m: regions per block");
    app.add_option("--local", options.local, "Regions always kept before a block or token");
    app.add_option("--scorer", options.scorer, "mean or bound");
    app.add_option("--heads", options.heads, "query or kv: who selects");
    app.add_option("--rope-scale", options.ropeScale, "A: NTK factor (default: by capacity class)");
    app.add_option("--kv-type", options.kvType, "f32, bf16, fp8, int8, int4");
    app.add_option(
        "--kv-memory", options.kvMemory,
        "Memory for the context's keys and values, for instance 4G; the rest lies in a temporary file, or with "
        "--device cuda in host memory");
    app.add_option("--search", options.search, "flat, exact or approximate: how the best regions are found");
    app.add_option("--probe", options.probe, "Super-regions looked into per region kept (approximate search)");
    app.add_option("--threads", options.threads, "Threads; 0: all cores")->check(CLI::Range(0, kMostThreads));
    app.add_option("--device", options.device, "cpu, cuda or auto");
}

void printJson(const nlohmann::json& value) {
    // Model output can be cut inside a character; what is not UTF-8 is shown as U+FFFD rather than refused.
    std::printf("%s\n", value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

Result<std::vector<TokenId>> readIds(const std::string& path) {
    constexpr int64_t kMaxBytes = int64_t{256} << 20;
    LECTERN_ASSIGN(const std::string text, readFile(path, kMaxBytes));
    std::vector<TokenId> ids;
    const char* at = text.data();
    const char* end = at + text.size();
    while (at < end) {
        if (std::isspace(static_cast<unsigned char>(*at)) || *at == ',' || *at == '[' || *at == ']') {
            ++at;
            continue;
        }
        TokenId id = 0;
        const auto [next, error] = std::from_chars(at, end, id);
        if (error != std::errc()) {
            return Error{ErrorCode::InvalidInput, path + " is not a list of token ids."};
        }
        ids.push_back(id);
        at = next;
    }
    if (ids.empty()) {
        return Error{ErrorCode::InvalidInput, path + " holds no token ids."};
    }
    return ids;
}

int64_t peakMemoryBytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * int64_t{1024};
}

Result<DType> weightType(const std::string& name) {
    constexpr std::pair<const char*, DType> kTypes[] = {
        {"q8_0", DType::Q8_0}, {"q4_0", DType::Q4_0}, {"q4_k", DType::Q4_K}, {"q5_k", DType::Q5_K},
        {"q6_k", DType::Q6_K}, {"bf16", DType::BF16}, {"f32", DType::F32}};
    for (const auto& [known, type] : kTypes) {
        if (name == known) {
            return type;
        }
    }
    return Error{ErrorCode::InvalidInput,
                 "Unknown weight type \"" + name + "\"; known are q8_0, q4_0, q4_k, q5_k, q6_k, bf16, f32."};
}

}  // namespace lectern::tools
