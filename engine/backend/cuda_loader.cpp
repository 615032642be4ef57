#include "engine/backend/cuda_loader.h"

#include <dlfcn.h>

#include <filesystem>
#include <string>

namespace lectern {
namespace {

using Factory = void* (*)(char* reason, int64_t reasonSize);
constexpr const char* kFactoryName = "lecternCreateCudaBackend";
constexpr const char* kLibraryName = "liblectern_cuda.so";

// Beside the program (build tree: ../lib), then where the dynamic linker looks.
void* openLibrary(std::string& reason) {
    std::error_code ignored;
    const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    for (const std::string& path :
         {(folder / kLibraryName).string(), (folder.parent_path() / "lib" / kLibraryName).string(),
          (folder.parent_path() / "lib" / "lectern" / kLibraryName).string(), std::string(kLibraryName)}) {
        if (void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
            return library;
        }
        const char* message = dlerror();
        // A library that is there but cannot be loaded explains more than one that is missing elsewhere.
        if (message && (reason.empty() || std::filesystem::exists(path, ignored))) {
            reason = message;
        }
    }
    return nullptr;
}

}  // namespace

Result<void*> makeFromCudaLibrary(const char* name) {
    std::string reason;
    void* library = openLibrary(reason);
    if (!library) {
        return Error{ErrorCode::Unsupported, "CUDA is off: the backend library could not be loaded (" + reason + ")."};
    }
    const auto factory = reinterpret_cast<Factory>(dlsym(library, name));
    if (!factory) {
        return Error{ErrorCode::Unsupported,
                     "CUDA is off: the backend library does not belong to this version of Lectern."};
    }
    char text[512] = {};
    void* made = factory(text, sizeof text);
    if (!made) {
        return Error{ErrorCode::Unsupported, std::string("CUDA is off: ") + text};
    }
    // The library stays loaded for the life of the process: the code of what it made lives in it.
    return made;
}

Result<std::shared_ptr<Backend>> loadCudaBackend() {
    LECTERN_ASSIGN(void* made, makeFromCudaLibrary(kFactoryName));
    return std::shared_ptr<Backend>(static_cast<Backend*>(made));
}

}  // namespace lectern
