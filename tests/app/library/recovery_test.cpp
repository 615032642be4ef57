// Damaged, foreign and newer library files.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "app/library/compression.h"
#include "app/library/database.h"
#include "app/library/library.h"
#include "app/library/schema.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

class RecoveryTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto library = Library::open(m_directory.path());
        ASSERT_TRUE(library.ok());
        for (int i = 0; i < 40; ++i) {
            DocumentHeader header;
            header.title = "Document " + std::to_string(i);
            header.contentHash = std::to_string(i);
            header.sourcePath = "/" + std::to_string(i);
            header.pageCount = 3;
            const DocumentId id = (*library)->beginDocument(header)->id;
            for (int p = 0; p < 3; ++p) {
                DocumentPage page;
                page.index = p;
                page.text = std::string(3000, static_cast<char>('a' + i % 26));
                ASSERT_TRUE((*library)->storePages(id, std::vector{page}).ok());
            }
            ASSERT_TRUE((*library)->finishDocument(id, {}).ok());
        }
    }
    /// Another inode, so that nothing that this process remembers about the healthy file holds.
    void damage(const std::function<void(std::string&)>& change) {
        std::string bytes = readFile(file());
        change(bytes);
        std::filesystem::remove(file());
        writeFile(m_directory.path() / "new", bytes);
        std::filesystem::copy_file(m_directory.path() / "new", file());
    }
    std::filesystem::path file() const { return m_directory.path() / "library.sqlite"; }
    TemporaryDirectory m_directory;
};

TEST_F(RecoveryTest, DamageInTheMiddleKeepsWhatCanBeRead) {
    damage([](std::string& bytes) {
        for (size_t i = bytes.size() / 2; i < bytes.size() / 2 + 9000; ++i) {
            bytes[i] = '\x5a';
        }
    });
    const auto library = Library::open(m_directory.path());
    ASSERT_TRUE(library.ok()) << library.error().message;
    EXPECT_TRUE((*library)->openReport().rebuilt);
    EXPECT_TRUE(std::filesystem::exists((*library)->openReport().backup));
    EXPECT_THAT((*library)->openReport().sentence, HasSubstr("damaged"));
    const std::vector<DocumentRecord> documents = *(*library)->documents();
    EXPECT_EQ(documents.size(), 40u) << "document rows lie outside the damage";
    int incomplete = 0;
    for (const DocumentRecord& record : documents) {
        EXPECT_EQ(record.state == IngestState::Ready, record.pagesStored == 3);
        incomplete += record.pagesStored < 3 ? 1 : 0;
    }
    EXPECT_GT(incomplete, 0);
    EXPECT_LT(incomplete, 40);
    // Opened again, there is nothing more to say.
    EXPECT_FALSE((*Library::open(m_directory.path()))->openReport().rebuilt);
}

TEST_F(RecoveryTest, GarbageIsReplacedByAnEmptyLibrary) {
    for (const std::string& garbage : {std::string("not a database at all"), std::string(9000, '\xff')}) {
        damage([&](std::string& bytes) { bytes = garbage; });
        const auto library = Library::open(m_directory.path());
        ASSERT_TRUE(library.ok()) << library.error().message;
        EXPECT_TRUE((*library)->openReport().rebuilt);
        EXPECT_EQ(readFile((*library)->openReport().backup), garbage);
        EXPECT_TRUE((*library)->documents()->empty());
    }
}

TEST_F(RecoveryTest, EveryRandomDamageEndsInALibrary) {
    const std::string healthy = readFile(file());
    std::mt19937 random(11);
    for (int trial = 0; trial < 40; ++trial) {
        damage([&](std::string& bytes) {
            bytes = healthy;
            for (int i = 0; i < 20; ++i) {
                bytes[random() % bytes.size()] = static_cast<char>(random());
            }
            bytes.resize(bytes.size() - (trial % 3 == 0 ? random() % bytes.size() : 0));
        });
        const auto library = Library::open(m_directory.path());
        ASSERT_TRUE(library.ok()) << library.error().message;
        EXPECT_TRUE((*library)->documents().ok());
    }
}

TEST_F(RecoveryTest, ANewerFileIsRefusedAndLeftAlone) {
    {
        const auto database = Database::open(file(), Database::Mode::ReadWrite);
        ASSERT_TRUE((*database)->script("PRAGMA user_version = 999").ok());
    }
    const std::string before = readFile(file());
    const auto library = Library::open(m_directory.path());
    ASSERT_FALSE(library.ok());
    EXPECT_EQ(library.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(library.error().message, HasSubstr("newer version"));
    EXPECT_EQ(readFile(file()), before);
}

TEST(Migration, EmptyFileReachesTheCurrentSchema) {
    const auto database = Database::open({}, Database::Mode::Memory);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(migrate(**database).ok());
    ASSERT_TRUE(migrate(**database).ok()) << "twice does nothing";
    int version = 0;
    ASSERT_TRUE((*database)->query("PRAGMA user_version", [&](const Row& row) { version = row.small(0); }).ok());
    EXPECT_EQ(version, schemaVersion());
}

TEST(Compression, RoundTripAndDamage) {
    const std::string bytes(100000, 'x');
    const std::string packed = compressBytes(bytes);
    EXPECT_LT(packed.size(), 200u);
    EXPECT_EQ(*decompressBytes(packed, 100000), bytes);
    EXPECT_FALSE(decompressBytes(packed, 99999).ok());
    EXPECT_FALSE(decompressBytes("garbage", 100).ok());
    EXPECT_FALSE(decompressBytes(packed.substr(0, packed.size() - 3), 100000).ok());
    EXPECT_EQ(*decompressBytes(compressBytes(""), 0), "");
}

}  // namespace
}  // namespace lectern::app
