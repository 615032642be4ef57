#include "app/ingest/ingest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class IngestTest : public ::testing::Test {
  protected:
    void SetUp() override {
        fs::create_directories(m_directory.path() / "library");
        m_library = std::move(*Library::open(m_directory.path() / "library"));
    }
    fs::path file(const std::string& name, const std::string& bytes) {
        writeFile(m_directory.path() / name, bytes);
        return m_directory.path() / name;
    }
    TemporaryDirectory m_directory;
    std::unique_ptr<Library> m_library;
};

TEST_F(IngestTest, PdfPagesTextAndBoxes) {
    int lastDone = 0;
    const Result<IngestOutcome> outcome = ingestPath(*m_library, file("a.pdf", makeTextPdf(5, 3)), {},
                                                     [&](const IngestProgress& p) { lastDone = p.pagesDone; });
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(lastDone, 5);
    EXPECT_EQ(outcome->record.state, IngestState::Ready);
    EXPECT_THAT(outcome->record.warnings, IsEmpty());
    const Result<DocumentPage> page = m_library->page(outcome->record.id, 3);
    ASSERT_TRUE(page.ok());
    EXPECT_THAT(page->text, HasSubstr("lamp of room 400"));
    EXPECT_EQ(page->boxes.words.size(), 39u);
    EXPECT_TRUE(ingestPath(*m_library, file("copy.pdf", makeTextPdf(5, 3)), {})->alreadyThere);
    EXPECT_EQ(m_library->documents()->size(), 1u);
}

TEST_F(IngestTest, TextAndMarkdown) {
    const Result<IngestOutcome> text = ingestPath(*m_library, file("a.txt", "one\r\ntwo\r\n"), {});
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(text->record.header.kind, DocumentKind::Text);
    EXPECT_EQ((*m_library->pages(text->record.id))[0].text, "one\ntwo\n");
    const Result<IngestOutcome> markdown = ingestPath(*m_library, file("b.md", "# A\n\n## B\n"), {});
    ASSERT_TRUE(markdown.ok());
    EXPECT_EQ(markdown->record.header.kind, DocumentKind::Markdown);
    EXPECT_EQ(markdown->record.header.outline.size(), 2u);
}

TEST_F(IngestTest, EachBadFileIsASentenceAndLeavesNothing) {
    const fs::path locked = file("locked.txt", "text");
    chmod(locked.c_str(), 0);
    std::vector<std::pair<fs::path, const char*>> cases = {
        {"/nonexistent/file.pdf", "does not exist"},
        {file("empty.pdf", ""), "is empty"},
        {file("empty.txt", ""), "is empty"},
        {file("one.pdf", "%"), "is not a PDF file or is damaged"},
        {file("zero.pdf", makePdf({})), "without pages"},
        {file("program", std::string("\x7f"
                                     "ELF\0\1\2",
                                     7)),
         "binary data"},
        {"/dev/null", "neither a file nor a folder"},
    };
    if (geteuid() != 0) {
        cases.emplace_back(locked, "permission denied");
    }
    for (const auto& [path, expected] : cases) {
        const Result<IngestOutcome> outcome = ingestPath(*m_library, path, {});
        ASSERT_FALSE(outcome.ok()) << path;
        EXPECT_THAT(outcome.error().message, HasSubstr(expected));
        EXPECT_TRUE(outcome.error().message.ends_with('.'));
    }
    EXPECT_TRUE(m_library->documents()->empty());
}

TEST_F(IngestTest, OneByteOfTextIsADocument) {
    EXPECT_TRUE(ingestPath(*m_library, file("one.txt", "x"), {}).ok());
}

TEST_F(IngestTest, AWorkerKilledInTheMiddleCostsNothingButASentence) {
    const fs::path pdf = file("a.pdf", makeTextPdf(200, 20));
    bool killed = false;
    const Result<IngestOutcome> outcome = ingestPath(*m_library, pdf, {}, [&](const IngestProgress& p) {
        if (p.pagesDone == 100 && !killed) {
            killed = true;
            for (const int pid : childProcesses("lectern-document-worker")) {
                kill(pid, SIGKILL);
            }
        }
    });
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_TRUE(killed);
    EXPECT_EQ(outcome->record.pagesStored, 200);
    EXPECT_EQ(outcome->record.pagesUnreadable, 0);
    ASSERT_EQ(outcome->record.warnings.size(), 1u);
    EXPECT_THAT(outcome->record.warnings[0], HasSubstr("was started again"));
}

