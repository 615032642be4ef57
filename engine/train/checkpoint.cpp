#define XXH_INLINE_ALL
#include "engine/train/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "engine/core/check.h"
#include "engine/core/resources.h"
#include "engine/formats/mapped_file.h"
#include "engine/formats/replacing_file.h"
#include "engine/formats/safetensors.h"
#include "engine/formats/safetensors_writer.h"

namespace lectern {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kFormat = "lectern.checkpoint/1";
constexpr const char* kParameters = "parameters.safetensors";
constexpr const char* kOptimizer = "optimizer.safetensors";
constexpr const char* kState = "state.json";
constexpr const char* kManifest = "manifest.json";
constexpr int64_t kMaxJsonBytes = 16 << 20;

Error ioError(const fs::path& path, const std::error_code& failure) {
    const bool full = failure == std::errc::no_space_on_device;
    return {full ? ErrorCode::DiskFull : ErrorCode::Io,
            "Could not write " + path.string() + ": " + failure.message() + "."};
}

Error damaged(const fs::path& checkpoint, const std::string& what) {
    return {ErrorCode::Corrupt, "The checkpoint " + checkpoint.filename().string() + " is damaged: " + what + "."};
}

void syncFolder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

std::string stepName(int64_t step) {
    std::string digits = std::to_string(step);
    return "step-" + std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

/// f32 tensors of a device, downloaded one after another.
SafetensorsTensor deviceTensor(TrainBackend& device, std::string name, const TrainTensor& tensor,
                               std::vector<float>& scratch) {
    return {std::move(name), DType::F32, {tensor.rows, tensor.columns}, [&device, &tensor, &scratch]() {
                scratch.resize(static_cast<size_t>(tensor.size()));
                const Result<void> done = device.download(tensor, scratch);
                return done ? Result<std::span<const std::byte>>(std::as_bytes(std::span(scratch)))
                            : Result<std::span<const std::byte>>(done.error());
            }};
}

Result<void> writeFiles(const fs::path& folder, const TrainModel& model, Optimizer& optimizer, const RunState& state) {
    std::vector<float> scratch;
    std::vector<SafetensorsTensor> parameters, moments;
    for (const auto& parameter : model.parameters()) {
        parameters.push_back(deviceTensor(model.backend(), parameter->name, parameter->value, scratch));
    }
    for (const OptimizerState& entry : optimizer.states()) {
        moments.push_back(deviceTensor(model.backend(), entry.name, entry.tensor, scratch));
    }
    LECTERN_ASSIGN(const WrittenFile first, writeSafetensors(folder / kParameters, std::move(parameters)));
    LECTERN_ASSIGN(const WrittenFile second, writeSafetensors(folder / kOptimizer, std::move(moments)));
    const std::string text = json{{"format", kFormat},        {"step", state.step},     {"sequences", state.sequences},
                                  {"seconds", state.seconds}, {"tokens", state.tokens}, {"config", state.config}}
                                 .dump(1);
    LECTERN_TRY(replaceFile(folder / kState, text));
    const auto entry = [](const char* name, const WrittenFile& file) {
        return json{{"name", name}, {"bytes", file.sizeBytes}, {"xxh3", file.checksum}};
    };
    const WrittenFile third{static_cast<int64_t>(text.size()), XXH3_64bits(text.data(), text.size())};
    const json manifest{{"format", kFormat},
                        {"files", {entry(kParameters, first), entry(kOptimizer, second), entry(kState, third)}}};
    return replaceFile(folder / kManifest, manifest.dump(1));
}

/// Maps every file the manifest names and compares sizes and checksums.
Result<std::vector<std::shared_ptr<const MappedFile>>> verifiedFiles(const fs::path& checkpoint) {
    LECTERN_ASSIGN(const std::string text, readFile(checkpoint / kManifest, kMaxJsonBytes));
    const json manifest = json::parse(text, nullptr, false);
    if (!manifest.is_object() || manifest.value("format", json()) != kFormat || !manifest.contains("files") ||
        !manifest["files"].is_array()) {
        return damaged(checkpoint, "its manifest cannot be read");
    }
    std::vector<std::shared_ptr<const MappedFile>> files;
    for (const char* expected : {kParameters, kOptimizer, kState}) {
        const auto entry = std::find_if(manifest["files"].begin(), manifest["files"].end(), [&](const json& file) {
            return file.is_object() && file.value("name", json()) == expected;
        });
        if (entry == manifest["files"].end() || !entry->value("xxh3", json()).is_number_unsigned()) {
            return damaged(checkpoint, std::string("its manifest does not name ") + expected);
        }
        LECTERN_ASSIGN(const std::shared_ptr<const MappedFile> file, MappedFile::open(checkpoint / expected));
        if (entry->value("bytes", json()) != file->bytes().size() ||
            (*entry)["xxh3"].get<uint64_t>() != XXH3_64bits(file->bytes().data(), file->bytes().size())) {
            return damaged(checkpoint, std::string(expected) + " does not match its checksum");
        }
        files.push_back(file);
    }
    return files;
}

Result<RunState> parseState(const fs::path& checkpoint, std::string_view text) {
    const json object = json::parse(text, nullptr, false);
    const auto integer = [&](const char* key) -> int64_t {
        const auto found = object.is_object() ? object.find(key) : object.end();
        return object.is_object() && found != object.end() && found->is_number_integer() ? found->get<int64_t>() : -1;
    };
    RunState state;
    state.step = integer("step");
    state.sequences = integer("sequences");
    state.tokens = integer("tokens");
    if (state.step < 0 || state.sequences < 0 || state.tokens < 0 || object.value("format", json()) != kFormat) {
        return damaged(checkpoint, "its state cannot be read");
    }
    const json seconds = object.value("seconds", json(0.0));
    state.seconds = seconds.is_number() ? seconds.get<double>() : 0.0;
    state.config = object.value("config", json::object());
    return state;
}

Result<void> uploadTensor(TrainBackend& device, const SafetensorsFile& file, const std::string& name,
                          TrainTensor& target) {
    const auto found = file.tensors.find(name);
    if (found == file.tensors.end() || found->second.shape != std::vector<int64_t>{target.rows, target.columns} ||
        found->second.type != DType::F32) {
        return Error{ErrorCode::InvalidInput,
                     "The checkpoint belongs to another run: it has no tensor " + name + " of this shape."};
    }
    std::vector<float> values(static_cast<size_t>(target.size()));
    std::memcpy(values.data(), found->second.bytes.data(), values.size() * 4);
    return device.upload(values, target);
}

}  // namespace

std::vector<fs::path> listCheckpoints(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code failure;
    for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
        const std::string name = entry->path().filename().string();
        if (name.starts_with("step-") && fs::exists(entry->path() / kManifest, failure)) {
            found.push_back(entry->path());
        }
    }
    // Names are padded to eight digits; longer ones are larger.
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
        const std::string x = a.filename().string(), y = b.filename().string();
        return x.size() != y.size() ? x.size() > y.size() : x > y;
    });
    return found;
}

