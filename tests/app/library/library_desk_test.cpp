// What readers add to documents: bookmarks, annotations, positions, searches; and libraries of earlier schemas.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "app/library/database.h"
#include "app/library/library.h"
#include "app/library/schema.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

DocumentId add(Library& library, const std::string& name, const std::vector<std::string>& texts) {
    DocumentHeader header;
    header.title = name;
    header.contentHash = name;
    header.sourcePath = "/files/" + name;
    header.pageCount = static_cast<int32_t>(texts.size());
    const DocumentId id = library.beginDocument(header)->id;
    std::vector<DocumentPage> pages;
    for (size_t i = 0; i < texts.size(); ++i) {
        DocumentPage page;
        page.index = static_cast<int32_t>(i);
        page.label = std::to_string(i + 1);
        page.text = texts[i];
        pages.push_back(page);
    }
    EXPECT_TRUE(library.storePages(id, pages).ok());
    EXPECT_TRUE(library.finishDocument(id, {}).ok());
    return id;
}

class LibraryDeskTest : public ::testing::Test {
  protected:
    void SetUp() override {
        Result<std::unique_ptr<Library>> opened = Library::openInMemory();
        ASSERT_TRUE(opened.ok()) << opened.error().message;
        m_library = std::move(*opened);
    }
    std::vector<TextHit> search(const TextQuery& query) {
        std::vector<TextHit> hits;
        const Result<void> done = m_library->searchText(query, [&](std::span<const TextHit> page) {
            hits.insert(hits.end(), page.begin(), page.end());
            return true;
        });
        EXPECT_TRUE(done.ok()) << done.error().message;
        return hits;
    }
    /// "document/page:text of the hit"
    std::vector<std::string> found(const TextQuery& query) {
        std::vector<std::string> out;
        for (const TextHit& hit : search(query)) {
            const std::string text = m_library->page(hit.document, hit.page)->text;
            out.push_back(std::to_string(hit.document) + "/" + std::to_string(hit.page) + ":" +
                          text.substr(static_cast<size_t>(hit.bytes.begin), static_cast<size_t>(hit.bytes.size())));
        }
        return out;
    }
    std::unique_ptr<Library> m_library;
};

TEST_F(LibraryDeskTest, WordsAreFoundWithTheirPlaces) {
    add(*m_library, "a", {"The café opens.", "Nothing.", "A Cafe, the memory_pool and the memory of pools."});
    EXPECT_THAT(found({"CAFÉ"}), ElementsAre("1/0:café", "1/2:Cafe"));
    EXPECT_THAT(found({"memory_pool"}), ElementsAre("1/2:memory_pool"));
    EXPECT_THAT(found({"\"of pools\""}), ElementsAre("1/2:of pools"));
    EXPECT_THAT(found({"pool*"}), ElementsAre("1/2:pool", "1/2:pools"));
    EXPECT_THAT(found({"cafe opens"}), ElementsAre("1/0:café", "1/0:opens")) << "all words on one page";
    EXPECT_THAT(found({"cafe NOT opens"}), ElementsAre()) << "operators are words";
    EXPECT_THAT(search({"opens"})[0].snippet, HasSubstr("The café opens."));
}

TEST_F(LibraryDeskTest, LiteralSearchTakesTheTextAsItStands) {
    const DocumentId a = add(*m_library, "a", {"one -> two", "x\none  ->\ntwo"});
    const DocumentId b = add(*m_library, "b", {"中文文本检索"});
    TextQuery query{"one -> two", TextQuery::Mode::Literal};
    EXPECT_EQ(search(query).size(), 2u);
    query.documents = {b};
    EXPECT_TRUE(search(query).empty());
    query.text = "文本";
    EXPECT_THAT(found(query), ElementsAre("2/0:文本"));
    query = {"ONE", TextQuery::Mode::Literal, true};
    query.documents = {a};
    EXPECT_TRUE(search(query).empty());
    // Only what was read off pictures, of one document and of all.
    DocumentPage read;
    read.index = 1;
    read.text = "one day";
    read.note = kRecognisedNote;
    ASSERT_TRUE(m_library->storePages(a, std::vector{read}).ok());
    query = {"one", TextQuery::Mode::Literal};
    EXPECT_EQ(search(query).size(), 2u);
    query.recognisedOnly = true;
    EXPECT_THAT(found(query), ElementsAre("1/1:one"));
    query.documents = {a};
    EXPECT_THAT(found(query), ElementsAre("1/1:one"));
    query.documents = {b};
    EXPECT_TRUE(search(query).empty());
}

