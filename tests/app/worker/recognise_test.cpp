// Scanned pages: said without --ocr, read with it, with word boxes where the words are.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QImage>

#include "app/ask/projector.h"
#include "app/document_worker/document_reader.h"
#include "app/ingest/ingest.h"
#include "app/ingest/text_search.h"
#include "app/ingest/worker_ingestor.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kScanPixelsPerPoint = 200.0 / 72.0;

/// A PDF whose pages are nothing but these gray pictures, 612 x 792 points each; a null picture is a page of text.
std::string makeScan(const std::vector<QImage>& pictures) {
    std::string pdf = "%PDF-1.4\n";
    std::vector<size_t> offsets;
    const auto object = [&](const std::string& body) {
        offsets.push_back(pdf.size());
        pdf += std::to_string(offsets.size()) + " 0 obj\n" + body + "\nendobj\n";
    };
    std::string kids;
    for (size_t i = 0; i < pictures.size(); ++i) {
        kids += std::to_string(4 + 3 * i) + " 0 R ";
    }
    object("<< /Type /Catalog /Pages 2 0 R >>");
    object("<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pictures.size()) + " >>");
    object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
    for (size_t i = 0; i < pictures.size(); ++i) {
        const std::string content =
            pictures[i].isNull() ? "BT /F 12 Tf 72 700 Td (Typed page.) Tj ET" : "q 612 0 0 792 0 0 cm /I Do Q";
        std::string pixels;
        const QImage gray = pictures[i].isNull() ? QImage(1, 1, QImage::Format_Grayscale8)
                                                 : pictures[i].convertToFormat(QImage::Format_Grayscale8);
        for (int y = 0; y < gray.height(); ++y) {
            pixels.append(reinterpret_cast<const char*>(gray.constScanLine(y)), static_cast<size_t>(gray.width()));
        }
        object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents " + std::to_string(5 + 3 * i) +
               " 0 R /Resources << /Font << /F 3 0 R >> /XObject << /I " + std::to_string(6 + 3 * i) + " 0 R >> >> >>");
        object("<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "\nendstream");
        object("<< /Type /XObject /Subtype /Image /Width " + std::to_string(gray.width()) + " /Height " +
               std::to_string(gray.height()) + " /ColorSpace /DeviceGray /BitsPerComponent 8 /Length " +
               std::to_string(pixels.size()) + " >>\nstream\n" + pixels + "\nendstream");
    }
    const size_t table = pdf.size();
    pdf += "xref\n0 " + std::to_string(offsets.size() + 1) + "\n0000000000 65535 f \n";
    for (const size_t offset : offsets) {
        char line[32];
        std::snprintf(line, sizeof line, "%010zu 00000 n \n", offset);
        pdf += line;
    }
    return pdf + "trailer\n<< /Size " + std::to_string(offsets.size() + 1) + " /Root 1 0 R >>\nstartxref\n" +
           std::to_string(table) + "\n%%EOF\n";
}

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
    ASSERT_TRUE(library->storeTokens(plain->record.id, "tok", std::vector<PageTokens>(2)).ok());

    IngestOptions options;
    options.recognitionLanguage = "eng";
    const Result<IngestOutcome> read = ingestPath(*library, file, options);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->record.id, plain->record.id);
    EXPECT_FALSE(read->alreadyThere);
    EXPECT_EQ(read->record.pagesWithoutText, 0);
    EXPECT_THAT(library->page(read->record.id, 0)->text, HasSubstr("Corrin"));
    EXPECT_THAT(library->page(read->record.id, 1)->text, HasSubstr("Typed page."));
    EXPECT_FALSE(library->tokens(read->record.id, "tok")->has_value()) << "tokens of the old text are gone";
    ASSERT_EQ(read->record.warnings.size(), 1u);
    EXPECT_THAT(read->record.warnings[0], HasSubstr(kRecognisedNote));
    EXPECT_TRUE(ingestPath(*library, file, options)->alreadyThere);
}

}  // namespace
}  // namespace lectern::app
