#pragma once
// Buffer owns bytes on one device; Tensor views them with a type and a shape. Both are cheap to move; copies are
// explicit calls.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/common/types.h"

namespace lectern {

/// Move-only owner of device bytes; the deleter belongs to the backend that allocated it.
class Buffer {
  public:
    using Deleter = void (*)(void* data, void* context);

    Buffer() = default;
    Buffer(void* data, int64_t sizeBytes, Deleter deleter, void* context = nullptr)
        : m_data(data), m_sizeBytes(sizeBytes), m_deleter(deleter), m_context(context) {}
    Buffer(Buffer&& other) noexcept { swap(other); }
    Buffer& operator=(Buffer&& other) noexcept {
        Buffer(std::move(other)).swap(*this);
        return *this;
    }
    ~Buffer() {
        if (m_data && m_deleter) {
            m_deleter(m_data, m_context);
        }
    }

    void* data() const { return m_data; }
    int64_t sizeBytes() const { return m_sizeBytes; }

  private:
    void swap(Buffer& other) noexcept {
        std::swap(m_data, other.m_data);
        std::swap(m_sizeBytes, other.m_sizeBytes);
        std::swap(m_deleter, other.m_deleter);
        std::swap(m_context, other.m_context);
    }

    void* m_data = nullptr;
    int64_t m_sizeBytes = 0;
    Deleter m_deleter = nullptr;
    void* m_context = nullptr;
};

/// A dense row-major matrix [rows, columns] over a Buffer it owns. The number format is the backend's activation type.
struct Tensor {
    Buffer buffer;
    DType type = DType::F32;
    int64_t rows = 0;
    int64_t columns = 0;

    template <typename T>
    T* as() const {
        return static_cast<T*>(buffer.data());
    }
    float* f32() const { return as<float>(); }
};

}  // namespace lectern