TEST_F(LibraryDeskTest, SearchFollowsChangesAndCanBeEnded) {
    const DocumentId id = add(*m_library, "a", {"alpha", "alpha", "alpha alpha"});
    DocumentPage changed;
    changed.index = 1;
    changed.text = "beta";
    ASSERT_TRUE(m_library->storePages(id, std::vector{changed}).ok());
    EXPECT_EQ(search({"alpha"}).size(), 3u);
    EXPECT_EQ(search({"beta"}).size(), 1u);
    int pages = 0;
    ASSERT_TRUE(m_library->searchText({"alpha"}, [&](std::span<const TextHit>) { return ++pages < 1; }).ok());
    EXPECT_EQ(pages, 1);
    TextQuery few{"alpha"};
    few.maximumHits = 2;
    EXPECT_EQ(search(few).size(), 2u);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(m_library
                  ->searchText(
                      {"alpha"}, [](std::span<const TextHit>) { return true; }, stop.get_token())
                  .error()
                  .code,
              ErrorCode::Cancelled);
    EXPECT_EQ(m_library->searchText({" .;"}, [](std::span<const TextHit>) { return true; }).error().code,
              ErrorCode::InvalidInput);
    ASSERT_TRUE(m_library->removeDocument(id).ok());
    EXPECT_TRUE(search({"alpha"}).empty());
}

TEST_F(LibraryDeskTest, AnnotationsCanBeUndone) {
    const DocumentId id = add(*m_library, "a", {"alpha beta"});
    AnnotationRecord made;
    made.document = id;
    made.bytes = {0, 5};
    made.quote = "alpha";
    made.rects = {{0.1f, 0.2f, 0.3f, 0.4f}};
    made.color = 0x80cbc4;
    made = *m_library->storeAnnotation(made);
    EXPECT_GT(made.id, 0);
    EXPECT_GT(made.createdAtMs, 0);
    AnnotationRecord noted = made;
    noted.note = "Why “alpha”?";
    noted = *m_library->storeAnnotation(noted);
    EXPECT_EQ(noted.id, made.id);
    ASSERT_EQ(m_library->annotations(id)->size(), 1u);
    EXPECT_EQ((*m_library->annotations(id))[0].note, noted.note);

    const Result<AnnotationRecord> removed = m_library->removeAnnotation(made.id);
    ASSERT_TRUE(removed.ok());
    EXPECT_TRUE(m_library->annotations(id)->empty());
    EXPECT_EQ(m_library->removeAnnotation(made.id).error().code, ErrorCode::NotFound);
    ASSERT_TRUE(m_library->storeAnnotation(*removed).ok());
    const AnnotationRecord back = (*m_library->annotations(id))[0];
    EXPECT_EQ(back.id, made.id);
    EXPECT_EQ(back.rects, made.rects);
    EXPECT_EQ(back.color, made.color);
    EXPECT_EQ(back.createdAtMs, made.createdAtMs);
    EXPECT_EQ(back.quote, "alpha");

    made.id = 0;
    made.document = 99;
    EXPECT_FALSE(m_library->storeAnnotation(made).ok());
    ASSERT_TRUE(m_library->removeDocument(id).ok());
    EXPECT_TRUE(m_library->annotations(id)->empty());
}

TEST_F(LibraryDeskTest, BookmarksPositionsAndSpeeds) {
    const DocumentId id = add(*m_library, "a", {"alpha", "beta"});
    const BookmarkRecord second = *m_library->storeBookmark({0, id, 1, 0.5, "Second"});
    ASSERT_TRUE(m_library->storeBookmark({0, id, 0, 0.1, "First"}).ok());
    ASSERT_EQ(m_library->bookmarks(id)->size(), 2u);
    EXPECT_EQ((*m_library->bookmarks(id))[0].label, "First");
    const BookmarkRecord gone = *m_library->removeBookmark(second.id);
    EXPECT_EQ(m_library->bookmarks(id)->size(), 1u);
    ASSERT_TRUE(m_library->storeBookmark(gone).ok());
    EXPECT_EQ((*m_library->bookmarks(id))[1].id, second.id);

    ASSERT_TRUE(m_library->setReadingPosition(id, 1, 0.25, "{\"zoom\":1.5}").ok());
    const DocumentRecord record = *m_library->document(id);
    EXPECT_EQ(record.lastPage, 1);
    EXPECT_DOUBLE_EQ(record.lastTop, 0.25);
    EXPECT_EQ(record.viewState, "{\"zoom\":1.5}");

    EXPECT_FALSE(m_library->measurement("speed")->has_value());
    ASSERT_TRUE(m_library->setMeasurement("speed", 12.5).ok());
    ASSERT_TRUE(m_library->setMeasurement("speed", 13.5).ok());
    EXPECT_EQ(**m_library->measurement("speed"), 13.5);
}

TEST_F(LibraryDeskTest, PastAnswersAreFound) {
    const DocumentId id = add(*m_library, "a", {"alpha"});
    const ConversationId talk = m_library->createConversation("Harbour", std::vector{id})->id;
    MessageRecord asked;
    asked.conversation = talk;
    asked.text = "When does the harbour close?";
    asked = *m_library->addMessage(asked, {});
    MessageRecord answer;
    answer.conversation = talk;
    answer.role = MessageRole::Answer;
    answer.replyTo = asked.id;
    answer.text = "The harbour closes at dusk.";
    ASSERT_TRUE(m_library->addMessage(answer, {}).ok());
    EXPECT_EQ(m_library->searchMessages("harbour")->size(), 2u);
    const std::vector<MessageHit> hits = *m_library->searchMessages("dusk");
    ASSERT_EQ(hits.size(), 1u);
    EXPECT_EQ(hits[0].conversationTitle, "Harbour");
    EXPECT_EQ(hits[0].role, MessageRole::Answer);
    EXPECT_THAT(hits[0].snippet, HasSubstr("dusk"));
    ASSERT_TRUE(m_library->removeConversation(talk).ok());
    EXPECT_TRUE(m_library->searchMessages("dusk")->empty());
}

