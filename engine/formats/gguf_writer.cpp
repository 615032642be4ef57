#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/formats/format_errors.h"
#include "engine/formats/gguf_builder.h"
#include "engine/formats/gguf_metadata.h"
#include "engine/formats/gguf_names.h"
#include "engine/formats/model_source.h"
#include "engine/formats/quantize.h"
#include "engine/formats/replacing_file.h"
#include "engine/formats/rotary_order.h"
#include "engine/formats/tensor_checks.h"
#include "kernels/reference/reference.h"

namespace lectern {

namespace {

/// One tensor of the new file, in file order.
struct PlannedTensor {
    std::string ggufName;
    const TensorData* source = nullptr;
    DType type = DType::F32;
    int64_t sizeBytes = 0;
    bool rotary = false;  ///< rows go back to GGUF's interleaved order
};

Error invalid(const std::string& message) {
    return {ErrorCode::InvalidInput, message};
}

uint32_t fileType(DType type) {
    switch (type) {
        case DType::F16:
            return 1;
        case DType::Q8_0:
            return 7;
        case DType::BF16:
            return 32;
        default:
            return 0;
    }
}

void addModelMetadata(const ModelSource& source, DType matrixType, GgufBuilder& out) {
    const ModelConfig& config = source.config;
    const auto size = [&](const char* key, int32_t value) { out.addUint(key, static_cast<uint32_t>(value)); };
    out.addText("general.architecture", "llama");
    out.addText("general.name", config.name);
    out.addUint("general.file_type", fileType(matrixType));
    out.addUint("general.quantization_version", 2);
    if (!source.license.empty()) {
        out.addText("general.license", source.license);
    }
    size("llama.vocab_size", config.vocabSize);
    size("llama.context_length", config.trainedContext);
    size("llama.embedding_length", config.hiddenSize);
    size("llama.block_count", config.layerCount);
    size("llama.feed_forward_length", config.intermediateSize);
    size("llama.attention.head_count", config.headCount);
    size("llama.attention.head_count_kv", config.kvHeadCount);
    size("llama.attention.key_length", config.headDim);
    size("llama.attention.value_length", config.headDim);
    size("llama.rope.dimension_count", config.headDim);
    out.addFloat("llama.attention.layer_norm_rms_epsilon", config.rmsNormEps);
    if (config.slidingWindow > 0) {
        size("llama.attention.sliding_window", config.slidingWindow);
    }
}

/// The standard keys say what GGUF has words for, ours say all of it.
void addRopeMetadata(const ModelConfig& config, GgufBuilder& out) {
    const RopeScaling& scaling = config.ropeScaling;
    out.addFloat("llama.rope.freq_base", static_cast<float>(config.ropeBase));
    out.addDouble(gguf_key::kRopeBase, config.ropeBase);
    const bool linear = scaling.kind == RopeScaling::Kind::Linear;
    const bool yarn = scaling.kind == RopeScaling::Kind::Yarn;
    out.addText("llama.rope.scaling.type", linear ? "linear" : yarn ? "yarn" : "none");
    if (linear || yarn) {
        out.addFloat("llama.rope.scaling.factor", static_cast<float>(scaling.factor));
    }
    if (yarn) {
        const double original = scaling.originalContext > 0 ? scaling.originalContext : config.trainedContext;
        out.addUint("llama.rope.scaling.original_context_length", static_cast<uint32_t>(original));
        out.addFloat("llama.rope.scaling.yarn_beta_fast", static_cast<float>(scaling.betaFast));
        out.addFloat("llama.rope.scaling.yarn_beta_slow", static_cast<float>(scaling.betaSlow));
        if (scaling.attentionFactor > 0) {
            out.addFloat("llama.rope.scaling.attn_factor",
                         static_cast<float>(scaling.attentionFactor / ggmlYarnFactor(scaling.factor)));
        }
    }
    out.addText(gguf_key::kScalingKind, name(scaling.kind));
    if (scaling.kind == RopeScaling::Kind::None) {
        return;
    }
    out.addDouble(gguf_key::kScalingFactor, scaling.factor);
    out.addDouble(gguf_key::kScalingOriginalContext, scaling.originalContext);
    out.addDouble(gguf_key::kScalingAttentionFactor, scaling.attentionFactor);
    out.addDouble(gguf_key::kScalingBetaFast, scaling.betaFast);
    out.addDouble(gguf_key::kScalingBetaSlow, scaling.betaSlow);
    out.addDouble(gguf_key::kScalingLowFreqFactor, scaling.lowFreqFactor);
    out.addDouble(gguf_key::kScalingHighFreqFactor, scaling.highFreqFactor);
}

Result<void> addTokenizerMetadata(const ModelSource& source, GgufBuilder& out) {
    LECTERN_ASSIGN(SentencePieceModel vocabulary, parseSentencePieceModel(source.tokenizerModel));
    LECTERN_TRY(checkSentencePieceModel(vocabulary));
    // GGUF readers take the number of tokens for the rows of the embedding, so that padding rows need names.
    for (auto id = static_cast<int64_t>(vocabulary.pieces.size()); id < source.config.vocabSize; ++id) {
        vocabulary.pieces.push_back({"[PAD" + std::to_string(id) + "]", -10000.0f, PieceType::Unused});
    }
    std::vector<std::string> tokens;
    std::vector<float> scores;
    std::vector<int32_t> types;
    for (auto& piece : vocabulary.pieces) {
        tokens.push_back(std::move(piece.text));
        scores.push_back(piece.score);
        types.push_back(static_cast<int32_t>(piece.type));
    }
    out.addText("tokenizer.ggml.model", "llama");
    out.addText("tokenizer.ggml.pre", "default");
    out.addTexts("tokenizer.ggml.tokens", tokens);
    out.addFloats("tokenizer.ggml.scores", scores);
    out.addInts("tokenizer.ggml.token_type", types);
    const auto& ends = source.config.eosTokens;
    const auto id = [&](const char* key, TokenId token) {
        if (token >= 0) {
            out.addUint(key, static_cast<uint32_t>(token));
        }
    };
    id("tokenizer.ggml.bos_token_id", vocabulary.bos >= 0 ? vocabulary.bos : source.config.bosToken);
    id("tokenizer.ggml.eos_token_id", ends.empty() ? vocabulary.eos : ends.front());
    id("tokenizer.ggml.unknown_token_id", vocabulary.unknown);
    id("tokenizer.ggml.padding_token_id", vocabulary.pad);
    if (ends.size() > 1) {
        out.addInts(gguf_key::kEosTokens, ends);
    }
    out.addBool("tokenizer.ggml.add_bos_token", true);
    out.addBool("tokenizer.ggml.add_eos_token", false);
    out.addBool("tokenizer.ggml.add_space_prefix", vocabulary.addDummyPrefix);
    if (!source.chatTemplate.empty()) {
        out.addText("tokenizer.chat_template", source.chatTemplate);
    }
    return {};
}

/// Llama-3 scaling for other readers: what each frequency is divided by (transformers, _compute_llama3_parameters).
std::vector<float> llama3Divisors(const ModelConfig& config) {
    const RopeScaling& scaling = config.ropeScaling;
    const double context = scaling.originalContext > 0 ? scaling.originalContext : config.trainedContext;
    std::vector<float> divisors;
    for (int32_t i = 0; i < config.headDim; i += 2) {
        const double wavelength =
            2.0 * std::numbers::pi * std::pow(config.ropeBase, static_cast<double>(i) / config.headDim);
        double divisor = 1.0;
        if (wavelength > context / scaling.lowFreqFactor) {
            divisor = scaling.factor;
        } else if (wavelength > context / scaling.highFreqFactor) {
            const double smooth =
                (context / wavelength - scaling.lowFreqFactor) / (scaling.highFreqFactor - scaling.lowFreqFactor);
            divisor = 1.0 / ((1.0 - smooth) / scaling.factor + smooth);
        }
        divisors.push_back(static_cast<float>(divisor));
    }
    return divisors;
}

Result<std::vector<PlannedTensor>> planTensors(const ModelSource& source, DType matrixType) {
    std::vector<PlannedTensor> plan;
    for (const auto& [hfName, shape] : expectedTensors(source.config)) {
        const auto found = source.tensors.find(hfName);
        const auto ggufName = ggufNameOf(hfName);
        if (found == source.tensors.end() || !ggufName || found->second.shape != shape) {
            return invalid("The model lacks the tensor " + inQuotes(hfName) + " or it has the wrong shape.");
        }
        PlannedTensor tensor;
        tensor.ggufName = *ggufName;
        tensor.source = &found->second;
        const bool divides = shape.back() % kernels::blockValues(matrixType) == 0;
        tensor.type = shape.size() == 2 && divides ? matrixType : DType::F32;
        tensor.sizeBytes = tensorBytes(tensor.type, shape).value_or(0);
        tensor.rotary = hfName.ends_with("q_proj.weight") || hfName.ends_with("k_proj.weight");
        plan.push_back(std::move(tensor));
    }
    return plan;
}

/// Writes one tensor row by row in its new type. `reordered` is scratch for the rows in file order.
Result<void> writeTensor(const PlannedTensor& tensor, int32_t headDim, ReplacingFile& file) {
    TensorData data = *tensor.source;
    std::vector<std::byte> reordered;
    if (tensor.rotary) {
        reordered.resize(data.bytes.size());
        halfSplitToInterleaved(data, headDim, reordered);
        data.bytes = reordered;
    }
    if (data.type == tensor.type) {
        LECTERN_TRY(file.write(data.bytes));
    } else {
        const int64_t columns = data.shape.back();
        const int64_t rows = data.shape.size() == 2 ? data.shape[0] : 1;
        const int64_t sourceBytes = kernels::rowBytes(data.type, columns);
        std::vector<float> values(static_cast<size_t>(columns));
        std::vector<std::byte> row(static_cast<size_t>(kernels::rowBytes(tensor.type, columns)));
        for (int64_t r = 0; r < rows; ++r) {
            kernels::reference::dequantizeRow(data.type, data.bytes.data() + r * sourceBytes, columns, values.data());
            if (!encodeRow(tensor.type, values, row.data())) {
                return invalid("The tensor " + inQuotes(tensor.ggufName) + " has values outside the range of " +
                               std::string(name(tensor.type)) + ".");
            }
            LECTERN_TRY(file.write(row));
        }
    }
    const auto padding =
        GgufBuilder::padded(static_cast<uint64_t>(tensor.sizeBytes)) - static_cast<uint64_t>(tensor.sizeBytes);
    return file.write(std::string(padding, '\0'));
}

Result<void> writeChecked(const ModelSource& source, const std::filesystem::path& target, DType matrixType) {
    GgufBuilder head;
    addModelMetadata(source, matrixType, head);
    addRopeMetadata(source.config, head);
    LECTERN_TRY(addTokenizerMetadata(source, head));
    if (!source.profileJson.empty()) {
        head.addText(gguf_key::kProfile, source.profileJson);
    }
    if (source.config.keysStoredUnrotated) {
        head.addBool(gguf_key::kKeysUnrotated, true);
    }

    LECTERN_ASSIGN(std::vector<PlannedTensor> plan, planTensors(source, matrixType));
    TensorData frequencies;
    std::vector<float> divisors;
    if (source.config.ropeScaling.kind == RopeScaling::Kind::Llama3) {
        divisors = llama3Divisors(source.config);
        frequencies = {DType::F32, {static_cast<int64_t>(divisors.size())}, std::as_bytes(std::span(divisors))};
        plan.push_back({std::string(kGgufRopeFrequencies), &frequencies, DType::F32,
                        static_cast<int64_t>(frequencies.bytes.size()), false});
    }
    for (const auto& tensor : plan) {
        head.addTensor(tensor.ggufName, tensor.source->shape, tensor.type, static_cast<uint64_t>(tensor.sizeBytes));
    }

    LECTERN_ASSIGN(ReplacingFile file, ReplacingFile::create(target));
    LECTERN_TRY(file.write(head.head()));
    for (const auto& tensor : plan) {
        LECTERN_TRY(writeTensor(tensor, source.config.headDim, file));
    }
    return file.commit();
}

}  // namespace

Result<void> writeGguf(const ModelSource& source, const std::filesystem::path& target,
                       const GgufWriteOptions& options) {
    if (!canEncode(options.matrixType)) {
        return Error{ErrorCode::InvalidInput,
                     "Lectern writes F32, F16, BF16 and Q8_0, not " + std::string(name(options.matrixType)) + "."};
    }
    try {
        return writeChecked(source, target, options.matrixType);
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to write " + target.string() + "."};
    } catch (const std::exception& exception) {
        return Error{ErrorCode::Io, target.string() + " cannot be written: " + exception.what() + "."};
    }
}

}  // namespace lectern
