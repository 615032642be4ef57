// tokenize, logits, generate, convert, info.

#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <iostream>
#include <iterator>

#include "engine/cache/cpu_kv_storage.h"
#include "engine/core/resources.h"
#include "engine/tools/tools.h"

namespace lectern::tools {
namespace {

constexpr int64_t kMaxPromptBytes = int64_t{256} << 20;

/// Opens only the tokenizer of a model: no weights are prepared.
Result<Tokenizer> openTokenizer(const RunOptions& options) {
    std::filesystem::path path = options.model;
    if (path.empty()) {
        LECTERN_ASSIGN(path, defaultModelPath());
    }
    LECTERN_ASSIGN(const std::string proto, readTokenizerModel(path));
    return Tokenizer::create(proto);
}

Result<void> tokenize(const RunOptions& options, bool decode, bool bos, bool noPrefix) {
    LECTERN_ASSIGN(const Tokenizer tokenizer, openTokenizer(options));
    if (decode) {
        std::vector<TokenId> ids;
        for (int64_t id = 0; std::cin >> id;) {
            if (id < 0 || id >= tokenizer.vocabSize()) {
                return Error{ErrorCode::InvalidInput, "Token " + std::to_string(id) + " is outside the vocabulary of " +
                                                          std::to_string(tokenizer.vocabSize()) + "."};
            }
            ids.push_back(static_cast<TokenId>(id));
        }
        if (!std::cin.eof()) {
            return Error{ErrorCode::InvalidInput, "--decode reads token ids separated by white space."};
        }
        const std::string text = tokenizer.decode(ids, !noPrefix);
        std::fwrite(text.data(), 1, text.size(), stdout);
        return {};
    }
    const std::string text{std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>()};
    const std::vector<TokenId> ids = tokenizer.encode(text, {bos, !noPrefix});
    std::string line;
    for (const TokenId id : ids) {
        line += (line.empty() ? "" : " ") + std::to_string(id);
    }
    std::printf("%s\n", line.c_str());
    return {};
}

/// NumPy's .npy, version 1.0: a magic string, a padded Python dictionary, the raw rows.
std::string npyFile(const std::vector<float>& values, int64_t rows, int64_t columns) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(rows) + ", " +
                         std::to_string(columns) + "), }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
    header += '\n';
    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() & 0xff);
    bytes += static_cast<char>(header.size() >> 8);
    bytes += header;
    bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    return bytes;
}

Result<void> logits(const RunOptions& options, const std::string& idsFile, const std::string& outFile,
                    std::stop_token stop) {
    LECTERN_ASSIGN(const std::vector<TokenId> ids, readIds(idsFile));
    LECTERN_ASSIGN(const LoadedModel loaded, loadModel(options));
    LECTERN_ASSIGN(
        const std::unique_ptr<Session> session,
        Session::create(loaded.model, loaded.backend, loaded.sessionOptions(static_cast<int64_t>(ids.size()))));
    LECTERN_ASSIGN(const std::vector<float> values, session->allLogits(ids, true, stop));
    return writeFileAtomically(outFile,
                               npyFile(values, static_cast<int64_t>(ids.size()), loaded.model->config().vocabSize));
}

struct GenerateFlags {
    std::string promptFile;
    GenerateOptions options;
    bool json = false;
    bool raw = false;
};

Result<void> generate(const RunOptions& run, const GenerateFlags& flags, std::stop_token stop) {
    LECTERN_ASSIGN(const std::string prompt, readFile(flags.promptFile, kMaxPromptBytes));
    LECTERN_ASSIGN(const LoadedModel loaded, loadModel(run));
    if (!loaded.model->hasTokenizer()) {
        return Error{ErrorCode::Unsupported, "This model has no tokenizer."};
    }
    const std::vector<TokenId> ids = loaded.model->tokenizer().encode(prompt, {.bos = true});
    SessionOptions sessionOptions = loaded.sessionOptions(static_cast<int64_t>(ids.size()) + flags.options.maxTokens);
    LECTERN_ASSIGN(const std::unique_ptr<Session> session,
                   Session::create(loaded.model, loaded.backend, std::move(sessionOptions)));
    double prefillSeconds = 0;
    // The last prompt token goes through decode, so that the first generated token is chosen by a causal selection.
    const auto document = std::span(ids).first(ids.size() - 1);
    LECTERN_TRY(session->prefill(
        document, [&](const PrefillProgress& progress) { prefillSeconds = progress.seconds; }, stop));
    LECTERN_TRY(session->decode(std::span(ids).last(1), stop));
    TextCallback print;
    if (!flags.json) {
        print = [](std::string_view text) {
            std::fwrite(text.data(), 1, text.size(), stdout);
            std::fflush(stdout);
        };
    }
    LECTERN_ASSIGN(const Generation generation, session->generate(flags.options, print, stop));
    if (!flags.json) {
        std::printf("\n");
        return {};
    }
    printJson({{"text", generation.text},
               {"tokens", generation.tokens},
               {"finish_reason", name(generation.finish)},
               {"prefill", {{"tokens", ids.size()}, {"seconds", prefillSeconds}, {"restored_tokens", 0}}},
               {"decode", {{"tokens", generation.tokens.size()}, {"seconds", generation.seconds}}},
               {"profile", profileEcho(loaded, *session)}});
    return {};
}

