#pragma once
// What a pre-flight needs of a model, without loading its weights.

#include <filesystem>
#include <memory>
#include <string>

#include "app/ingest/preflight.h"
#include "engine/text/tokenizer.h"

namespace lectern::app {

/// Keeps the tokenizer that `model` points to.
struct OpenedPreflightModel {
    PreflightModel model;
    std::shared_ptr<const Tokenizer> tokenizer;  ///< null where the model brings none
};

/// Opens and checks the model; its speed is the last one measured with it on `device` (`library` null: unknown). Takes
/// up to seconds. Errors: those of openModelSource and of a damaged profile.
Result<OpenedPreflightModel> openPreflightModel(const std::filesystem::path& path, Library* library,
                                                const std::string& device);

}  // namespace lectern::app
