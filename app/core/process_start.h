#pragma once
// Naming a process for good, across restarts of this program.

#include <cstdint>

namespace lectern::app {

/// When a process began, in ticks since the computer's start; 0 where none of this number runs. Numbers are given
/// again: with its start one names a process for good.
int64_t processStart(int64_t pid);

}  // namespace lectern::app
