#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "app/ingest/ingest.h"
#include "app/ingest/source_tree_scan.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

class SourceTreeTest : public ::testing::Test {
  protected:
    void SetUp() override {
        write("main.cpp", "int main() {\n    return 0;\n}\n");
        write("src/lib.cpp", "// library\n");
        write("src/secret.key.txt", "key\n");
        write("src/.gitignore", "*.key.txt\n");
        write(".gitignore", "/out/\n*.log\n!keep.log\n");
        write("out/generated.cpp", "x\n");
        write("debug.log", "x\n");
        write("keep.log", "kept\n");
        write("node_modules/a/index.js", "x\n");
        write("Cargo.lock", "x\n");
        write("picture.bin", std::string("\x89PNG\0\0", 6));
        write("big.txt", std::string(3 << 20, 'b'));
        write(".git/config", "[core]\n");
        std::filesystem::create_symlink("/etc", m_directory.path() / "link");
    }
    void write(const std::string& path, const std::string& bytes) { writeFile(m_directory.path() / path, bytes); }
    std::map<std::string, TreeEntryState> states(const SourceTreeOptions& options = {}) {
        std::map<std::string, TreeEntryState> out;
        const auto entries = scanSourceTree(m_directory.path(), options, {});
        EXPECT_TRUE(entries.ok());
        for (const TreeEntry& entry : *entries) {
            out[entry.path] = entry.state;
        }
        return out;
    }
    TemporaryDirectory m_directory;
};

TEST_F(SourceTreeTest, RulesHoldOutsideARepository) {
    const std::map<std::string, TreeEntryState> expected = {
        {".gitignore", TreeEntryState::Included},   {"Cargo.lock", TreeEntryState::LockFile},
        {"big.txt", TreeEntryState::TooLarge},      {"debug.log", TreeEntryState::Ignored},
        {"keep.log", TreeEntryState::Included},     {"main.cpp", TreeEntryState::Included},
        {"node_modules", TreeEntryState::Vendored}, {"out", TreeEntryState::Ignored},
        {"picture.bin", TreeEntryState::Binary},    {"src/.gitignore", TreeEntryState::Included},
        {"src/lib.cpp", TreeEntryState::Included},  {"src/secret.key.txt", TreeEntryState::Ignored},
    };
    EXPECT_EQ(states(), expected);
}

TEST_F(SourceTreeTest, OptionsLetFilesBackIn) {
    SourceTreeOptions options;
    options.includeIgnored = options.includeLockFiles = options.includeVendored = true;
    options.leaveOut = {"src"};
    const auto found = states(options);
    EXPECT_EQ(found.at("Cargo.lock"), TreeEntryState::Included);
    EXPECT_EQ(found.at("node_modules/a/index.js"), TreeEntryState::Included);
    EXPECT_EQ(found.at("debug.log"), TreeEntryState::Included);
    EXPECT_EQ(found.at("src"), TreeEntryState::LeftOut);
    EXPECT_EQ(found.at("picture.bin"), TreeEntryState::Binary);
}

TEST_F(SourceTreeTest, SingleFilesAreTakenInAgainstTheRules) {
    SourceTreeOptions options;
    options.takeIn = {"Cargo.lock", "out", "node_modules/a/index.js", "picture.bin", "big.txt"};
    write("out/deep/also.cpp", "x\n");
    write("out/deep/picture.bin", std::string("\x89PNG\0\0", 6));
    write("node_modules/b/index.js", "x\n");
    const auto found = states(options);
    EXPECT_EQ(found.at("Cargo.lock"), TreeEntryState::Included);
    EXPECT_EQ(found.at("big.txt"), TreeEntryState::Included);
    EXPECT_EQ(found.at("picture.bin"), TreeEntryState::Included) << "named itself";
    EXPECT_EQ(found.at("out/deep/also.cpp"), TreeEntryState::Included) << "its folder is named";
    EXPECT_EQ(found.at("out/deep/picture.bin"), TreeEntryState::Binary) << "a folder brings its text only";
    EXPECT_EQ(found.at("node_modules"), TreeEntryState::Vendored) << "the rest of it stays out, as one entry";
    EXPECT_EQ(found.at("node_modules/a/index.js"), TreeEntryState::Included);
    EXPECT_FALSE(found.contains("node_modules/b/index.js"));
    EXPECT_EQ(found.at("debug.log"), TreeEntryState::Ignored);
    options.leaveOut = {"out/deep"};
    EXPECT_EQ(states(options).at("out/deep"), TreeEntryState::LeftOut) << "what is left out counts more";
}

