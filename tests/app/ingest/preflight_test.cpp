// What documents would cost, before anything is stored.

#include "app/ingest/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/ingest/ingest.h"
#include "app/models/preflight_model.h"
#include "engine/core/resources.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

class PreflightTest : public ::testing::Test {
  protected:
    void SetUp() override {
        m_library = std::move(*Library::openInMemory());
        open();
    }
    void open() {
        Result<OpenedPreflightModel> opened = openPreflightModel(*defaultModelPath(), m_library.get(), "cpu");
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        m_opened = std::move(*opened);
        m_model = m_opened.model;
    }
    Preflight look(const std::vector<std::filesystem::path>& paths) {
        Result<Preflight> sheet = preflight(paths, m_model, m_library.get(), m_options);
        EXPECT_TRUE(sheet.ok()) << (sheet ? "" : sheet.error().message);
        return sheet ? std::move(*sheet) : Preflight{};
    }
    std::filesystem::path path(const std::string& name) const { return m_directory.path() / name; }

    TemporaryDirectory m_directory;
    std::unique_ptr<Library> m_library;
    OpenedPreflightModel m_opened;
    PreflightModel m_model;
    PreflightOptions m_options;
};

TEST_F(PreflightTest, TokensOfATreeAddUp) {
    writeFile(path("tree/src/main.c"), "int main(void) { return 0; }\n");
    writeFile(path("tree/src/util/help.c"), "void help(void);\n");
    writeFile(path("tree/README.md"), "# Tree\n");
    writeFile(path("tree/node_modules/x/index.js"), "skip();\n");
    writeFile(path("tree/package-lock.json"), "{}\n");
    writeFile(path("tree/logo.png"), std::string("\x89PNG\0\0", 6));
    const Preflight sheet = look({path("tree")});
    ASSERT_EQ(sheet.documents.size(), 1u);
    const PreflightDocument& tree = sheet.documents[0];
    EXPECT_EQ(tree.header.pageCount, 3);
    EXPECT_FALSE(tree.estimated);
    std::map<std::string, PreflightFile> files;
    for (const PreflightFile& file : tree.files) {
        files[file.path] = file;
    }
    EXPECT_GT(files["src/main.c"].tokens, 5);
    EXPECT_EQ(files["src"].tokens, files["src/main.c"].tokens + files["src/util/help.c"].tokens);
    EXPECT_TRUE(files["src/util"].isFolder);
    EXPECT_EQ(files["src"].tokens + files["README.md"].tokens, tree.tokens);
    EXPECT_EQ(files["node_modules"].state, TreeEntryState::Vendored);
    EXPECT_EQ(files["package-lock.json"].state, TreeEntryState::LockFile);
    EXPECT_EQ(files["logo.png"].state, TreeEntryState::Binary);
    EXPECT_EQ(sheet.tokens, tree.tokens + 1);
    EXPECT_EQ(sheet.fit, ContextFit::Fits);
    EXPECT_FALSE(sheet.prefillSeconds.has_value()) << "nothing was measured yet";
    EXPECT_TRUE(m_library->documents()->empty()) << "nothing is stored";
}

TEST_F(PreflightTest, CoverageIsSaidPageByPage) {
    writeFile(path("a.pdf"), makePdf({{{72, 700, "Some words here."}}, {}, {{72, 700, "More."}}}));
    writeFile(path("copy.pdf"), readFile(path("a.pdf")));
    writeFile(path("broken.pdf"), "%PDF-1.4 and nothing");
    const Preflight sheet = look({path("a.pdf"), path("copy.pdf"), path("broken.pdf"), path("absent")});
    ASSERT_EQ(sheet.documents.size(), 4u);
    EXPECT_EQ(sheet.documents[0].coverage,
              (std::vector<PageState>{PageState::Text, PageState::Blank, PageState::Text}));
    EXPECT_EQ(sheet.documents[1].duplicate, DuplicateOf::EarlierPath);
    EXPECT_THAT(sheet.documents[2].problem, HasSubstr("broken.pdf"));
    EXPECT_THAT(sheet.documents[3].problem, HasSubstr("does not exist"));
    EXPECT_EQ(sheet.tokens, sheet.documents[0].tokens + 1) << "each content once";
    ASSERT_TRUE(ingestPath(*m_library, path("a.pdf"), {}).ok());
    EXPECT_EQ(look({path("copy.pdf")}).documents[0].duplicate, DuplicateOf::Library);
}

TEST_F(PreflightTest, FitAndTimeFollowTheModel) {
    writeFile(path("long.txt"), [] {
        std::string text;
        for (int i = 0; i < 4000; ++i) {
            text += "Sentence number " + std::to_string(i) + " of a long text.\n";
        }
        return text;
    }());
    ASSERT_TRUE(m_library->setMeasurement(prefillSpeedName(m_model.name, "cpu"), 1000).ok());
    open();
    EXPECT_EQ(m_model.tokensPerSecond, 1000);
    Preflight sheet = look({path("long.txt")});
    ASSERT_GT(sheet.tokens, 20000);
    EXPECT_EQ(sheet.fit, ContextFit::NeedsExtended);
    EXPECT_NEAR(*sheet.prefillSeconds, static_cast<double>(sheet.tokens) / 1000, 0.01);
    EXPECT_GT(sheet.cacheBytes, sheet.tokens * 1000);
    EXPECT_GT(sheet.contextBytes, 0);
    m_model.largestContext = 10000;
    summarise(sheet, m_model, m_options);
    EXPECT_EQ(sheet.fit, ContextFit::TooBig);
    summarise(sheet, m_model, m_options, {false});
    EXPECT_EQ(sheet.tokens, 1);
    EXPECT_EQ(sheet.fit, ContextFit::Fits);
}

TEST_F(PreflightTest, LongDocumentsAreSampled) {
    writeFile(path("long.pdf"), makeTextPdf(60, 8));
    const int64_t exact = look({path("long.pdf")}).documents[0].tokens;
    m_options.maximumPages = 20;
    const PreflightDocument sampled = look({path("long.pdf")}).documents[0];
    EXPECT_TRUE(sampled.estimated);
    EXPECT_EQ(sampled.coverage.size(), 20u);
    EXPECT_EQ(sampled.coveragePages.back(), 59);
    EXPECT_NEAR(static_cast<double>(sampled.tokens), static_cast<double>(exact), 0.05 * static_cast<double>(exact));
}

}  // namespace
}  // namespace lectern::app