Result<DType> parseMatrixType(const std::string& name) {
    for (const auto& [known, type] :
         {std::pair{"f32", DType::F32}, {"f16", DType::F16}, {"bf16", DType::BF16}, {"q8_0", DType::Q8_0}}) {
        if (name == known) {
            return type;
        }
    }
    return Error{ErrorCode::InvalidInput, "Unknown type \"" + name + "\"; known are f32, f16, bf16, q8_0."};
}

struct ConvertFlags {
    RunOptions options;
    std::string to = "gguf", type = "q8_0", out;
    std::string name, license;  ///< empty: the model's own
};

Result<void> convert(const ConvertFlags& flags) {
    const RunOptions& options = flags.options;
    if (flags.to != "gguf") {
        return Error{ErrorCode::InvalidInput, "Unknown target \"" + flags.to + "\"; known is gguf."};
    }
    LECTERN_ASSIGN(const DType matrixType, parseMatrixType(flags.type));
    LECTERN_ASSIGN(ModelSource source, openModelSource(options.model));
    if (!options.profile.empty()) {
        LECTERN_ASSIGN(source.profileJson, readFile(options.profile, 4 << 20));
        LECTERN_TRY(parseProfile(source.profileJson));
    }
    if (!flags.name.empty()) {
        source.config.name = flags.name;
    }
    if (!flags.license.empty()) {
        source.license = flags.license;
    }
    std::filesystem::path target = flags.out;
    if (target.empty()) {
        target = std::filesystem::path(options.model).lexically_normal();
        target = (target.has_filename() ? target.filename() : target.parent_path().filename()).string() + "-" +
                 flags.type + ".gguf";
    }
    LECTERN_TRY(writeGguf(source, target, {matrixType}));
    std::printf("%s\n", target.string().c_str());
    return {};
}

nlohmann::json infoJson(const LoadedModel& loaded) {
    const ModelConfig& config = loaded.model->config();
    const DeviceInfo device = loaded.backend->info();
    constexpr int64_t kTokens = 65536;
    const KvStorageSpec spec{
        config.layerCount, config.kvHeadCount, config.headDim, loaded.profile.region, loaded.profile.kvType, 0, 0, {}};
    return {{"name", config.name},
            {"architecture", config.architecture},
            {"path", loaded.model->source().path.string()},
            {"license", loaded.model->source().license},
            {"parameters", loaded.model->parameterCount()},
            {"weight_bytes", loaded.model->weightBytes()},
            {"file_bytes", loaded.model->source().sizeBytes},
            {"vocab_size", config.vocabSize},
            {"hidden_size", config.hiddenSize},
            {"layers", config.layerCount},
            {"heads", config.headCount},
            {"kv_heads", config.kvHeadCount},
            {"head_dim", config.headDim},
            {"intermediate_size", config.intermediateSize},
            {"trained_context", config.trainedContext},
            {"extended_context",
             loaded.profile.capacity.empty() ? config.trainedContext : loaded.profile.capacity.back().contextTokens},
            {"sliding_window", config.slidingWindow},
            {"rope_base", config.ropeBase},
            {"tied_embeddings", config.tiedEmbeddings},
            {"kv_bytes_per_token", CpuKvStorage::bytesFor(spec, kTokens) / kTokens},
            {"device", {{"name", device.name}, {"memory_bytes", device.memoryBytes}, {"free_bytes", device.freeBytes}}},
            {"cuda", cudaUnavailableReason().empty() ? "available" : cudaUnavailableReason()},
            {"profile", profileToJson(loaded.profile)}};
}

