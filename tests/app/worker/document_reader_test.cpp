#include "app/document_worker/document_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <thread>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

class DocumentReaderTest : public ::testing::Test {
  protected:
    QString file(const std::string& name, const std::string& bytes) {
        writeFile(m_directory.path() / name, bytes);
        return QString::fromStdString((m_directory.path() / name).string());
    }
    /// A stand-in for the worker that answers as a compromised one could.
    std::string script(const std::string& body) {
        const auto path = m_directory.path() / "worker.sh";
        writeFile(path, "#!/bin/sh\n" + body);
        chmod(path.c_str(), 0755);
        return path.string();
    }
    TemporaryDirectory m_directory;
};

TEST_F(DocumentReaderTest, ReadsTextBoxesAndPictures) {
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(3, 5)));
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    EXPECT_EQ((*reader)->info().pageCount, 3);
    EXPECT_EQ((*reader)->info().firstPageSize, (PageSize{612, 792}));
    const Result<DocumentPage> page = (*reader)->page(1);
    ASSERT_TRUE(page.ok()) << page.error().message;
    EXPECT_THAT(page->text, HasSubstr("Page 2 line 1 says that the lamp of room 200 is lit.\nPage 2 line 2"));
    EXPECT_EQ(page->boxes.words.size(), 5u * 13u);
    const Result<RenderedRegion> whole = (*reader)->render({1, 1.0});
    ASSERT_TRUE(whole.ok()) << whole.error().message;
    EXPECT_EQ(whole->image.size(), QSize(612, 792));
    // The first line's box must hold ink, and the same place above it none.
    const PageRect& box = page->boxes.words[0].box;
    const auto inkIn = [&](double y0, double y1) {
        int ink = 0;
        for (int y = static_cast<int>(y0 * 792); y < static_cast<int>(y1 * 792); ++y) {
            for (int x = static_cast<int>(box.x0 * 612); x < static_cast<int>(box.x1 * 612); ++x) {
                ink += qGray(whole->image.pixel(x, y)) < 128 ? 1 : 0;
            }
        }
        return ink;
    };
    EXPECT_GT(inkIn(box.y0, box.y1), 10);
    EXPECT_EQ(inkIn(box.y0 - 0.05, box.y0 - 0.01), 0);
}

TEST_F(DocumentReaderTest, RendersTurnedRegions) {
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(1, 5)));
    ASSERT_TRUE(reader.ok());
    const Result<RenderedRegion> part = (*reader)->render({0, 2.0, QRectF(0, 0, 0.5, 0.25), 1});
    ASSERT_TRUE(part.ok());
    EXPECT_EQ(part->pagePixels, QSize(1584, 1224));
    EXPECT_EQ(part->pixels, QRect(1188, 0, 396, 612)) << "the top left corner goes to the right when turned clockwise";
    EXPECT_EQ(part->image.size(), QSize(396, 612));
}

TEST_F(DocumentReaderTest, RefusesPicturesBeyondTheFrame) {
    WorkerLimits limits;
    limits.frameBytes = 1 << 20;
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(1, 5)), {}, limits);
    ASSERT_TRUE(reader.ok());
    const Result<RenderedRegion> picture = (*reader)->render({0, 4.0});
    ASSERT_FALSE(picture.ok());
    EXPECT_EQ(picture.error().code, ErrorCode::LimitExceeded);
    EXPECT_TRUE((*reader)->page(0).ok());
}

TEST_F(DocumentReaderTest, SearchSpansLinesAndHasRectangles) {
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(30, 4)));
    ASSERT_TRUE(reader.ok());
    const auto hits = (*reader)->search({QStringLiteral("IS LIT. page 7 LINE 3")});
    ASSERT_TRUE(hits.ok());
    ASSERT_EQ(hits->size(), 1);
    EXPECT_EQ((*hits)[0].page, 6);
    EXPECT_EQ((*hits)[0].rects.size(), 2);
}

TEST_F(DocumentReaderTest, EachBadFileHasItsSentence) {
    const QString locked = file("locked.pdf", makeTextPdf(1, 1));
    chmod(locked.toStdString().c_str(), 0);
    const std::pair<QString, const char*> cases[] = {
        {QStringLiteral("/nonexistent/x.pdf"), "does not exist"},
        {file("empty.pdf", ""), "is empty"},
        {file("one.pdf", "%"), "is not a PDF file or is damaged"},
        {file("zero.pdf", makePdf({})), "without pages"},
    };
    for (const auto& [path, expected] : cases) {
        const auto reader = DocumentReader::open(path);
        ASSERT_FALSE(reader.ok()) << path.toStdString();
        EXPECT_THAT(reader.error().message, HasSubstr(expected));
    }
    if (geteuid() != 0) {
        const auto reader = DocumentReader::open(locked);
        ASSERT_FALSE(reader.ok());
        EXPECT_THAT(reader.error().message, HasSubstr("permission denied"));
    }
}

TEST_F(DocumentReaderTest, AKilledWorkerIsStartedAgain) {
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(3, 5)));
    ASSERT_TRUE(reader.ok());
    kill((*reader)->workerProcessId(), SIGKILL);
    EXPECT_TRUE((*reader)->page(0).ok());
    EXPECT_EQ((*reader)->restarts(), 1);
}

TEST_F(DocumentReaderTest, AHangingWorkerCostsOnePage) {
    WorkerLimits limits;
    limits.openTimeout = std::chrono::milliseconds(500);
    limits.textTimeout = std::chrono::milliseconds(300);
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(3, 5)), {}, limits);
    ASSERT_TRUE(reader.ok());
    std::atomic<bool> stop = false;
    std::thread freezer([&] {
        while (!stop) {  // whoever is started is stopped at once
            for (const int pid : childProcesses("lectern-document-worker")) {
                kill(pid, SIGSTOP);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const Result<DocumentPage> page = (*reader)->page(0);
    stop = true;
    freezer.join();
    ASSERT_FALSE(page.ok());
    EXPECT_FALSE(page.error().message.empty());
}

TEST_F(DocumentReaderTest, HostileRepliesAreSentences) {
    const QString pdf = file("a.pdf", makeTextPdf(1, 1));
    const char* bodies[] = {
        "exit 3\n",
        "echo garbage; sleep 5\n",
        "read line; echo '{\"v\":1,\"id\":1,\"kind\":\"info\",\"pages\":-4}'; sleep 5\n",
        "read line; echo '{\"v\":1,\"id\":1,\"kind\":\"hits\",\"hits\":[]}'; sleep 5\n",
        "read line; echo '{\"v\":9}'; sleep 5\n",
        "head -c 60000000 /dev/zero\n",
        "kill -9 $$\n",
    };
    for (const char* body : bodies) {
        const ScopedEnvironment worker("LECTERN_DOCUMENT_WORKER", script(body));
        const auto reader = DocumentReader::open(pdf);
        ASSERT_FALSE(reader.ok()) << body;
        EXPECT_FALSE(reader.error().message.empty());
    }
}

TEST_F(DocumentReaderTest, StopRequestEndsAWait) {
    const ScopedEnvironment worker("LECTERN_DOCUMENT_WORKER", script("sleep 30\n"));
    std::stop_source source;
    std::thread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        source.request_stop();
    });
    const auto reader = DocumentReader::open(file("a.pdf", makeTextPdf(1, 1)), {}, {}, source.get_token());
    later.join();
    ASSERT_FALSE(reader.ok());
    EXPECT_EQ(reader.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace lectern::app
