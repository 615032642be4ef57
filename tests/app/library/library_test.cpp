#include "app/library/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

DocumentHeader header(const std::string& hash, int pages = 2) {
    DocumentHeader h;
    h.kind = DocumentKind::Pdf;
    h.title = "Title " + hash;
    h.sourcePath = "/files/" + hash + ".pdf";
    h.contentHash = hash;
    h.sizeBytes = 1234;
    h.pageCount = pages;
    h.outline = {{"Chapter “One”", 0, 0.25f, 0, 0}, {"Part", 1, 0, 1, 12}};
    return h;
}

DocumentPage page(int index, const std::string& text = "alpha beta") {
    DocumentPage p;
    p.index = index;
    p.label = "p" + std::to_string(index);
    p.size = {612, 792};
    p.text = text;
    p.boxes.words = {{0, 5, {0, 0, 1, 1}, 0, 2, false}};
    p.boxes.edges = {0, 7, 65535};
    return p;
}

MessageRecord question(ConversationId conversation) {
    MessageRecord message;
    message.conversation = conversation;
    message.text = "Why?";
    return message;
}

class LibraryTest : public ::testing::Test {
  protected:
    std::unique_ptr<Library> open() {
        Result<std::unique_ptr<Library>> library = Library::open(m_directory.path());
        EXPECT_TRUE(library.ok()) << (library ? "" : library.error().message);
        return library ? std::move(*library) : nullptr;
    }
    DocumentId store(Library& library, const std::string& hash, int pages = 2) {
        const DocumentId id = library.beginDocument(header(hash, pages))->id;
        for (int i = 0; i < pages; ++i) {
            EXPECT_TRUE(library.storePages(id, std::vector{page(i)}).ok());
        }
        EXPECT_TRUE(library.finishDocument(id, std::vector<std::string>{"A warning."}).ok());
        return id;
    }
    std::filesystem::path file() const { return m_directory.path() / "library.sqlite"; }
    TemporaryDirectory m_directory;
};

TEST_F(LibraryTest, DocumentsSurviveReopening) {
    DocumentId id = 0;
    {
        const auto library = open();
        id = store(*library, "a");
    }
    const auto library = open();
    EXPECT_FALSE(library->openReport().rebuilt);
    const Result<DocumentRecord> record = library->document(id);
    ASSERT_TRUE(record.ok());
    EXPECT_EQ(record->state, IngestState::Ready);
    EXPECT_EQ(record->header.outline, header("a").outline);
    EXPECT_EQ(record->warnings, std::vector<std::string>{"A warning."});
    EXPECT_EQ(record->pagesStored, 2);
    EXPECT_EQ(record->textBytes, 20);
    const Result<DocumentPage> stored = library->page(id, 1);
    ASSERT_TRUE(stored.ok());
    EXPECT_EQ(stored->text, "alpha beta");
    EXPECT_EQ(stored->boxes, page(1).boxes);
    EXPECT_EQ(library->page(id, 7).error().code, ErrorCode::NotFound);
    EXPECT_EQ((*library->findByPath("/files/a.pdf"))->id, id);
    EXPECT_EQ((*library->findByHash("a"))->id, id);
    EXPECT_FALSE(library->findByHash("b")->has_value());
}

TEST_F(LibraryTest, TheSameContentIsOneDocument) {
    const auto library = open();
    const DocumentId id = store(*library, "a");
    DocumentHeader elsewhere = header("a");
    elsewhere.sourcePath = "/copy.pdf";
    const Result<DocumentRecord> again = library->beginDocument(elsewhere);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->id, id);
    EXPECT_EQ(again->state, IngestState::Ready);
    EXPECT_EQ((*library->findByPath("/copy.pdf"))->id, id);
    EXPECT_EQ(library->documents()->size(), 1u);
}

TEST_F(LibraryTest, AnInterruptedIngestIsResumable) {
    DocumentId id = 0;
    {
        const auto library = open();
        id = library->beginDocument(header("a", 5))->id;
        ASSERT_TRUE(library->storePages(id, std::vector{page(0), page(2)}).ok());
    }
    const auto library = open();
    EXPECT_EQ(library->beginDocument(header("a", 5))->state, IngestState::Ingesting);
    EXPECT_EQ(*library->storedPages(id), (std::vector<int32_t>{0, 2}));
}

