#pragma once
// Limits that the worker puts on itself before it reads a byte of a document.

#include <cstdint>

namespace lectern::app::worker {

/// No core dumps, no files written, no new programs, no sockets; at most `addressSpaceBytes` of memory (not under the
/// address sanitizer, which reserves terabytes).
void restrictProcess(int64_t addressSpaceBytes);

/// From now on at most `seconds` of CPU time, then the kernel ends the process.
void limitCpuTime(int seconds);

}  // namespace lectern::app::worker
