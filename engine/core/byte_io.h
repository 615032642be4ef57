#pragma once
// Little-endian byte writing and bounded reading for Lectern's own binary forms (traces, snapshots, the library's
// blobs).

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace lectern {

class ByteWriter {
  public:
    void u8(uint8_t value) { raw(&value, sizeof value); }
    void u16(uint16_t value) { raw(&value, sizeof value); }
    void u32(uint32_t value) { raw(&value, sizeof value); }
    void u64(uint64_t value) { raw(&value, sizeof value); }
    void f32(float value) { raw(&value, sizeof value); }
    void raw(const void* data, size_t size) { m_bytes.append(static_cast<const char*>(data), size); }
    /// LEB128: small numbers take one byte.
    void varint(uint64_t value) {
        while (value >= 0x80) {
            m_bytes.push_back(static_cast<char>(value | 0x80));
            value >>= 7;
        }
        m_bytes.push_back(static_cast<char>(value));
    }
    std::string take() { return std::move(m_bytes); }

  private:
    std::string m_bytes;
};

/// Reads past the end give zeros and set `failed`, so that a parser checks once per record.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : m_bytes(bytes) {}

    bool failed() const { return m_failed; }
    size_t remaining() const { return m_bytes.size(); }
    uint8_t u8() { return fixed<uint8_t>(); }
    uint16_t u16() { return fixed<uint16_t>(); }
    uint32_t u32() { return fixed<uint32_t>(); }
    uint64_t u64() { return fixed<uint64_t>(); }
    float f32() { return fixed<float>(); }
    std::string_view raw(size_t size) {
        if (size > m_bytes.size()) {
            m_failed = true;
            return {};
        }
        const std::string_view taken = m_bytes.substr(0, size);
        m_bytes.remove_prefix(size);
        return taken;
    }
    uint64_t varint() {
        uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            const auto byte = fixed<uint8_t>();
            value |= static_cast<uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) {
                return value;
            }
        }
        m_failed = true;
        return 0;
    }

  private:
    template <typename T>
    T fixed() {
        T value{};
        const std::string_view bytes = raw(sizeof(T));
        if (!m_failed) {
            std::memcpy(&value, bytes.data(), sizeof(T));
        }
        return value;
    }

    std::string_view m_bytes;
    bool m_failed = false;
};

}  // namespace lectern
