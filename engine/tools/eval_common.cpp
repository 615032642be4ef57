#include "engine/tools/eval_common.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/core/resources.h"

namespace lectern::tools {
namespace {

constexpr const char* kDefaultHaystack = "samples/corrin-handbook";
constexpr int64_t kMaxHaystackBytes = int64_t{1} << 30;

}  // namespace

Result<std::string> readHaystack(std::vector<std::string> files) {
    if (files.empty()) {
        LECTERN_ASSIGN(const std::filesystem::path sample, findResource(kDefaultHaystack));
        std::error_code failure;
        for (const auto& entry : std::filesystem::directory_iterator(sample, failure)) {
            files.push_back(entry.path().string());
        }
        std::sort(files.begin(), files.end());
    }
    std::string haystack;
    for (const std::string& file : files) {
        LECTERN_ASSIGN(const std::string text, readFile(file, kMaxHaystackBytes));
        haystack += text;
    }
    return haystack;
}

void reportTrial(const RetrievalTrial& trial) {
    std::fprintf(stderr, "depth %.2f: expected \"%s\", answered \"%s\"%s (prefill %.1f s)\n", trial.depth,
                 trial.expected.c_str(), trial.answer.c_str(), trial.citedFact ? ", cited" : "", trial.prefillSeconds);
}

void addSpecFlags(CLI::App& app, EvalFlags& flags) {
    addCommonFlags(app, flags.options);
    app.add_option("--context", flags.spec.contextTokens, "Tokens of document, question and reply")
        ->capture_default_str()
        ->check(CLI::Range(int64_t{128}, int64_t{1} << 24));
    app.add_option("--trials", flags.spec.trialsPerDepth, "Trials per depth")
        ->capture_default_str()
        ->check(CLI::Range(1, 10000));
    app.add_option("--depths", flags.spec.depths, "Depths, evenly spread from start to end")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000));
    app.add_option("--seed", flags.spec.seed, "First seed")->capture_default_str();
    app.add_option("--write", flags.writeFolder,
                   "Instead of asking, write the documents as text files with questions.json into this folder");
    app.add_flag("--json", flags.json, "One JSON object");
}

void addHaystackFlags(CLI::App& app, EvalFlags& flags) {
    app.add_option("--text", flags.text, "Prose to hide the facts in (default: the sample document)");
    app.add_option("--needles", flags.needle.needles, "Facts hidden at once")
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
    app.add_option("--ask", flags.needle.asked, "Facts asked for behind one document, each afresh")
        ->capture_default_str()
        ->check(CLI::Range(1, 100));
}

Result<LoadedModel> loadForEval(const RunOptions& options) {
    LECTERN_ASSIGN(LoadedModel loaded, loadModel(options));
    if (!loaded.model->hasTokenizer()) {
        return Error{ErrorCode::Unsupported, "This model has no tokenizer."};
    }
    return loaded;
}

Result<nlohmann::json> evalProfileEcho(const LoadedModel& loaded, int64_t contextTokens) {
    LECTERN_ASSIGN(const std::unique_ptr<Session> session,
                   Session::create(loaded.model, loaded.backend, loaded.sessionOptions(contextTokens)));
    return profileEcho(loaded, *session);
}

}  // namespace lectern::tools
