#pragma once
// Per-thread scratch memory of the CPU kernels: 64-byte aligned, grows to the largest request and is reused.

#include <cstddef>
#include <cstdlib>
#include <memory>

namespace lectern::kernels::cpu {

/// Uninitialised aligned storage for trivially copyable T. Meant for `thread_local` variables of one kernel each, whose
/// requests are bounded by its tile sizes. `reserve` answers null when memory is out.
template <typename T>
class Scratch {
  public:
    T* reserve(size_t count) {
        if (count > m_capacity) {
            const size_t bytes = (count * sizeof(T) + 127) / 64 * 64;
            m_data.reset(static_cast<T*>(std::aligned_alloc(64, bytes)));
            m_capacity = m_data ? count : 0;
        }
        return m_data.get();
    }

  private:
    struct Free {
        void operator()(T* data) const { std::free(data); }
    };
    std::unique_ptr<T, Free> m_data;
    size_t m_capacity = 0;
};

}  // namespace lectern::kernels::cpu
