#include "engine/formats/hf_folder.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "engine/formats/format_errors.h"
#include "engine/formats/hf_config.h"
#include "engine/formats/json_reader.h"
#include "engine/formats/mapped_file.h"
#include "engine/formats/safetensors.h"
#include "engine/formats/tensor_checks.h"
#include "engine/formats/vocabulary_checks.h"

namespace lectern {

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMaxConfigBytes = 1 << 20;
constexpr int64_t kMaxIndexBytes = 16 << 20;
constexpr int64_t kMaxTokenizerBytes = 64 << 20;
constexpr int64_t kMaxProfileBytes = 4 << 20;
constexpr size_t kMaxShards = 4096;
constexpr const char* kIndexName = "model.safetensors.index.json";

bool fileExists(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

/// Mappings, and copies of tensors whose bytes the file left unaligned.
struct FolderStorage {
    std::vector<std::shared_ptr<const MappedFile>> files;
    std::vector<std::unique_ptr<std::byte[]>> copies;
};

/// What the folder's tokenizer files say about the vocabulary, for the refusal of other architectures.
std::string describeVocabulary(const fs::path& folder) {
    if (fileExists(folder / "tokenizer.model")) {
        return "";
    }
    if (fileExists(folder / "merges.txt")) {
        return "BPE (gpt2)";
    }
    return fileExists(folder / "tokenizer.json") ? "BPE (tokenizer.json)" : "";
}

Result<ModelConfig> readConfig(const fs::path& folder) {
    LECTERN_ASSIGN(const std::string text, readSmallFile(folder / "config.json", kMaxConfigBytes));
    LECTERN_ASSIGN(ModelConfig config, parseHfConfig(text, folder / "config.json", describeVocabulary(folder)));
    std::error_code ignored;
    const fs::path absolute = fs::absolute(folder, ignored).lexically_normal();
    config.name =
        absolute.filename().empty() ? absolute.parent_path().filename().string() : absolute.filename().string();
    return config;
}

/// Tensor name -> shard file, from the index. Shards are plain names inside the folder.
Result<std::map<std::string, std::string>> readIndex(const fs::path& path) {
    LECTERN_ASSIGN(const std::string text, readSmallFile(path, kMaxIndexBytes));
    LECTERN_ASSIGN(const json object, parseJsonObject(text, path));
    const auto map = object.find("weight_map");
    if (map == object.end() || !map->is_object()) {
        return damagedFile(path, "it has no weight_map");
    }
    std::map<std::string, std::string> shards;
    for (const auto& [tensor, file] : map->items()) {
        const std::string name = file.is_string() ? file.get<std::string>() : "";
        if (name.empty() || name != fs::path(name).filename().string() || name == "." || name == "..") {
            return damagedFile(path, "it names a file outside the folder for " + inQuotes(tensor));
        }
        shards[tensor] = name;
    }
    return shards;
}

/// The one weight file of a folder without an index.
Result<fs::path> findWeights(const fs::path& folder) {
    if (fileExists(folder / "model.safetensors")) {
        return folder / "model.safetensors";
    }
    std::vector<fs::path> found;
    bool hasPickle = false;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        const auto extension = it->path().extension();
        if (extension == ".safetensors" && found.size() < 2) {
            found.push_back(it->path());
        }
        hasPickle |= extension == ".bin" || extension == ".pth";
    }
    if (found.size() == 1) {
        return found.front();
    }
    if (found.size() > 1) {
        return unusableFile(folder, std::string("it has several .safetensors files but no ") + kIndexName);
    }
    if (hasPickle) {
        return unusableFile(folder, "its weights are PyTorch pickles; Lectern reads .safetensors and GGUF files");
    }
    return Error{ErrorCode::NotFound, "There are no .safetensors weights in " + folder.string() + "."};
}

/// Kernels read plain types through typed pointers, so a tensor that its file left unaligned is copied.
void alignTensor(TensorData& tensor, FolderStorage& storage) {
    const auto alignment = static_cast<uintptr_t>(kernels::blockBytes(tensor.type));
    if (reinterpret_cast<uintptr_t>(tensor.bytes.data()) % alignment == 0) {
        return;
    }
    auto copy = std::make_unique<std::byte[]>(tensor.bytes.size());
    std::memcpy(copy.get(), tensor.bytes.data(), tensor.bytes.size());
    tensor.bytes = {copy.get(), tensor.bytes.size()};
    storage.copies.push_back(std::move(copy));
}

/// Maps one weight file and moves its tensors into `source`; a name that another file brought is refused.
Result<void> addWeights(const fs::path& path, ModelSource& source, FolderStorage& storage) {
    LECTERN_ASSIGN(auto file, MappedFile::open(path));
    LECTERN_ASSIGN(auto parsed, parseSafetensors(file->bytes(), path));
    source.sizeBytes += static_cast<int64_t>(file->bytes().size());
    for (auto& [name, tensor] : parsed.tensors) {
        alignTensor(tensor, storage);
        if (!source.tensors.emplace(name, std::move(tensor)).second) {
            return damagedFile(path, "the tensor " + inQuotes(name) + " is also in another file of the model");
        }
    }
    if (const auto license = parsed.metadata.find("license"); license != parsed.metadata.end()) {
        source.license = license->second;
    }
    storage.files.push_back(std::move(file));
    return {};
}

Result<void> addShards(const fs::path& folder, ModelSource& source, FolderStorage& storage) {
    const fs::path indexPath = folder / kIndexName;
    LECTERN_ASSIGN(const auto shards, readIndex(indexPath));
    std::set<std::string> files;
    for (const auto& [tensor, file] : shards) {
        files.insert(file);
    }
    if (files.size() > kMaxShards) {
        return damagedFile(indexPath, "it names too many files");
    }
    for (const auto& file : files) {
        LECTERN_TRY(addWeights(folder / file, source, storage));
    }
    for (const auto& [tensor, file] : shards) {
        if (!source.tensors.contains(tensor)) {
            return damagedFile(indexPath, "the tensor " + inQuotes(tensor) + " is not in " + inQuotes(file));
        }
    }
    return {};
}

Result<void> readTokenizer(const fs::path& folder, ModelSource& source) {
    const fs::path path = folder / "tokenizer.model";
    if (!exists(path)) {
        const std::string vocabulary = describeVocabulary(folder);
        if (!vocabulary.empty()) {
            return unsupportedModel(folder, source.config.architecture == "mistral" ? "Mistral" : "Llama", vocabulary);
        }
        return Error{ErrorCode::NotFound, "There is no tokenizer.model in " + folder.string() + "."};
    }
    LECTERN_ASSIGN(source.tokenizerModel, readSmallFile(path, kMaxTokenizerBytes));
    return checkVocabulary(source.tokenizerModel, source.config, path);
}

/// A license line of the model card, in its front matter ("license: mit") or its text ("Licence: CC BY-SA 4.0").
std::string licenseOfCard(std::string_view card) {
    while (!card.empty()) {
        const size_t lineEnd = std::min(card.find('\n'), card.size());
        const std::string line(card.substr(0, lineEnd));
        card.remove_prefix(std::min(lineEnd + 1, card.size()));
        std::string key = line.substr(0, 8);
        std::transform(key.begin(), key.end(), key.begin(), [](unsigned char c) { return std::tolower(c); });
        if (key == "license:" || key == "licence:") {
            const size_t begin = line.find_first_not_of(" \t", 8);
            const size_t end = line.find_last_not_of(" \t\r");
            return begin == std::string::npos ? "" : line.substr(begin, std::min<size_t>(end - begin + 1, 500));
        }
    }
    return "";
}

/// Files that a model may bring and need not; an unreadable one counts as absent, except the profile.
Result<void> readCompanions(const fs::path& folder, ModelSource& source) {
    if (const auto text = readSmallFile(folder / "tokenizer_config.json", kMaxProfileBytes)) {
        if (const auto object = parseJsonObject(*text, folder / "tokenizer_config.json")) {
            const auto chat = object->find("chat_template");
            source.chatTemplate = chat != object->end() && chat->is_string() ? chat->get<std::string>() : "";
        }
    }
    if (source.license.empty()) {
        if (const auto card = readSmallFile(folder / "README.md", kMaxProfileBytes)) {
            source.license = licenseOfCard(*card);
        }
    }
    if (fileExists(folder / "lectern_profile.json")) {
        LECTERN_ASSIGN(source.profileJson, readSmallFile(folder / "lectern_profile.json", kMaxProfileBytes));
    }
    return {};
}

}  // namespace

Result<ModelSource> openHfFolder(const fs::path& folder, const fs::path& weights) {
    ModelSource source;
    source.path = folder;
    LECTERN_ASSIGN(source.config, readConfig(folder));
    auto storage = std::make_shared<FolderStorage>();
    fs::path container = weights;
    if (!weights.empty()) {
        LECTERN_TRY(addWeights(weights, source, *storage));
    } else if (fileExists(folder / kIndexName)) {
        container = folder / kIndexName;
        LECTERN_TRY(addShards(folder, source, *storage));
    } else {
        LECTERN_ASSIGN(container, findWeights(folder));
        LECTERN_TRY(addWeights(container, source, *storage));
    }
    LECTERN_TRY(readTokenizer(folder, source));
    LECTERN_TRY(checkTensors(source, container));
    LECTERN_TRY(readCompanions(folder, source));
    source.storage = std::move(storage);
    return source;
}

Result<ModelConfig> readHfFolderConfig(const fs::path& folder) {
    return readConfig(folder);
}

}  // namespace lectern
