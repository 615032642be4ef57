#include "app/document_worker/worker/run_worker.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "app/document_worker/protocol.h"
#include "app/document_worker/worker/sandbox.h"

namespace lectern::app::worker {
namespace {

constexpr int kFrameDescriptor = 3;

int64_t argument(int count, char** values, const char* name, int64_t fallback) {
    for (int i = 1; i + 1 < count; ++i) {
        if (std::strcmp(values[i], name) == 0) {
            return std::strtoll(values[i + 1], nullptr, 10);
        }
    }
    return fallback;
}

}  // namespace

int runWorker(int argc, char** argv, const Recognise& recognise) {
    restrictProcess(argument(argc, argv, "--address-space", int64_t{3} << 30));
    const int64_t frameBytes = argument(argc, argv, "--frame", 0);
    void* frame = nullptr;
    if (frameBytes > 0) {
        frame = mmap(nullptr, static_cast<size_t>(frameBytes), PROT_READ | PROT_WRITE, MAP_SHARED, kFrameDescriptor, 0);
        if (frame == MAP_FAILED) {
            return EXIT_FAILURE;
        }
    }
    try {
        return Server(static_cast<uint8_t*>(frame), frameBytes, recognise).run(0, 1);
    } catch (const std::bad_alloc&) {
        return protocol::kOutOfMemoryExit;
    }
}

}  // namespace lectern::app::worker
