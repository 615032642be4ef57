#include "ui/services/services.h"

namespace lectern::ui {

Services::Services(const std::filesystem::path& directory)
    : dataDirectory(directory), library(directory), ingest(directory), engine(directory), model(engine, settings) {}

}  // namespace lectern::ui
