#include "engine/session/session.h"

#include <algorithm>
#include <chrono>

#include "engine/core/check.h"
#include "engine/session/session_impl.h"

namespace lectern {
namespace {

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<void> checkModes(const AttentionProfile& profile, const ModelConfig& config) {
    const bool pretrain = profile.mode == AttentionMode::MsPretrain;
    if (config.keysStoredUnrotated && !pretrain) {
        return Error{ErrorCode::Unsupported,
                     "This model was pre-trained with selected positions; it runs with --attention ms_pretrain only."};
    }
    if (profile.mode != AttentionMode::Dense && config.headCount % config.kvHeadCount != 0) {
        return Error{ErrorCode::Unsupported, "The model's query heads do not divide among its K/V heads."};
    }
    return {};
}

}  // namespace

std::string_view name(FinishReason reason) {
    switch (reason) {
        case FinishReason::EndOfText:
            return "end_of_text";
        case FinishReason::StopString:
            return "stop_string";
        case FinishReason::Length:
            return "length";
        case FinishReason::Cancelled:
            return "cancelled";
    }
    return "?";
}

Session::Session(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::create(std::shared_ptr<const Model> model, std::shared_ptr<Backend> backend,
                                                 SessionOptions options) {
    const ModelConfig& config = model->config();
    AttentionProfile& profile = options.profile;
    LECTERN_TRY(profile.check());
    LECTERN_TRY(checkModes(profile, config));
    if (options.capacityTokens <= 0) {
        options.capacityTokens = config.trainedContext;
    }
    auto impl = std::make_unique<Impl>();
    const bool ownScaling = config.ropeScaling.kind != RopeScaling::Kind::None;
    if (options.ropeScale > 0) {
        impl->ropeScale = options.ropeScale;
    } else if (!profile.capacity.empty() && !ownScaling) {
        LECTERN_ASSIGN(const CapacityClass chosen, profile.capacityFor(options.capacityTokens));
        impl->ropeScale = chosen.ropeScale;
    }
    impl->rope = ownScaling && options.ropeScale <= 0
                     ? RopeSchedule::fromConfig(config, options.capacityTokens)
                     : RopeSchedule::ntk(config.ropeBase, impl->ropeScale, config.headDim);

    KvStorageSpec spec;
    spec.layers = config.layerCount;
    spec.kvHeads = config.kvHeadCount;
    spec.headDim = config.headDim;
    spec.regionTokens = profile.region;
    spec.type = profile.kvType;
    spec.capacityTokens = options.capacityTokens;
    spec.memoryBudgetBytes = options.kvMemoryBytes;
    spec.fileFolder = options.kvFileFolder.string();
    LECTERN_ASSIGN(impl->storage, backend->createKvStorage(spec));
    const int64_t block = profile.blockTokens();
    const int64_t chunkBlocks =
        options.chunkBlocks > 0 ? options.chunkBlocks : std::max<int64_t>(1, backend->chunkTokens() / block);
    const int64_t chunk = std::min(chunkBlocks * block, (options.capacityTokens + block - 1) / block * block);
    LECTERN_ASSIGN(impl->forward, LlamaForward::create(model, backend, chunk));

    const auto groups = [&](const SelectionRule& rule) {
        return rule.heads == HeadGrouping::PerKvHead ? config.kvHeadCount : config.headCount;
    };
    impl->documentTrace = DocumentTrace(profile.region, static_cast<int32_t>(block), config.layerCount,
                                        groups(profile.prefill), profile.prefill.sink, profile.prefill.local);
    impl->answerTrace.layers = config.layerCount;
    impl->answerTrace.groupCount = groups(profile.decode);
    impl->answerTrace.regionTokens = profile.region;
    impl->answerTrace.sink = profile.decode.sink;
    impl->answerTrace.local = profile.decode.local;
    impl->model = std::move(model);
    impl->backend = std::move(backend);
    impl->options = std::move(options);
    return std::unique_ptr<Session>(new Session(std::move(impl)));
}

Result<void> Session::prefill(std::span<const TokenId> tokens, const ProgressCallback& progress, std::stop_token stop) {
    Impl& self = *m_impl;
    const AttentionProfile& profile = self.options.profile;
    // With ms_decode as the profile's mode the document itself is read densely and only decoding is sparse.
    const AttentionMode mode = profile.mode == AttentionMode::MsDecode ? AttentionMode::Dense : profile.mode;
    if (mode != AttentionMode::Dense && self.tokens % profile.blockTokens() != 0) {
        return Error{ErrorCode::InvalidInput, "A document can only be added where a block begins; the context has " +
                                                  std::to_string(self.tokens) + " tokens."};
    }
    const auto total = static_cast<int64_t>(tokens.size());
    if (self.tokens + total > self.options.capacityTokens) {
        return Error{ErrorCode::LimitExceeded, "The document has " + std::to_string(total) + " tokens; " +
                                                   std::to_string(self.options.capacityTokens - self.tokens) +
                                                   " fit the context."};
    }
    const auto start = std::chrono::steady_clock::now();
    ForwardOptions with = self.forwardOptions(mode);
    for (int64_t done = 0; done < total;) {
        if (stop.stop_requested()) {
            return Error{ErrorCode::Cancelled,
                         "Stopped after " + std::to_string(done) + " of " + std::to_string(total) + " tokens."};
        }
        const int64_t count = std::min(self.forward->maxTokens(), total - done);
        if (self.options.recordDocumentTrace) {
            const int64_t block = profile.blockTokens();
            self.documentTrace.resizeBlocks((self.tokens + count + block - 1) / block);
            with.documentTrace = &self.documentTrace;
        }
        LECTERN_TRY(self.runChunk(tokens.subspan(static_cast<size_t>(done), static_cast<size_t>(count)), with, stop));
        done += count;
        if (done == total) {
            LECTERN_TRY(self.readLastLogits(count - 1));
        }
        if (progress) {
            progress({done, total, secondsSince(start)});
        }
    }
    return {};
}

Result<void> Session::decode(std::span<const TokenId> tokens, std::stop_token stop) {
    Impl& self = *m_impl;
    if (tokens.empty()) {
        return {};
    }
    // The last token's pass predicts the first answer token, so it is the one that is traced.
    const auto untraced = static_cast<int64_t>(tokens.size()) - 1;
    ForwardOptions with = self.forwardOptions(self.options.profile.decodeMode());
    with.excludedRegions = self.excluded;
    for (int64_t done = 0; done < untraced;) {
        const int64_t count = std::min(self.forward->maxTokens(), untraced - done);
        LECTERN_TRY(self.runChunk(tokens.subspan(static_cast<size_t>(done), static_cast<size_t>(count)), with, stop));
        done += count;
    }
    return self.decodeTraced(tokens.back(), stop);
}

Result<Generation> Session::generate(const GenerateOptions& options, const TextCallback& onText, std::stop_token stop) {
    Impl& self = *m_impl;
    LECTERN_CHECK(!self.lastLogits.empty());
    const auto start = std::chrono::steady_clock::now();
    const auto& eos = self.model->config().eosTokens;
    Sampler sampler(options.sampler);
    Utf8Assembler assembler;
    Generation generation;
    generation.contextTokens = {self.tokens, self.tokens};
    size_t longestStop = 0;
    for (const std::string& text : options.stopStrings) {
        longestStop = std::max(longestStop, text.size());
    }
    size_t emitted = 0;
    // Text that may still turn into a stop string is held back until it cannot.
    const auto emitUpTo = [&](size_t end) {
        if (onText && end > emitted) {
            onText(std::string_view(generation.text).substr(emitted, end - emitted));
            emitted = end;
        }
    };
    while (static_cast<int32_t>(generation.tokens.size()) < options.maxTokens) {
        if (stop.stop_requested()) {
            generation.finish = FinishReason::Cancelled;
            break;
        }
        const TokenId next = sampler.next(self.lastLogits);
        if (self.options.recordAnswerTrace && !self.answerTrace.steps.empty()) {
            self.answerTrace.steps.back().id = next;
        }
        if (std::find(eos.begin(), eos.end(), next) != eos.end()) {
            generation.finish = FinishReason::EndOfText;
            break;
        }
        generation.tokens.push_back(next);
        if (self.model->hasTokenizer()) {
            generation.text += assembler.push(self.model->tokenizer().pieceBytes(next));
        }
        size_t found = std::string::npos;
        for (const std::string& text : options.stopStrings) {
            const size_t from = generation.text.size() > emitted ? (emitted > longestStop ? emitted - longestStop : 0)
                                                                 : std::string::npos;
            if (from != std::string::npos && !text.empty()) {
                found = std::min(found, generation.text.find(text, from));
            }
        }
        if (found != std::string::npos) {
            generation.text.resize(found);
            generation.finish = FinishReason::StopString;
            break;
        }
        if (generation.text.size() > longestStop) {
            size_t end = generation.text.size() - longestStop;
            while (end > emitted && (static_cast<unsigned char>(generation.text[end]) & 0xc0) == 0x80) {
                --end;
            }
            emitUpTo(longestStop == 0 ? generation.text.size() : end);
        }
        if (auto result = self.decodeTraced(next, stop); !result) {
            if (result.error().code == ErrorCode::Cancelled) {
                generation.finish = FinishReason::Cancelled;
                break;
            }
            return result.error();
        }
    }
    if (generation.finish != FinishReason::StopString) {
        generation.text += assembler.finish();
    }
    emitUpTo(generation.text.size());
    generation.contextTokens.end = self.tokens;
    generation.seconds = secondsSince(start);
    return generation;
}

std::span<const float> Session::lastLogits() const {
    return m_impl->lastLogits;
}

Result<void> Session::truncate(int64_t tokens) {
    Impl& self = *m_impl;
    if (tokens < 0 || tokens > self.tokens) {
        return Error{ErrorCode::InvalidInput, "Cannot cut the context at token " + std::to_string(tokens) + "."};
    }
    LECTERN_TRY(self.storage->truncate(tokens));
    self.tokens = tokens;
    self.lastLogits.clear();
    const int64_t block = self.options.profile.blockTokens();
    self.documentTrace.resizeBlocks(std::min(self.documentTrace.blockCount(), (tokens + block - 1) / block));
    return {};
}

void Session::setExcludedRegions(std::vector<RegionId> regions) {
    std::sort(regions.begin(), regions.end());
    m_impl->excluded = std::move(regions);
}

void Session::setSearch(SearchLevel level, double probe) {
    m_impl->options.profile.search = level;
    m_impl->options.profile.searchProbe = probe;
}

void Session::setRecordAnswerTrace(bool record) {
    m_impl->options.recordAnswerTrace = record;
}

int64_t Session::tokens() const {
    return m_impl->tokens;
}
int64_t Session::capacityTokens() const {
    return m_impl->options.capacityTokens;
}
double Session::ropeScale() const {
    return m_impl->ropeScale;
}
const AttentionProfile& Session::profile() const {
    return m_impl->options.profile;
}
const Model& Session::model() const {
    return *m_impl->model;
}
const DocumentTrace& Session::documentTrace() const {
    return m_impl->documentTrace;
}
const AnswerTrace& Session::answerTrace() const {
    m_impl->settleTrace();
    return m_impl->answerTrace;
}
void Session::clearAnswerTrace() {
    m_impl->settleTrace();
    m_impl->answerTrace.steps.clear();
    m_impl->settledSteps = 0;
}
SelectionCounts Session::selectionCounts() const {
    return m_impl->storage->selectionCounts();
}
int64_t Session::cacheBytes() const {
    return m_impl->storage->sizeBytes();
}

}  // namespace lectern
