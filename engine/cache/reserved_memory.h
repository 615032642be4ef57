#pragma once
// Address space that becomes memory as it is touched, and what the machine has to give.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace lectern {

/// An anonymous mapping: zero-filled, counted as used only where it was touched. Large ones ask for huge pages: gathers
/// jump between regions, and a miss of the address cache costs as much as reading a region.
class ReservedMemory {
  public:
    ReservedMemory() = default;
    static Result<ReservedMemory> create(int64_t bytes);
    ReservedMemory(ReservedMemory&& other) noexcept;
    ReservedMemory& operator=(ReservedMemory&& other) noexcept;
    ~ReservedMemory();

    std::byte* data() const { return m_data; }
    int64_t sizeBytes() const { return m_sizeBytes; }
    /// Gives whole memory pages from `offset` on back to the system; they read as zero afterwards.
    void discardFrom(int64_t offset);

  private:
    std::byte* m_data = nullptr;
    int64_t m_sizeBytes = 0;
};

/// Memory the machine can still give out, in bytes.
int64_t availableMemoryBytes();
/// Memory of the machine, in bytes.
int64_t totalMemoryBytes();
/// "1.5 GiB".
std::string gibibytes(int64_t bytes);

}  // namespace lectern
