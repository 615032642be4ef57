#define XXH_INLINE_ALL
#include "engine/formats/safetensors_writer.h"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "engine/core/check.h"
#include "engine/formats/replacing_file.h"
#include "engine/formats/tensor_checks.h"

namespace lectern {

Result<WrittenFile> writeSafetensors(const std::filesystem::path& target, std::vector<SafetensorsTensor> tensors,
                                     const std::map<std::string, std::string>& metadata) {
    std::sort(tensors.begin(), tensors.end(),
              [](const SafetensorsTensor& a, const SafetensorsTensor& b) { return a.name < b.name; });
    nlohmann::json header = nlohmann::json::object();
    if (!metadata.empty()) {
        header["__metadata__"] = metadata;
    }
    int64_t offset = 0;
    std::vector<int64_t> sizes;
    for (const SafetensorsTensor& tensor : tensors) {
        if (kernels::blockValues(tensor.type) != 1) {
            return Error{ErrorCode::InvalidInput,
                         "Safetensors files hold F32, F16 and BF16, not " + std::string(name(tensor.type)) + "."};
        }
        const auto bytes = tensorBytes(tensor.type, tensor.shape);
        LECTERN_CHECK(bytes.has_value());
        header[tensor.name] = {
            {"dtype", name(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + *bytes}}};
        sizes.push_back(*bytes);
        offset += *bytes;
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const uint64_t headerBytes = text.size();

    const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash(XXH3_createState(), XXH3_freeState);
    LECTERN_CHECK(hash && XXH3_64bits_reset(hash.get()) == XXH_OK);
    LECTERN_ASSIGN(ReplacingFile file, ReplacingFile::create(target));
    const auto write = [&](std::span<const std::byte> bytes) -> Result<void> {
        XXH3_64bits_update(hash.get(), bytes.data(), bytes.size());
        return file.write(bytes);
    };
    LECTERN_TRY(write(std::as_bytes(std::span(&headerBytes, 1))));
    LECTERN_TRY(write(std::as_bytes(std::span(text))));
    for (size_t i = 0; i < tensors.size(); ++i) {
        LECTERN_ASSIGN(const std::span<const std::byte> bytes, tensors[i].bytes());
        LECTERN_CHECK(static_cast<int64_t>(bytes.size()) == sizes[i]);
        LECTERN_TRY(write(bytes));
    }
    const WrittenFile written{file.position(), XXH3_64bits_digest(hash.get())};
    LECTERN_TRY(file.commit());
    return written;
}

}  // namespace lectern
