#pragma once
// A temporary folder with a synthetic model and its GGUF conversion.

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "engine/formats/model_source.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {

class GgufTest : public ::testing::Test {
  protected:
    /// Writes `model` as a bf16 folder, converts it and opens the result.
    Result<ModelSource> convert(const SyntheticModel& model, DType type,
                                const std::function<void(ModelSource&)>& change = {}) {
        writeHfFolder(model, folder(), DType::BF16);
        auto source = openModelSource(folder());
        if (!source) {
            return source;
        }
        if (change) {
            change(*source);
        }
        LECTERN_TRY(writeGguf(*source, path(), {type}));
        return openModelSource(path());
    }
    std::filesystem::path folder() const { return m_directory.path() / "model"; }
    std::filesystem::path path() const { return m_directory.path() / "model.gguf"; }
    const std::filesystem::path& directory() const { return m_directory.path(); }

    std::string refusal(const std::string& bytes) const {
        writeFile(path(), bytes);
        const auto source = openModelSource(path());
        return source ? "accepted" : source.error().message;
    }
    /// A good file to damage.
    std::string goodBytes(DType type = DType::Q8_0) {
        const auto source = convert(makeSyntheticModel(), type);
        EXPECT_TRUE(source) << source.error().message;
        return readFile(path());
    }

  private:
    TemporaryDirectory m_directory;
};

}  // namespace lectern::test
