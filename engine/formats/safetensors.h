#pragma once
// safetensors: 8 bytes of little-endian header length, a JSON header, then the tensors without gaps.
// Source: the format section of huggingface/safetensors.

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "engine/core/result.h"
#include "engine/formats/model_source.h"

namespace lectern {

struct SafetensorsFile {
    std::map<std::string, TensorData> tensors;  ///< bytes borrowed from the file
    std::map<std::string, std::string> metadata;
};

/// Parses a whole file's bytes. Every tensor lies inside the data part, the tensors cover it without overlap, and types
/// are F32, F16 or BF16. `path` is only named in messages. Errors: Corrupt, Unsupported.
Result<SafetensorsFile> parseSafetensors(std::span<const std::byte> bytes, const std::filesystem::path& path);

}  // namespace lectern
