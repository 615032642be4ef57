#pragma once
// What this machine can do at most on one thread, measured in the run that the figures are held against.

namespace lectern::bench {

struct MachineLimits {
    double fmaFlops = 0;        ///< f32 multiply-adds in registers, operations per second
    double readBytes = 0;       ///< streaming read of 256 MiB, bytes per second
    double cacheReadBytes = 0;  ///< repeated read of 4 MiB: the last-level cache
};

/// Takes about a second. Times are the thread's own, so that other processes disturb only the memory bus.
MachineLimits measureMachineLimits();

}  // namespace lectern::bench
