// Scanned pages: said without --ocr, read with it, with word boxes where the words are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <QImage>

#include "app/ask/projector.h"
#include "app/document_worker/document_reader.h"
#include "app/ingest/ingest.h"
#include "app/ingest/text_search.h"
#include "app/ingest/worker_ingestor.h"
#include "tests/app/support/app_test.h"
#include "tests/app/support/scan_pdf.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kScanPixelsPerPoint = 200.0 / 72.0;

class RecogniseTest : public ::testing::Test {
  protected:
    void SetUp() override {
        writeFile(m_directory.path() / "typed.pdf", makePdf({{{72, 700, "The harbour of Corrin closes at dusk.", 14},
                                                              {72, 680, "Boats that arrive later wait outside", 14},
                                                              {72, 600, "Lanterns are lit by the keeper.", 14}}}));
        m_typed = *DocumentReader::open(path("typed.pdf"));
        RenderRequest request;
        request.pixelsPerPoint = kScanPixelsPerPoint;
        writeFile(m_directory.path() / "scan.pdf", makeScan({m_typed->render(request)->image, QImage()}));
    }
    QString path(const std::string& name) const { return QString::fromStdString((m_directory.path() / name).string()); }

    TemporaryDirectory m_directory;
    std::unique_ptr<DocumentReader> m_typed;
};

TEST_F(RecogniseTest, WordsStandWhereTheyArePrinted) {
    const auto reader = DocumentReader::open(path("scan.pdf"), {}, {}, {}, WorkerProgram::Recognition);
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    EXPECT_EQ((*reader)->page(0)->state, PageState::NoText);
    const Result<DocumentPage> read = (*reader)->recognise(0, QStringLiteral("eng"));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_THAT(read->text, HasSubstr("The harbour of Corrin closes at dusk."));
    EXPECT_THAT(read->text, HasSubstr("\n\nLanterns are lit by the keeper."));
    const DocumentPage typed = *m_typed->page(0);
    // Tesseract boxes whole words, so words with no punctuation behind them are compared.
    for (const char* word : {"harbour", "Corrin", "Lanterns", "lit"}) {
        const auto at = [&](const DocumentPage& page) {
            const std::vector<ByteRange> hits = findInText(page.text, word, {});
            const std::vector<PageRect> rects =
                hits.empty() ? std::vector<PageRect>() : projectToPage(page.boxes, page.text, hits[0]);
            return rects.empty() ? PageRect{} : rects[0];
        };
        const PageRect wanted = at(typed);
        const PageRect found = at(*read);
        EXPECT_NEAR(found.x0, wanted.x0, 0.006) << word;
        EXPECT_NEAR(found.x1, wanted.x1, 0.006) << word;
        EXPECT_NEAR((found.y0 + found.y1) / 2, (wanted.y0 + wanted.y1) / 2, 0.008) << word;
    }
}

TEST_F(RecogniseTest, LanguagesThatAreNotThereAreSaid) {
    const auto reader = DocumentReader::open(path("scan.pdf"), {}, {}, {}, WorkerProgram::Recognition);
    ASSERT_TRUE(reader.ok());
    const Result<DocumentPage> unknown = (*reader)->recognise(0, QStringLiteral("xyz"));
    EXPECT_EQ(unknown.error().code, ErrorCode::Unsupported);
    EXPECT_THAT(unknown.error().message, HasSubstr("tesseract-ocr-xyz"));
    EXPECT_EQ((*reader)->recognise(0, QStringLiteral("../eng")).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(m_typed->recognise(0, QStringLiteral("eng")).error().code, ErrorCode::Unsupported)
        << "the plain worker does not recognise";
}

TEST_F(RecogniseTest, IngestReadsScansWhenAskedAlsoLater) {
    const auto library = *Library::openInMemory();
    const auto file = m_directory.path() / "scan.pdf";
    const Result<IngestOutcome> plain = ingestPath(*library, file, {});
    ASSERT_TRUE(plain.ok()) << plain.error().message;
    EXPECT_EQ(plain->record.pagesWithoutText, 1);
    ASSERT_EQ(plain->record.warnings.size(), 1u);
    EXPECT_THAT(plain->record.warnings[0], HasSubstr("Page 1 of “scan.pdf” has no text"));
    ASSERT_TRUE(library->storeTokens(plain->record.id, "tok", 0, std::vector<PageTokens>(2)).ok());

    IngestOptions options;
    options.recognitionLanguage = "eng";
    const Result<IngestOutcome> read = ingestPath(*library, file, options);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->record.id, plain->record.id);
    EXPECT_FALSE(read->alreadyThere);
    EXPECT_EQ(read->record.pagesWithoutText, 0);
    EXPECT_THAT(library->page(read->record.id, 0)->text, HasSubstr("Corrin"));
    EXPECT_THAT(library->page(read->record.id, 1)->text, HasSubstr("Typed page."));
    EXPECT_FALSE(library->tokens(read->record.id, "tok", 0, 2)->has_value()) << "tokens of the old text are gone";
    ASSERT_EQ(read->record.warnings.size(), 1u);
    EXPECT_THAT(read->record.warnings[0], HasSubstr(kRecognisedNote));
    EXPECT_TRUE(ingestPath(*library, file, options)->alreadyThere);
}

TEST_F(RecogniseTest, AKilledRecogniserCostsNothingOrItsPageAndCanBeAskedAgain) {
    const auto reader = DocumentReader::open(path("scan.pdf"), {}, {}, {}, WorkerProgram::Recognition);
    ASSERT_TRUE(reader.ok());
    kill((*reader)->workerProcessId(), SIGKILL);
    const Result<DocumentPage> read = (*reader)->recognise(0, QStringLiteral("eng"));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_THAT(read->text, HasSubstr("Corrin"));
    EXPECT_EQ((*reader)->restarts(), 1);

    // Every recogniser dies when it is to open the document: taking in ends with a sentence and can be asked for again.
    const auto flag = m_directory.path() / "hostile", worker = m_directory.path() / "worker";
    writeFile(flag, "");
    writeFile(worker, "#!/bin/sh\n[ -e '" + flag.string() + "' ] && { head -c 1 >/dev/null; kill -9 $$; }\nexec '" +
                          LECTERN_BINARY_DIR "/bin/lectern-ocr-worker' \"$@\"\n");
    std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
    const ScopedEnvironment chosen("LECTERN_OCR_WORKER", worker.string());
    const auto library = *Library::openInMemory();
    IngestOptions options;
    options.recognitionLanguage = "eng";
    const Result<IngestOutcome> lost = ingestPath(*library, m_directory.path() / "scan.pdf", options);
    ASSERT_FALSE(lost.ok());
    EXPECT_THAT(lost.error().message, HasSubstr("stopped by signal 9"));
    std::filesystem::remove(flag);
    const Result<IngestOutcome> again = ingestPath(*library, m_directory.path() / "scan.pdf", options);
    ASSERT_TRUE(again.ok()) << again.error().message;
    EXPECT_EQ(again->record.pagesWithoutText, 0);
    EXPECT_THAT(library->page(again->record.id, 0)->text, HasSubstr("Corrin"));
}

}  // namespace
}  // namespace lectern::app