Result<fs::path> saveCheckpoint(const fs::path& folder, const TrainModel& model, Optimizer& optimizer,
                                const RunState& state, int32_t keep) {
    const fs::path target = folder / stepName(state.step), temporary = folder / (".part-" + stepName(state.step));
    std::error_code failure, ignored;
    fs::create_directories(folder, failure);
    if (!failure) {
        fs::remove_all(temporary, ignored);
        fs::create_directory(temporary, failure);
    }
    if (failure) {
        return ioError(folder, failure);
    }
    if (const Result<void> written = writeFiles(temporary, model, optimizer, state); !written) {
        fs::remove_all(temporary, ignored);
        return written.error();
    }
    syncFolder(temporary);
    // A checkpoint of this step may be there already, from a run that was stopped where it had just saved.
    fs::remove_all(target, ignored);
    fs::rename(temporary, target, failure);
    if (failure) {
        fs::remove_all(temporary, ignored);
        return ioError(target, failure);
    }
    syncFolder(folder);
    const std::vector<fs::path> all = listCheckpoints(folder);
    for (size_t i = static_cast<size_t>(std::max(1, keep)); i < all.size(); ++i) {
        fs::remove_all(all[i], ignored);
    }
    return target;
}

Result<RunState> readCheckpointState(const fs::path& checkpoint) {
    LECTERN_ASSIGN(const std::string text, readFile(checkpoint / kState, kMaxJsonBytes));
    return parseState(checkpoint, text);
}

Result<RunState> loadCheckpoint(const fs::path& checkpoint, TrainModel& model, Optimizer& optimizer) {
    LECTERN_ASSIGN(const auto files, verifiedFiles(checkpoint));
    LECTERN_ASSIGN(const SafetensorsFile parameters, parseSafetensors(files[0]->bytes(), checkpoint / kParameters));
    LECTERN_ASSIGN(const SafetensorsFile moments, parseSafetensors(files[1]->bytes(), checkpoint / kOptimizer));
    const auto stateBytes = files[2]->bytes();
    LECTERN_ASSIGN(RunState state,
                   parseState(checkpoint, {reinterpret_cast<const char*>(stateBytes.data()), stateBytes.size()}));
    if (parameters.tensors.size() != model.parameters().size() || moments.tensors.size() != optimizer.states().size()) {
        return Error{ErrorCode::InvalidInput, "The checkpoint belongs to another run: it trains other parameters."};
    }
    for (const auto& parameter : model.parameters()) {
        LECTERN_TRY(uploadTensor(model.backend(), parameters, parameter->name, parameter->value));
    }
    for (OptimizerState& entry : optimizer.states()) {
        LECTERN_TRY(uploadTensor(model.backend(), moments, entry.name, entry.tensor));
    }
    return state;
}

}  // namespace lectern
