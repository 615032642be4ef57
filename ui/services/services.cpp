#include "ui/services/services.h"

#include <atomic>

namespace lectern::ui {

Services::Services(const std::filesystem::path& directory) : Services(directory, directory, nullptr) {}

Services::Services(const std::filesystem::path& directory, const std::filesystem::path& libraryDirectory,
                   app::Settings* sharedSettings)
    : dataDirectory(directory),
      keepsNothing(sharedSettings != nullptr),
      ownSettings(sharedSettings == nullptr ? std::make_unique<app::Settings>() : nullptr),
      settings(sharedSettings == nullptr ? *ownSettings : *sharedSettings),
      library(libraryDirectory),
      ingest(libraryDirectory),
      engine(libraryDirectory),
      model(engine, settings, keepsNothing) {}

std::unique_ptr<Services> Services::inMemory(Services& other) {
    static std::atomic<int> count{0};
    const std::filesystem::path name = app::Library::memoryName("window" + std::to_string(++count));
    std::unique_ptr<Services> made(new Services(other.dataDirectory, name, &other.settings));
    // The library lives as long as a handle to it is open: this one stays.
    made->library.run([](app::Library&) { return Result<void>(); });
    return made;
}

}  // namespace lectern::ui
