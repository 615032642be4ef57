#pragma once
// A cursor over bytes of a file: every read is checked against what remains. Little-endian.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace lectern {

static_assert(std::endian::native == std::endian::little, "model files are read in place");

/// Reads return false, and change nothing, where the bytes do not suffice.
class ByteCursor {
  public:
    explicit ByteCursor(std::span<const std::byte> bytes) : m_bytes(bytes) {}

    size_t position() const { return m_position; }
    size_t remaining() const { return m_bytes.size() - m_position; }

    template <typename T>
    bool read(T& value) {
        if (remaining() < sizeof(T)) {
            return false;
        }
        std::memcpy(&value, m_bytes.data() + m_position, sizeof(T));
        m_position += sizeof(T);
        return true;
    }

    bool take(uint64_t size, std::span<const std::byte>& out) {
        if (size > remaining()) {
            return false;
        }
        out = m_bytes.subspan(m_position, static_cast<size_t>(size));
        m_position += static_cast<size_t>(size);
        return true;
    }

    /// A string with a 64-bit length, of at most `maxBytes`.
    bool readString(std::string_view& text, uint64_t maxBytes) {
        const size_t start = m_position;
        uint64_t size = 0;
        std::span<const std::byte> bytes;
        if (!read(size) || size > maxBytes || !take(size, bytes)) {
            m_position = start;
            return false;
        }
        text = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
        return true;
    }

  private:
    std::span<const std::byte> m_bytes;
    size_t m_position = 0;
};

}  // namespace lectern