TEST_F(IngestTest, AWorkerKilledAgainAndAgainCostsPagesWithASentenceEach) {
    const fs::path pdf = file("a.pdf", makeTextPdf(60, 20));
    // While the flag lies there, every worker dies as it begins.
    const fs::path flag = m_directory.path() / "hostile";
    const fs::path worker = file("worker", "#!/bin/sh\n[ -e '" + flag.string() + "' ] && kill -9 $$\nexec '" +
                                               LECTERN_BINARY_DIR "/bin/lectern-document-worker' \"$@\"\n");
    fs::permissions(worker, fs::perms::owner_all);
    const ScopedEnvironment chosen("LECTERN_DOCUMENT_WORKER", worker.string());
    const Result<IngestOutcome> outcome = ingestPath(*m_library, pdf, {}, [&](const IngestProgress& p) {
        if (p.pagesDone == 20) {
            writeFile(flag, "");
            for (const int pid : childProcesses("lectern-document-worker")) {
                kill(pid, SIGKILL);
            }
        } else if (p.pagesDone == 23) {
            fs::remove(flag);
        }
    });
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->record.pagesStored, 60);
    EXPECT_EQ(outcome->record.pagesUnreadable, 3);
    ASSERT_EQ(outcome->record.warnings.size(), 3u);
    for (const std::string& warning : outcome->record.warnings) {
        EXPECT_THAT(warning, HasSubstr("could not be read: the document worker was stopped"));
    }
}

TEST_F(IngestTest, ACancelledIngestGoesOnWhereItStopped) {
    const fs::path pdf = file("a.pdf", makeTextPdf(200, 5));
    std::stop_source source;
    IngestOptions options;
    options.stop = source.get_token();
    const Result<IngestOutcome> cancelled = ingestPath(*m_library, pdf, options, [&](const IngestProgress& p) {
        if (p.pagesDone == 150) {
            source.request_stop();
        }
    });
    ASSERT_FALSE(cancelled.ok());
    EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
    ASSERT_EQ(m_library->documents()->size(), 1u);
    EXPECT_EQ((*m_library->documents())[0].state, IngestState::Ingesting);
    EXPECT_GE((*m_library->documents())[0].pagesStored, 64);
    const Result<IngestOutcome> resumed = ingestPath(*m_library, pdf, {});
    ASSERT_TRUE(resumed.ok());
    EXPECT_EQ(resumed->record.pagesStored, 200);
    EXPECT_EQ((*m_library->pages(resumed->record.id))[199].label, "200");
}

TEST_F(IngestTest, BlankPagesAreNoWarning) {
    const Result<IngestOutcome> outcome = ingestPath(*m_library, file("a.pdf", makePdf({{}, {{72, 700, "x"}}})), {});
    ASSERT_TRUE(outcome.ok());
    EXPECT_THAT(outcome->record.warnings, IsEmpty());
}

TEST(CoverageWarnings, PageByPageInFewWords) {
    std::vector<DocumentPage> pages(12);
    for (int i = 0; i < 12; ++i) {
        pages[static_cast<size_t>(i)].index = i;
    }
    for (const size_t i : {2u, 4u, 5u, 6u, 11u}) {
        pages[i].state = PageState::NoText;
    }
    pages[0].state = PageState::Unreadable;
    pages[0].note = "Page 1 is lost.";
    DocumentHeader header;
    header.kind = DocumentKind::Pdf;
    header.sourcePath = "/a/b.pdf";
    EXPECT_THAT(coverageWarnings(header, pages),
                ElementsAre("Page 1 is lost.",
                            "Pages 3, 5–7 and 12 of “b.pdf” have no text: scans or drawings, which Lectern cannot "
                            "answer from. Text recognition (OCR) can read scans."));
}

}  // namespace
}  // namespace lectern::app