Result<void> info(const RunOptions& options, bool json) {
    LECTERN_ASSIGN(const LoadedModel loaded, loadModel(options));
    const nlohmann::json values = infoJson(loaded);
    if (json) {
        printJson(values);
        return {};
    }
    for (const auto& item : values.items()) {
        std::printf("%-18s %s\n", item.key().c_str(), item.value().dump().c_str());
    }
    return {};
}

}  // namespace

Command addTokenize(CLI::App& parent) {
    struct Flags {
        RunOptions options;
        bool decode = false, bos = false, noPrefix = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* app =
        parent.add_subcommand("tokenize", "Standard input to token ids on one line; with --decode ids to text");
    app->add_option("--model", flags->options.model,
                    "Model folder, GGUF file or tokenizer.model (default: the embedded model)");
    app->add_flag("--decode", flags->decode, "Token ids on standard input, their bytes on standard output");
    app->add_flag("--bos", flags->bos, "Begin with the beginning-of-text token");
    app->add_flag("--no-prefix", flags->noPrefix, "A continuation: without sentencepiece's dummy space");
    return [flags](std::stop_token) { return tokenize(flags->options, flags->decode, flags->bos, flags->noPrefix); };
}

Command addLogits(CLI::App& parent) {
    struct Flags {
        RunOptions options;
        std::string ids, out;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("logits", "Logits of every token as a NumPy file [tokens, vocabulary], f32");
    addCommonFlags(*app, flags->options);
    app->add_option("--ids", flags->ids, "File of token ids")->required();
    app->add_option("--out", flags->out, "Target .npy")->required();
    return [flags](std::stop_token stop) { return logits(flags->options, flags->ids, flags->out, stop); };
}

Command addGenerate(CLI::App& parent) {
    struct Flags {
        RunOptions options;
        GenerateFlags generate;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("generate", "Continue a prompt");
    addCommonFlags(*app, flags->options);
    app->add_option("--prompt-file", flags->generate.promptFile, "Text to continue")->required();
    app->add_option("--max-tokens", flags->generate.options.maxTokens, "Tokens at most")
        ->default_val(128)
        ->check(CLI::Range(1, 1 << 20));
    app->add_option("--temperature", flags->generate.options.sampler.temperature, "0: greedy")
        ->check(CLI::Range(0.0, 100.0));
    app->add_option("--top-k", flags->generate.options.sampler.topK, "0: off");
    app->add_option("--top-p", flags->generate.options.sampler.topP, "1: off")->check(CLI::Range(0.0, 1.0));
    app->add_option("--seed", flags->generate.options.sampler.seed, "Random seed");
    app->add_option("--stop", flags->generate.options.stopStrings, "End before this text (may be repeated)");
    app->add_flag("--json", flags->generate.json, "One JSON object instead of text");
    return [flags](std::stop_token stop) { return generate(flags->options, flags->generate, stop); };
}

Command addConvert(CLI::App& parent) {
    auto flags = std::make_shared<ConvertFlags>();
    CLI::App* app = parent.add_subcommand("convert", "Write a model in another format");
    app->add_option("--model", flags->options.model, "Model folder or GGUF file")->required();
    app->add_option("--profile", flags->options.profile, "Attention profile to embed");
    app->add_option("--to", flags->to, "gguf")->capture_default_str();
    app->add_option("--type", flags->type, "f32, f16, bf16, q8_0")->capture_default_str();
    app->add_option("--out", flags->out, "Target file (default: <model>-<type>.gguf here)");
    app->add_option("--name", flags->name, "Name to write into the file (default: the model's own)");
    app->add_option("--license", flags->license, "Licence to write into the file (default: the model's own)");
    return [flags](std::stop_token) { return convert(*flags); };
}

Command addInfo(CLI::App& parent) {
    struct Flags {
        RunOptions options;
        bool json = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("info", "Model, device and profile");
    addCommonFlags(*app, flags->options);
    app->add_flag("--json", flags->json, "One JSON object");
    return [flags](std::stop_token) { return info(flags->options, flags->json); };
}

}  // namespace lectern::tools