TEST_F(SourceTreeTest, WhatIsLeftOutIsListedOnDemand) {
    SourceTreeOptions options;
    options.listLeftOut = true;
    const auto found = states(options);
    EXPECT_EQ(found.at("node_modules"), TreeEntryState::Vendored);
    EXPECT_EQ(found.at("node_modules/a"), TreeEntryState::Vendored);
    EXPECT_EQ(found.at("node_modules/a/index.js"), TreeEntryState::Vendored);
    EXPECT_EQ(found.at("out/generated.cpp"), TreeEntryState::Ignored);
    const auto without = states();
    for (const auto& [path, state] : found) {
        if (state == TreeEntryState::Included) {
            EXPECT_EQ(without.at(path), state);
        }
    }
}

TEST_F(SourceTreeTest, ARealRepositoryKeepsTrackedFiles) {
    std::filesystem::remove_all(m_directory.path() / ".git");
    const std::string git =
        "cd '" + m_directory.path().string() + "' && git init -q . && git add -f debug.log main.cpp >/dev/null 2>&1";
    if (std::system(git.c_str()) != 0) {
        GTEST_SKIP() << "git is not installed";
    }
    EXPECT_EQ(states().at("debug.log"), TreeEntryState::Included) << "tracked although ignored";
    EXPECT_EQ(states().at("out"), TreeEntryState::Ignored);
    const auto inside = scanSourceTree(m_directory.path() / "src", {}, {});
    ASSERT_TRUE(inside.ok());
    ASSERT_EQ(inside->size(), 3u);
    EXPECT_EQ((*inside)[2].path, "secret.key.txt");
    EXPECT_EQ((*inside)[2].state, TreeEntryState::Ignored) << "rules of the repository around the folder";
}

TEST_F(SourceTreeTest, BecomesADocumentOfFiles) {
    const auto library = Library::openInMemory();
    const Result<IngestOutcome> outcome = ingestPath(**library, m_directory.path(), {});
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->record.header.kind, DocumentKind::SourceTree);
    EXPECT_EQ(outcome->record.header.pageCount, 5);
    const std::vector<DocumentPage> pages = *(*library)->pages(outcome->record.id);
    ASSERT_EQ(pages.size(), 5u);
    EXPECT_EQ(pages[2].label, "main.cpp");
    EXPECT_EQ(pages[2].text, "int main() {\n    return 0;\n}\n");
    ASSERT_EQ(outcome->record.warnings.size(), 1u);
    EXPECT_THAT(outcome->record.warnings[0], HasSubstr("1 binary, 1 too large, 3 ignored by .gitignore, 1 lock files"));
    const std::vector<OutlineEntry>& outline = outcome->record.header.outline;
    ASSERT_EQ(outline.size(), 6u);
    EXPECT_EQ(outline[3], (OutlineEntry{"src/", -1, 0, 0, 0}));
    EXPECT_EQ(outline[5], (OutlineEntry{"lib.cpp", 4, 0, 1, 1}));

    EXPECT_TRUE(ingestPath(**library, m_directory.path(), {})->alreadyThere);
    write("main.cpp", "int main() {}\n");
    const Result<IngestOutcome> changed = ingestPath(**library, m_directory.path(), {});
    EXPECT_FALSE(changed->alreadyThere);
    EXPECT_NE(changed->record.id, outcome->record.id);
}

TEST_F(SourceTreeTest, AFolderWithoutTextIsSaid) {
    TemporaryDirectory empty;
    const auto library = Library::openInMemory();
    const Result<IngestOutcome> outcome = ingestPath(**library, empty.path(), {});
    ASSERT_FALSE(outcome.ok());
    EXPECT_THAT(outcome.error().message, HasSubstr("holds no text files"));
}

}  // namespace
}  // namespace lectern::app