TEST_F(LibraryTest, FilesArePrivate) {
    const auto library = open();
    store(*library, "a");
    for (const auto& entry : std::filesystem::directory_iterator(m_directory.path())) {
        struct stat status {};
        ASSERT_EQ(stat(entry.path().c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777, 0600u) << entry.path();
    }
}

TEST_F(LibraryTest, ConversationsCitationsAndTraces) {
    const auto library = open();
    const DocumentId document = store(*library, "a");
    const DocumentId other = store(*library, "b");
    const ConversationId talk = library->createConversation("Talk", std::vector{document, other})->id;
    const ConversationId alone = library->createConversation("Alone", std::vector{document})->id;
    const MessageId asked = library->addMessage(question(talk), {})->id;
    Citation pdf;
    pdf.sentence = 1;
    pdf.sentenceBytes = {4, 9};
    pdf.document = document;
    pdf.page = 1;
    pdf.pageLabel = "iv";
    pdf.bytes = {0, 5};
    pdf.text = "alpha";
    pdf.rects = {{0, 0.5f, 1, 1}};
    pdf.tokenRanges = {{5, 9}, {int64_t{1} << 33, (int64_t{1} << 33) + 2}};
    pdf.weight = 0.75;
    Citation code = pdf;
    code.document = other;
    code.rects.clear();
    code.lines = LineRange{3, 8};
    MessageRecord answer{0, talk, MessageRole::Answer, asked, "Because.", "stop", "model", "{}"};
    const MessageId first = library->addMessage(answer, std::vector{pdf, code})->id;
    answer.text = "Again.";
    library->addMessage(answer, {}).ok();

    ASSERT_EQ(library->messages(talk)->size(), 3u) << "both answers are kept";
    EXPECT_EQ((*library->messages(talk))[2].replyTo, asked);
    const std::vector<Citation> citations = *library->citations(first);
    ASSERT_EQ(citations.size(), 2u);
    EXPECT_EQ(citations[0].tokenRanges, pdf.tokenRanges);
    EXPECT_EQ(citations[0].rects, pdf.rects);
    EXPECT_FALSE(citations[0].lines.has_value());
    EXPECT_EQ(citations[1].lines, code.lines);
    ASSERT_TRUE(library->setCitationState(first, 1, CitationState::Verified).ok());
    EXPECT_EQ((*library->citations(first))[0].state, CitationState::Verified);

    const std::string trace("\0trace\xff", 7);
    ASSERT_TRUE(library->storeTrace(first, trace).ok());
    EXPECT_EQ(**library->trace(first), trace);
    EXPECT_FALSE(library->trace(asked)->has_value());
    EXPECT_EQ(library->conversationsOf(other)->size(), 1u);

    ASSERT_TRUE(library->removeDocument(document).ok());
    const std::vector<ConversationRecord> left = *library->conversations();
    ASSERT_EQ(left.size(), 1u) << "a conversation about that document alone goes with it";
    EXPECT_EQ(left[0].id, talk);
    EXPECT_NE(left[0].id, alone);
    EXPECT_EQ(left[0].documents, std::vector{other});
    EXPECT_EQ(library->citations(first)->size(), 1u);
    EXPECT_EQ(library->removeDocument(document).error().code, ErrorCode::NotFound);
}

TEST_F(LibraryTest, AnswersToUnknownConversationsAreRefused) {
    const auto library = open();
    EXPECT_FALSE(library->addMessage(question(77), {}).ok());
    EXPECT_FALSE(library->storePages(99, std::vector{page(0)}).ok());
}

TEST_F(LibraryTest, TokensAndJobs) {
    const auto library = open();
    const DocumentId id = store(*library, "a");
    const PageTokens tokens{{1, 31999, 7}, {0, 0, 300000}};
    ASSERT_TRUE(library->storeTokens(id, "tok", 0, std::vector{tokens}).ok());
    EXPECT_FALSE(library->tokens(id, "tok", 0, 2)->has_value()) << "of two pages";
    ASSERT_TRUE(library->storeTokens(id, "tok", 1, std::vector{PageTokens{}}).ok());
    EXPECT_EQ(**library->tokens(id, "tok", 0, 2), (std::vector{tokens, PageTokens{}}));
    EXPECT_EQ(**library->tokens(id, "tok", 1, 1), std::vector{PageTokens{}});
    EXPECT_FALSE(library->tokens(id, "other", 0, 2)->has_value());
    JobRecord job = *library->addJob({0, "ingest", "running", "{}", 0.1, ""});
    job.progress = 0.5;
    job.state = "paused";
    ASSERT_TRUE(library->updateJob(job).ok());
    EXPECT_EQ((*library->jobs("ingest"))[0].state, "paused");
    ASSERT_TRUE(library->removeJob(job.id).ok());
    EXPECT_TRUE(library->jobs("ingest")->empty());
}

TEST_F(LibraryTest, MadeByManyAtOnce) {
    // As a fresh start does: the window's, the ingest's and the engine's thread open a library that is not there yet.
    for (int round = 0; round < 12; ++round) {
        const TemporaryDirectory directory;
        std::atomic<int> waiting{6};
        std::vector<std::string> problems(6);
        std::vector<std::thread> openers;
        for (std::string& problem : problems) {
            openers.emplace_back([&] {
                --waiting;
                while (waiting > 0) {
                }
                const auto library = Library::open(directory.path());
                const auto documents = library ? (*library)->documents() : library.error();
                problem = documents ? "" : documents.error().message;
            });
        }
        for (std::thread& each : openers) {
            each.join();
        }
        EXPECT_THAT(problems, ::testing::Each(""));
        const auto again = Library::open(directory.path());
        ASSERT_TRUE(again.ok());
        EXPECT_EQ((*again)->openReport().sentence, "");
    }
}

TEST_F(LibraryTest, TwoHandlesWriteAtOnce) {
    const auto first = open();
    std::thread other([&] {
        const auto second = open();
        for (int i = 0; i < 20; ++i) {
            store(*second, "b" + std::to_string(i));
        }
    });
    for (int i = 0; i < 20; ++i) {
        store(*first, "a" + std::to_string(i));
    }
    other.join();
    EXPECT_EQ(first->documents()->size(), 40u);
}

TEST_F(LibraryTest, InMemoryLeavesNothing) {
    const auto library = Library::openInMemory();
    ASSERT_TRUE(library.ok());
    store(**library, "a");
    EXPECT_EQ((*library)->documents()->size(), 1u);
    EXPECT_TRUE(std::filesystem::is_empty(m_directory.path()));
}

TEST_F(LibraryTest, AFolderThatCannotBeWrittenIsSaid) {
    const Result<std::unique_ptr<Library>> library = Library::open(m_directory.path() / "absent");
    ASSERT_FALSE(library.ok());
    EXPECT_THAT(library.error().message, HasSubstr("cannot be opened"));
}

}  // namespace
}  // namespace lectern::app
