#include "engine/formats/gguf_source.h"

#include <cstring>

#include "engine/formats/format_errors.h"
#include "engine/formats/gguf_file.h"
#include "engine/formats/gguf_metadata.h"
#include "engine/formats/gguf_names.h"
#include "engine/formats/mapped_file.h"
#include "engine/formats/rotary_order.h"
#include "engine/formats/tensor_checks.h"
#include "engine/formats/vocabulary_checks.h"

namespace lectern {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxProfileBytes = 4 << 20;

struct GgufStorage {
    std::shared_ptr<const MappedFile> file;
    std::vector<std::unique_ptr<std::byte[]>> copies;  ///< q/k rows in half-split order
};

Result<void> checkOverlap(const GgufFile& file, const std::vector<TensorData>& tensors, const fs::path& path) {
    std::vector<FileRange> ranges;
    for (size_t i = 0; i < tensors.size(); ++i) {
        const auto begin = static_cast<int64_t>(file.tensors[i].offset);
        ranges.push_back({begin, begin + static_cast<int64_t>(tensors[i].bytes.size()), file.tensors[i].name});
    }
    if (const auto overlap = findOverlap(ranges)) {
        return damagedFile(
            path, "the tensors " + inQuotes(overlap->first) + " and " + inQuotes(overlap->second) + " overlap");
    }
    return {};
}

/// Re-orders the rows of every q and k matrix; shapes are already checked against the config.
void restoreHalfSplitOrder(ModelSource& source, GgufStorage& storage) {
    for (auto& [name, tensor] : source.tensors) {
        const bool query = name.ends_with("self_attn.q_proj.weight");
        if (!query && !name.ends_with("self_attn.k_proj.weight")) {
            continue;
        }
        auto copy = std::make_unique<std::byte[]>(tensor.bytes.size());
        const std::span<std::byte> target(copy.get(), tensor.bytes.size());
        interleavedToHalfSplit(tensor, source.config.headDim, target);
        tensor.bytes = target;
        storage.copies.push_back(std::move(copy));
    }
}

/// Stored RoPE frequencies are Llama-3 scaling in another form; our own files state the scaling itself.
Result<void> checkFrequencyTensor(const GgufFile& file, const fs::path& path) {
    for (const auto& tensor : file.tensors) {
        if (tensor.name == kGgufRopeFrequencies && !file.metadata.contains(gguf_key::kScalingKind)) {
            return unusableFile(path,
                                "its RoPE frequencies are stored as a tensor; take the original Hugging Face model");
        }
    }
    return {};
}

Result<void> readTensors(const GgufFile& file, ModelSource& source) {
    LECTERN_TRY(checkFrequencyTensor(file, source.path));
    std::vector<TensorData> tensors;
    for (const auto& tensor : file.tensors) {
        LECTERN_ASSIGN(tensors.emplace_back(), ggufTensorData(file, tensor, source.path));
    }
    LECTERN_TRY(checkOverlap(file, tensors, source.path));
    for (size_t i = 0; i < tensors.size(); ++i) {
        const std::string& ggufName = file.tensors[i].name;
        if (ggufName == kGgufRopeFrequencies) {
            continue;
        }
        const auto name = hfNameOf(ggufName);
        if (!name) {
            return unusableFile(source.path,
                                "it has a tensor " + inQuotes(ggufName) + " that a Llama model does not have");
        }
        source.tensors[*name] = std::move(tensors[i]);
    }
    return {};
}

Result<void> readProfile(GgufFields& fields, ModelSource& source) {
    source.profileJson = fields.text(gguf_key::kProfile, "");
    // A file beside the model is somebody's wish to change it.
    fs::path beside = source.path;
    beside.replace_extension(".profile.json");
    std::error_code ignored;
    if (fs::exists(beside, ignored)) {
        LECTERN_ASSIGN(source.profileJson, readSmallFile(beside, kMaxProfileBytes));
    }
    return {};
}

}  // namespace

Result<ModelSource> openGgufSource(const fs::path& path) {
    auto storage = std::make_shared<GgufStorage>();
    LECTERN_ASSIGN(storage->file, MappedFile::open(path));
    LECTERN_ASSIGN(const GgufFile file, parseGguf(storage->file->bytes(), path));

    ModelSource source;
    source.path = path;
    source.sizeBytes = static_cast<int64_t>(storage->file->bytes().size());
    GgufFields fields(file, path);
    if (fields.integer("split.count", 1, 0, 1 << 16) > 1) {
        return unusableFile(path, "it is one part of a split model; join the parts into one file first");
    }
    LECTERN_ASSIGN(source.config, readGgufMetadata(file, path));
    LECTERN_ASSIGN(const SentencePieceModel vocabulary, readGgufVocabulary(file, path));
    source.tokenizerModel = serialiseSentencePieceModel(vocabulary);
    LECTERN_TRY(checkVocabulary(source.tokenizerModel, source.config, path));
    LECTERN_TRY(readTensors(file, source));
    LECTERN_TRY(checkTensors(source, path));
    restoreHalfSplitOrder(source, *storage);
    source.chatTemplate = fields.text("tokenizer.chat_template", "");
    source.license = fields.text("general.license", "");
    LECTERN_TRY(readProfile(fields, source));
    if (fields.error()) {
        return *fields.error();
    }
    source.storage = std::move(storage);
    return source;
}

Result<std::string> readGgufTokenizer(const fs::path& path) {
    LECTERN_ASSIGN(const auto file, MappedFile::open(path));
    LECTERN_ASSIGN(const GgufFile parsed, parseGguf(file->bytes(), path));
    LECTERN_ASSIGN(const SentencePieceModel vocabulary, readGgufVocabulary(parsed, path));
    return serialiseSentencePieceModel(vocabulary);
}

Result<ModelConfig> readGgufConfig(const fs::path& path) {
    LECTERN_ASSIGN(const auto file, MappedFile::open(path));
    LECTERN_ASSIGN(const GgufFile parsed, parseGguf(file->bytes(), path));
    return readGgufMetadata(parsed, path);
}

}  // namespace lectern
