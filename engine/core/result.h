#pragma once
// Fallible results. Everything a person, a file or a machine can cause is an Error; a broken invariant is a CHECK.

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace lectern {

enum class ErrorCode {
    InvalidInput,    ///< the request or the file's content is wrong
    NotFound,        ///< no such file, document or model
    Unsupported,     ///< well-formed, but Lectern does not run it
    PasswordNeeded,  ///< encrypted; no or a wrong password was given
    LimitExceeded,   ///< does not fit a stated bound (context, memory, size)
    OutOfMemory,
    DiskFull,
    Io,
    Corrupt,  ///< damaged or truncated bytes
    Cancelled,
    DeviceLost,  ///< the accelerator failed; the session must be rebuilt
    Internal,
};

/// What went wrong: `message` is one sentence for a person, without a trailing newline.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

/// A value or an Error. Test with `if (!result)`, read with `*result`, pass an error on with `return result.error();`.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return *std::get_if<0>(&m_state); }
    const T& value() const& { return *std::get_if<0>(&m_state); }
    T&& value() && { return std::move(*std::get_if<0>(&m_state)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { return *std::get_if<1>(&m_state); }

  private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool ok() const { return !m_error.has_value(); }
    explicit operator bool() const { return ok(); }
    const Error& error() const { return *m_error; }

  private:
    std::optional<Error> m_error;
};

}  // namespace lectern

#define LECTERN_CONCAT_INNER(a, b) a##b
#define LECTERN_CONCAT(a, b) LECTERN_CONCAT_INNER(a, b)

/// `LECTERN_TRY(expr);` returns expr's error from the enclosing function, if there is one.
#define LECTERN_TRY(expr)                                        \
    do {                                                         \
        if (auto lecternTryResult = (expr); !lecternTryResult) { \
            return lecternTryResult.error();                     \
        }                                                        \
    } while (false)

/// `LECTERN_ASSIGN(auto x, expr);` binds expr's value to x, or returns its error.
#define LECTERN_ASSIGN(declaration, expr) \
    LECTERN_ASSIGN_INNER(LECTERN_CONCAT(lecternResult, __LINE__), declaration, expr)
#define LECTERN_ASSIGN_INNER(temporary, declaration, expr) \
    auto temporary = (expr);                               \
    if (!temporary) {                                      \
        return temporary.error();                          \
    }                                                      \
    declaration = std::move(*temporary)