TEST(LibraryStorage, CompactingLeavesNothingOfWhatWasRemoved) {
    const TemporaryDirectory directory;
    const auto library = Library::open(directory.path());
    ASSERT_TRUE(library.ok());
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i) {
        texts.push_back(std::string(4000, static_cast<char>('a' + i % 20)) + " quillbrook " + std::to_string(i));
    }
    const DocumentId id = add(**library, "a", texts);
    const auto bytes = [&] {
        int64_t sum = 0;
        for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
            sum += static_cast<int64_t>(entry.file_size());
        }
        return sum;
    };
    const auto mentions = [&] {
        return readFile(directory.path() / "library.sqlite").find("quillbrook") != std::string::npos;
    };
    ASSERT_TRUE((*library)->compact().ok());
    const int64_t full = bytes();
    EXPECT_GT(full, 800'000);
    EXPECT_TRUE(mentions());
    ASSERT_TRUE((*library)->removeDocument(id).ok());
    ASSERT_TRUE((*library)->compact().ok());
    EXPECT_LT(bytes(), full / 4);
    EXPECT_FALSE(mentions()) << "not in the index of words either";
}

TEST(LibraryInMemory, HandlesWithOneNameShareIt) {
    const std::filesystem::path name = Library::memoryName("private");
    {
        const auto first = Library::open(name);
        ASSERT_TRUE(first.ok()) << first.error().message;
        const auto second = Library::open(name);
        const auto other = Library::open(Library::memoryName("other"));
        ASSERT_TRUE(second.ok() && other.ok());
        const DocumentId id = add(**first, "secret", {"alpha"});
        EXPECT_EQ((*second)->page(id, 0)->text, "alpha");
        EXPECT_TRUE((*other)->documents()->empty());
    }
    const auto again = Library::open(name);
    EXPECT_TRUE((*again)->documents()->empty()) << "gone with the last handle";
    EXPECT_FALSE(std::filesystem::exists(name));
}

/// A library file with the schema and the rows of tests/data/library/schema_N.sql.
void restoreSchema(const std::filesystem::path& file, int version) {
    const std::string sql = readFile(std::filesystem::path(LECTERN_SOURCE_DIR) / "tests" / "data" / "library" /
                                     ("schema_" + std::to_string(version) + ".sql"));
    ASSERT_FALSE(sql.empty()) << "every earlier schema has its file";
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
    sqlite3_close(handle);
}

class MigrationTest : public ::testing::TestWithParam<int> {};

TEST_P(MigrationTest, AnEarlierLibraryIsTakenOver) {
    const TemporaryDirectory directory;
    restoreSchema(directory.path() / "library.sqlite", GetParam());
    const auto library = Library::open(directory.path());
    ASSERT_TRUE(library.ok()) << library.error().message;
    EXPECT_FALSE((*library)->openReport().rebuilt);
    const std::vector<DocumentRecord> documents = *(*library)->documents();
    ASSERT_EQ(documents.size(), 3u);
    EXPECT_EQ(documents[0].header.title, "Handbook");
    EXPECT_EQ(documents[0].lastPage, 1);
    EXPECT_EQ(documents[0].pagesWithoutText, 1);
    EXPECT_EQ(documents[1].header.kind, DocumentKind::SourceTree);
    EXPECT_EQ(documents[2].state, IngestState::Ingesting);
    EXPECT_EQ((*library)->document(1)->header.outline.size(), 2u);
    EXPECT_EQ((*library)->page(1, 0)->boxes.words.size(), 5u);
    EXPECT_EQ((*(*library)->findByPath("/files/copy.pdf"))->id, 1);
    ASSERT_EQ((*library)->messages(1)->size(), 2u);
    ASSERT_EQ((*library)->citations(2)->size(), 1u);
    EXPECT_EQ(**(*library)->trace(2), "trace bytes");
    EXPECT_EQ((*library)->jobs("ingest")->size(), 1u);

    std::vector<TextHit> hits;
    ASSERT_TRUE((*library)
                    ->searchText({"cafe"},
                                 [&](std::span<const TextHit> page) {
                                     hits.assign(page.begin(), page.end());
                                     return true;
                                 })
                    .ok());
    ASSERT_EQ(hits.size(), 1u) << "old pages are in the new index";
    EXPECT_EQ((*library)->searchMessages("dusk")->size(), 1u);
    EXPECT_TRUE((*library)->storeBookmark({0, 1, 0, 0.5, "Here"}).ok());
    EXPECT_TRUE((*library)->removeDocument(1).ok());
}

INSTANTIATE_TEST_SUITE_P(AllSchemas, MigrationTest, ::testing::Range(1, schemaVersion()));

}  // namespace
}  // namespace lectern::app
