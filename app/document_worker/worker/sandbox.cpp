#include "app/document_worker/worker/sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>
#include <cstddef>

namespace lectern::app::worker {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// Reading files stays allowed: fonts, colour profiles and character maps are loaded while pages are parsed.
void forbidSystemCalls() {
#if defined(__x86_64__)
    constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
    constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
    return;
#endif
    constexpr uint32_t kRefuse = SECCOMP_RET_ERRNO | (EPERM & SECCOMP_RET_DATA);
    const auto load = [](size_t offset) {
        return sock_filter{BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<uint32_t>(offset)};
    };
    const auto jumpIfEqual = [](long value, uint8_t yes, uint8_t no) {
        return sock_filter{BPF_JMP | BPF_JEQ | BPF_K, yes, no, static_cast<uint32_t>(value)};
    };
    const auto answer = [](uint32_t action) { return sock_filter{BPF_RET | BPF_K, 0, 0, action}; };
    sock_filter program[] = {
        load(offsetof(seccomp_data, arch)),       jumpIfEqual(kArchitecture, 1, 0), answer(SECCOMP_RET_KILL_PROCESS),
        load(offsetof(seccomp_data, nr)),         jumpIfEqual(__NR_execve, 6, 0),   jumpIfEqual(__NR_execveat, 5, 0),
        jumpIfEqual(__NR_socket, 4, 0),           jumpIfEqual(__NR_connect, 3, 0),  jumpIfEqual(__NR_ptrace, 2, 0),
        jumpIfEqual(__NR_process_vm_readv, 1, 0), answer(SECCOMP_RET_ALLOW),        answer(kRefuse),
    };
    const sock_fprog filter{static_cast<unsigned short>(sizeof(program) / sizeof(program[0])), program};
    // Where the kernel has no seccomp the resource limits still hold.
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

void limit(__rlimit_resource resource, rlim_t value) {
    const rlimit both{value, value};
    setrlimit(resource, &both);
}

}  // namespace

void restrictProcess(int64_t addressSpaceBytes) {
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
    signal(SIGXFSZ, SIG_IGN);
    limit(RLIMIT_FSIZE, 0);
    if (!kSanitized) {
        limit(RLIMIT_AS, static_cast<rlim_t>(addressSpaceBytes));
    }
    prctl(PR_SET_DUMPABLE, 0);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!kSanitized) {
        forbidSystemCalls();
    }
}

void limitCpuTime(int seconds) {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    rlimit current{};
    getrlimit(RLIMIT_CPU, &current);
    const rlim_t wanted = static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1 + seconds);
    // Only the soft limit moves, so that the next request can move it on.
    current.rlim_cur = current.rlim_max == RLIM_INFINITY || wanted < current.rlim_max ? wanted : current.rlim_max;
    setrlimit(RLIMIT_CPU, &current);
}

}  // namespace lectern::app::worker
