#pragma once
// Serialises GGUF metadata and tensor descriptions.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/formats/gguf_file.h"

namespace lectern {

/// Collects key/value pairs in order, then tensor descriptions, and gives the head of a GGUF v3 file. A plain byte
/// builder; it checks nothing.
class GgufBuilder {
  public:
    static constexpr uint64_t kAlignment = 32;  ///< the format's default, so no key states it

    void addText(std::string_view key, std::string_view value);
    void addUint(std::string_view key, uint32_t value);
    void addFloat(std::string_view key, float value);
    void addDouble(std::string_view key, double value);
    void addBool(std::string_view key, bool value);
    void addTexts(std::string_view key, std::span<const std::string> values);
    void addFloats(std::string_view key, std::span<const float> values);
    void addInts(std::string_view key, std::span<const int32_t> values);
    /// `shape` row-major, outermost first; offsets follow from the sizes in order of addition.
    void addTensor(std::string_view name, std::span<const int64_t> shape, DType type, uint64_t sizeBytes);

    /// Magic to the last tensor description, padded so that the data part follows.
    std::string head() const;

    static uint64_t padded(uint64_t sizeBytes) { return (sizeBytes + kAlignment - 1) / kAlignment * kAlignment; }

  private:
    void addKey(std::string_view key, GgufType type);
    void addArray(std::string_view key, GgufType type, uint64_t count);

    std::string m_metadata;
    std::string m_tensors;
    uint64_t m_metadataCount = 0;
    uint64_t m_tensorCount = 0;
    uint64_t m_dataBytes = 0;
};

}  // namespace lectern
