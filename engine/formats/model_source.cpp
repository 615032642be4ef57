#include "engine/formats/model_source.h"

#include "engine/core/resources.h"
#include "engine/formats/format_errors.h"
#include "engine/formats/gguf_source.h"
#include "engine/formats/hf_folder.h"

namespace lectern {

namespace {

namespace fs = std::filesystem;

constexpr int64_t kMaxTokenizerBytes = int64_t{64} << 20;

enum class Container { Folder, Safetensors, Gguf };

Result<Container> recognise(const fs::path& path) {
    std::error_code error;
    const auto status = fs::status(path, error);
    if (!fs::exists(status)) {
        return Error{ErrorCode::NotFound, "There is no model at " + path.string() + "."};
    }
    if (fs::is_directory(status)) {
        return Container::Folder;
    }
    if (path.extension() == ".safetensors") {
        return Container::Safetensors;
    }
    if (path.extension() == ".gguf") {
        return Container::Gguf;
    }
    return unusableFile(path,
                        "a model is a folder with config.json, a .safetensors file in such a folder, or a .gguf file");
}

fs::path folderOf(const fs::path& file) {
    return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

Result<ModelSource> openModelSource(const fs::path& path) {
    try {
        LECTERN_ASSIGN(const Container container, recognise(path));
        switch (container) {
            case Container::Folder:
                return openHfFolder(path);
            case Container::Safetensors: {
                // A shard alone is not a model: its folder's index is.
                const fs::path folder = folderOf(path);
                std::error_code ignored;
                const bool sharded = fs::exists(folder / "model.safetensors.index.json", ignored);
                return sharded ? openHfFolder(folder) : openHfFolder(folder, path);
            }
            case Container::Gguf:
                return openGgufSource(path);
        }
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to open " + path.string() + "."};
    } catch (const std::exception& exception) {
        return Error{ErrorCode::Io, path.string() + " cannot be opened: " + exception.what() + "."};
    }
    return Error{ErrorCode::Internal, path.string() + " cannot be opened."};
}

Result<std::string> readTokenizerModel(const fs::path& path) {
    std::error_code ignored;
    const fs::path inside = path / "tokenizer.model";
    if (path.extension() == ".model" || fs::exists(inside, ignored)) {
        return readFile(path.extension() == ".model" ? path : inside, kMaxTokenizerBytes);
    }
    if (path.extension() == ".gguf" && fs::is_regular_file(path, ignored)) {
        try {
            return readGgufTokenizer(path);
        } catch (const std::bad_alloc&) {
            return Error{ErrorCode::OutOfMemory, "There is not enough memory to open " + path.string() + "."};
        }
    }
    LECTERN_ASSIGN(ModelSource source, openModelSource(path));
    return std::move(source.tokenizerModel);
}

Result<ModelConfig> readModelConfig(const fs::path& path) {
    try {
        LECTERN_ASSIGN(const Container container, recognise(path));
        switch (container) {
            case Container::Folder:
                return readHfFolderConfig(path);
            case Container::Safetensors:
                return readHfFolderConfig(folderOf(path));
            case Container::Gguf:
                return readGgufConfig(path);
        }
    } catch (const std::bad_alloc&) {
        return Error{ErrorCode::OutOfMemory, "There is not enough memory to open " + path.string() + "."};
    } catch (const std::exception& exception) {
        return Error{ErrorCode::Io, path.string() + " cannot be opened: " + exception.what() + "."};
    }
    return Error{ErrorCode::Internal, path.string() + " cannot be opened."};
}

}  // namespace lectern
