#pragma once
// Editors count UTF-16 units, places count bytes of the same UTF-8 text.

#include <QString>
#include <algorithm>
#include <cstdint>
#include <string>

namespace lectern::ui {

/// UTF-16 units before a byte of a text, in any order; quick where it is asked in rising order. Borrows the text.
class Utf16Counter {
  public:
    explicit Utf16Counter(const std::string& text) : m_text(text) {}
    int before(int64_t byte) {
        const int64_t wanted = std::clamp<int64_t>(byte, 0, static_cast<int64_t>(m_text.size()));
        if (wanted < m_byte) {
            m_byte = m_units = 0;
        }
        m_units += QString::fromUtf8(m_text.data() + m_byte, wanted - m_byte).size();
        m_byte = wanted;
        return static_cast<int>(m_units);
    }

  private:
    const std::string& m_text;
    int64_t m_byte = 0;
    int64_t m_units = 0;
};

}  // namespace lectern::ui
