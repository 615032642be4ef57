#include <algorithm>

#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

namespace lectern {

std::string Utf8Assembler::push(std::string_view bytes) {
    m_pending += bytes;
    // Only the last three bytes can be the start of a character that is still to be completed.
    const size_t earliest = m_pending.size() - std::min<size_t>(m_pending.size(), 3);
    size_t complete = m_pending.size();
    for (size_t start = earliest; start < m_pending.size(); ++start) {
        if (utf8Incomplete(std::string_view(m_pending).substr(start))) {
            complete = start;
            break;
        }
    }
    std::string out = m_pending.substr(0, complete);
    m_pending.erase(0, complete);
    return out;
}

std::string Utf8Assembler::finish() {
    return std::exchange(m_pending, {});
}

}  // namespace lectern
