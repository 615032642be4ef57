#pragma once
// Exit codes of the command-line tools, documented in their --help.

#include "engine/core/result.h"

namespace lectern {

/// 2 wrong request or input, 3 not found, 4 unsupported, 5 a stated limit or memory or disk, 6 damaged, 7 password
/// needed, 130 cancelled, 1 anything else.
constexpr int exitCode(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidInput:
            return 2;
        case ErrorCode::NotFound:
            return 3;
        case ErrorCode::Unsupported:
            return 4;
        case ErrorCode::LimitExceeded:
        case ErrorCode::OutOfMemory:
        case ErrorCode::DiskFull:
            return 5;
        case ErrorCode::Corrupt:
            return 6;
        case ErrorCode::PasswordNeeded:
            return 7;
        case ErrorCode::Cancelled:
            return 130;
        case ErrorCode::Io:
        case ErrorCode::DeviceLost:
        case ErrorCode::Internal:
            return 1;
    }
    return 1;
}

inline constexpr const char* kExitCodeHelp =
    "Exit codes: 0 done, 1 failed, 2 wrong request or input, 3 not found, 4 unsupported, 5 too large for memory, disk "
    "or context,\n"
    "6 damaged file, 7 password needed, 130 cancelled. Errors are one sentence on standard error.";

}  // namespace lectern
