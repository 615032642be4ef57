#include "engine/formats/tensor_checks.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/formats/format_errors.h"

namespace lectern {

namespace {

constexpr int64_t kMaxElements = int64_t{1} << 48;

std::string shapeText(std::span<const int64_t> shape) {
    std::string text = "[";
    for (size_t i = 0; i < shape.size() && i < 8; ++i) {
        text += (i ? ", " : "") + std::to_string(shape[i]);
    }
    return text + "]";
}

/// True when some word has all bits of `exponentMask` set, which is NaN or infinity in every IEEE format. The
/// fixed-size inner loop has no early exit, so that the compiler vectorises it.
template <typename Word>
bool anyNonFinite(std::span<const std::byte> bytes, Word exponentMask) {
    constexpr size_t kWords = 2048;
    std::array<Word, kWords> block;
    for (size_t offset = 0; offset < bytes.size(); offset += sizeof(block)) {
        const size_t size = std::min(sizeof(block), bytes.size() - offset);
        if (size < sizeof(block)) {
            block.fill(0);
        }
        std::memcpy(block.data(), bytes.data() + offset, size);
        Word bad = 0;
        for (size_t i = 0; i < kWords; ++i) {
            bad |= static_cast<Word>((block[i] & exponentMask) == exponentMask);
        }
        if (bad != 0) {
            return true;
        }
    }
    return false;
}

/// f16 scales at the given offsets of each block.
bool scalesFinite(std::span<const std::byte> bytes, int64_t blockSize, std::initializer_list<int64_t> offsets) {
    constexpr uint16_t kExponent = 0x7c00;
    bool bad = false;
    for (int64_t block = 0; block + blockSize <= static_cast<int64_t>(bytes.size()); block += blockSize) {
        for (const int64_t offset : offsets) {
            uint16_t scale;
            std::memcpy(&scale, bytes.data() + block + offset, sizeof(scale));
            bad |= (scale & kExponent) == kExponent;
        }
    }
    return !bad;
}

bool endsWith(std::string_view text, std::string_view suffix) {
    return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool isPlain(DType type) {
    return type == DType::F32 || type == DType::F16 || type == DType::BF16;
}

Result<void> refuseUnknownTensors(ModelSource& source, const std::vector<ExpectedTensor>& expected,
                                  const std::filesystem::path& container) {
    std::vector<std::string_view> known;
    known.reserve(expected.size());
    for (const auto& tensor : expected) {
        known.push_back(tensor.name);
    }
    std::sort(known.begin(), known.end());
    for (auto it = source.tensors.begin(); it != source.tensors.end();) {
        if (std::binary_search(known.begin(), known.end(), std::string_view(it->first))) {
            ++it;
        } else if (endsWith(it->first, "rotary_emb.inv_freq") ||
                   (source.config.tiedEmbeddings && it->first == "lm_head.weight")) {
            it = source.tensors.erase(it);
        } else {
            return unusableFile(container,
                                "it has a tensor " + inQuotes(it->first) + " that a Llama model does not have");
        }
    }
    return {};
}

}  // namespace

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config) {
    const int64_t hidden = config.hiddenSize;
    const int64_t queryRows = int64_t{config.headCount} * config.headDim;
    const int64_t kvRows = int64_t{config.kvHeadCount} * config.headDim;
    std::vector<ExpectedTensor> expected = {{"model.embed_tokens.weight", {config.vocabSize, hidden}},
                                            {"model.norm.weight", {hidden}}};
    if (!config.tiedEmbeddings) {
        expected.push_back({"lm_head.weight", {config.vocabSize, hidden}});
    }
    for (int32_t layer = 0; layer < config.layerCount; ++layer) {
        const std::string prefix = "model.layers." + std::to_string(layer) + ".";
        expected.push_back({prefix + "input_layernorm.weight", {hidden}});
        expected.push_back({prefix + "self_attn.q_proj.weight", {queryRows, hidden}});
        expected.push_back({prefix + "self_attn.k_proj.weight", {kvRows, hidden}});
        expected.push_back({prefix + "self_attn.v_proj.weight", {kvRows, hidden}});
        expected.push_back({prefix + "self_attn.o_proj.weight", {hidden, queryRows}});
        expected.push_back({prefix + "post_attention_layernorm.weight", {hidden}});
        expected.push_back({prefix + "mlp.gate_proj.weight", {config.intermediateSize, hidden}});
        expected.push_back({prefix + "mlp.up_proj.weight", {config.intermediateSize, hidden}});
        expected.push_back({prefix + "mlp.down_proj.weight", {hidden, config.intermediateSize}});
    }
    return expected;
}

std::optional<int64_t> elementCount(std::span<const int64_t> shape) {
    int64_t count = 1;
    for (const int64_t dimension : shape) {
        if (dimension < 0 || dimension > kMaxElements || (dimension > 0 && count > kMaxElements / dimension)) {
            return std::nullopt;
        }
        count *= dimension;
    }
    return count;
}

std::optional<int64_t> tensorBytes(DType type, std::span<const int64_t> shape) {
    const auto count = elementCount(shape);
    const int64_t columns = shape.empty() ? 1 : shape.back();
    if (!count || columns % kernels::blockValues(type) != 0) {
        return std::nullopt;
    }
    return kernels::rowBytes(type, *count);
}

bool allFinite(const TensorData& tensor) {
    switch (tensor.type) {
        case DType::F32:
            return !anyNonFinite<uint32_t>(tensor.bytes, 0x7f800000u);
        case DType::F16:
            return !anyNonFinite<uint16_t>(tensor.bytes, 0x7c00u);
        case DType::BF16:
            return !anyNonFinite<uint16_t>(tensor.bytes, 0x7f80u);
        case DType::Q8_0:
        case DType::Q4_0:
            return scalesFinite(tensor.bytes, kernels::blockBytes(tensor.type), {0});
        case DType::Q4_K:
        case DType::Q5_K:
            return scalesFinite(tensor.bytes, kernels::blockBytes(tensor.type), {0, 2});
        case DType::Q6_K:
            return scalesFinite(tensor.bytes, kernels::blockBytes(tensor.type), {208});
    }
    return false;
}

std::string_view name(DType type) {
    switch (type) {
        case DType::F32:
            return "F32";
        case DType::F16:
            return "F16";
        case DType::BF16:
            return "BF16";
        case DType::Q8_0:
            return "Q8_0";
        case DType::Q4_0:
            return "Q4_0";
        case DType::Q4_K:
            return "Q4_K";
        case DType::Q5_K:
            return "Q5_K";
        case DType::Q6_K:
            return "Q6_K";
    }
    return "?";
}

Result<void> checkTensors(ModelSource& source, const std::filesystem::path& container) {
    const auto expected = expectedTensors(source.config);
    for (const auto& [tensorName, shape] : expected) {
        const auto found = source.tensors.find(tensorName);
        if (found == source.tensors.end()) {
            return damagedFile(container, "the tensor " + inQuotes(tensorName) + " is missing");
        }
        const TensorData& tensor = found->second;
        if (tensor.shape != shape) {
            return damagedFile(container, "the tensor " + inQuotes(tensorName) + " has shape " +
                                              shapeText(tensor.shape) + ", but the configuration asks for " +
                                              shapeText(shape));
        }
        const auto bytes = tensorBytes(tensor.type, shape);
        if (!bytes || *bytes != static_cast<int64_t>(tensor.bytes.size())) {
            return damagedFile(container, "the tensor " + inQuotes(tensorName) + " has the wrong size");
        }
        if (shape.size() == 1 && !isPlain(tensor.type)) {
            return unusableFile(container, "its norm " + inQuotes(tensorName) + " is quantised");
        }
    }
    LECTERN_TRY(refuseUnknownTensors(source, expected, container));
    for (const auto& [tensorName, tensor] : source.tensors) {
        if (!allFinite(tensor)) {
            return damagedFile(container,
                               "the tensor " + inQuotes(tensorName) + " holds values that are not finite numbers");
        }
    }
    return {};
}

std::optional<std::pair<std::string_view, std::string_view>> findOverlap(std::vector<FileRange>& ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const FileRange& a, const FileRange& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    for (size_t i = 1; i < ranges.size(); ++i) {
        if (ranges[i].begin < ranges[i - 1].end) {
            return std::pair(ranges[i - 1].owner, ranges[i].owner);
        }
    }
    return std::nullopt;
}

}  // namespace lectern
