// Everything in the shared data folder, and the long manual against the clock.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "app/ingest/ingest.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SharedIngestTest : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(m_directory.path() / "library");
        m_library = std::move(*Library::open(m_directory.path() / "library"));
    }
    TemporaryDirectory m_directory;
    std::unique_ptr<Library> m_library;
};

TEST_F(SharedIngestTest, EverySharedPdfIsADocumentOrASentence) {
    LECTERN_SHARED_OR_SKIP(shared);
    int documents = 0;
    for (const auto& entry : fs::recursive_directory_iterator(shared / "data/pdf")) {
        if (entry.path().extension() != ".pdf" || entry.path().filename().string().starts_with("nasa_cfe")) {
            continue;
        }
        IngestOptions options;
        options.password = entry.path().filename() == "aes-256-r6.pdf" ? "usersecret" : "foo";
        const Result<IngestOutcome> outcome = ingestPath(*m_library, entry.path(), options);
        if (!outcome) {
            EXPECT_TRUE(outcome.error().message.ends_with('.')) << outcome.error().message;
            continue;
        }
        ++documents;
        EXPECT_EQ(outcome->record.pagesStored, outcome->record.header.pageCount);
        if (entry.path().parent_path().filename() == "scanned" && outcome->record.textBytes == 0) {
            EXPECT_THAT(outcome->record.warnings.back(), HasSubstr("no text (that is the whole document)"))
                << entry.path();
        }
    }
    EXPECT_GT(documents, 30);
}

TEST_F(SharedIngestTest, TheLongManualIsIngestedInTime) {
    LECTERN_SHARED_OR_SKIP(shared);
    const auto start = std::chrono::steady_clock::now();
    const Result<IngestOutcome> outcome = ingestPath(*m_library, shared / "data/pdf/nasa_cfe-usersguide_1293p.pdf", {});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->record.pagesStored, 1293);
    EXPECT_EQ(outcome->record.header.outline.size(), 1560u);
    EXPECT_LT(seconds.count(), 120);
    RecordProperty("seconds", std::to_string(seconds.count()));
    RecordProperty("library_bytes", std::to_string(fs::file_size(m_directory.path() / "library/library.sqlite")));
}

}  // namespace
}  // namespace lectern::app
