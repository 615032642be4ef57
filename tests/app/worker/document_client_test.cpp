#include "app/document_worker/document_client.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;

class DocumentClientTest : public ::testing::Test {
  protected:
    void SetUp() override {
        runUntil([] { return true; });
        QObject::connect(&m_client, &DocumentClient::opened,
                         [this](JobId id, const DocumentInfo&) { m_order.push_back(id); });
        QObject::connect(&m_client, &DocumentClient::pageReady,
                         [this](JobId id, const DocumentPage&) { m_order.push_back(id); });
        QObject::connect(&m_client, &DocumentClient::rendered, [this](JobId id, const RenderedRegion& region) {
            m_order.push_back(id);
            m_lastImage = region.image;
        });
        QObject::connect(&m_client, &DocumentClient::failed, [this](JobId id, const Error& error) {
            m_order.push_back(id);
            m_errors.push_back(error);
        });
    }
    QString pdf(int pages) {
        writeFile(m_directory.path() / "a.pdf", makeTextPdf(pages, 20));
        return QString::fromStdString((m_directory.path() / "a.pdf").string());
    }
    bool answered(size_t count) {
        return runUntil([&] { return m_order.size() >= count; });
    }

    TemporaryDirectory m_directory;
    DocumentClient m_client;
    std::vector<JobId> m_order;
    std::vector<Error> m_errors;
    QImage m_lastImage;
};

TEST_F(DocumentClientTest, VisibleRendersComeFirst) {
    const JobId open = m_client.open(pdf(8));
    const JobId text = m_client.requestPage(0, JobPriority::Background);
    const JobId nearby = m_client.requestRender({1, 1.0}, JobPriority::Nearby);
    const JobId visible = m_client.requestRender({2, 1.0}, JobPriority::Visible);
    const JobId visibleText = m_client.requestPage(2, JobPriority::Visible);
    EXPECT_TRUE(m_order.empty()) << "nothing is answered from inside the caller";
    ASSERT_TRUE(answered(5));
    EXPECT_EQ(m_order, (std::vector<JobId>{open, visible, visibleText, nearby, text}));
    EXPECT_EQ(m_lastImage.size(), QSize(612, 792));
}

TEST_F(DocumentClientTest, CancelledJobsStaySilent) {
    m_client.open(pdf(8));
    const JobId dropped = m_client.requestRender({1, 1.0}, JobPriority::Visible);
    m_client.requestRender({2, 1.0}, JobPriority::Visible);
    m_client.cancelRenders();
    const JobId kept = m_client.requestRender({3, 1.0}, JobPriority::Visible);
    m_client.cancel(dropped);
    ASSERT_TRUE(answered(2));
    EXPECT_EQ(m_order.back(), kept);
    EXPECT_FALSE(runUntil([&] { return m_order.size() > 2; }, std::chrono::milliseconds(200)));
}

TEST_F(DocumentClientTest, AKilledWorkerIsReplacedAndNothingIsLost) {
    m_client.open(pdf(40));
    ASSERT_TRUE(answered(1));
    for (int page = 0; page < 40; ++page) {
        m_client.requestRender({page, 2.0}, JobPriority::Visible);
    }
    ASSERT_TRUE(answered(5));
    for (const int pid : childProcesses("lectern-document-worker")) {
        kill(pid, SIGKILL);
    }
    ASSERT_TRUE(answered(41));
    EXPECT_TRUE(m_errors.empty());
}

TEST_F(DocumentClientTest, AWorkerThatDiesOnEveryPageFailsThePage) {
    m_client.open(pdf(4));
    ASSERT_TRUE(answered(1));
    const JobId page = m_client.requestPage(0, JobPriority::Visible);
    ASSERT_TRUE(runUntil([&] {
        for (const int pid : childProcesses("lectern-document-worker")) {
            kill(pid, SIGKILL);
        }
        return m_order.size() > 1;
    }));
    EXPECT_EQ(m_order[1], page);
    ASSERT_EQ(m_errors.size(), 1u);
    EXPECT_FALSE(m_errors[0].message.empty());
}

TEST_F(DocumentClientTest, AWorkerThatCouldNotOpenAgainIsTriedByTheNextRequest) {
    // While the flag lies there, every worker dies as it begins.
    const auto flag = m_directory.path() / "hostile", worker = m_directory.path() / "worker";
    writeFile(worker, "#!/bin/sh\n[ -e '" + flag.string() + "' ] && kill -9 $$\nexec '" +
                          LECTERN_BINARY_DIR "/bin/lectern-document-worker' \"$@\"\n");
    std::filesystem::permissions(worker, std::filesystem::perms::owner_all);
    const ScopedEnvironment chosen("LECTERN_DOCUMENT_WORKER", worker.string());
    m_client.open(pdf(8));
    ASSERT_TRUE(answered(1));
    for (size_t time = 1; time <= 2; ++time) {
        writeFile(flag, "");
        for (const int pid : childProcesses("lectern-document-worker")) {
            kill(pid, SIGKILL);
        }
        m_client.requestRender({3, 1.0}, JobPriority::Visible);
        ASSERT_TRUE(answered(2 * time));
        EXPECT_EQ(m_errors.size(), time);
        std::filesystem::remove(flag);
        m_client.requestRender({3, 1.0}, JobPriority::Visible);
        ASSERT_TRUE(answered(2 * time + 1)) << "the document stayed closed";
        EXPECT_EQ(m_errors.size(), time);
    }
}

TEST_F(DocumentClientTest, OpenFailsWithOneSignalPerJob) {
    const JobId open = m_client.open(QStringLiteral("/nonexistent.pdf"));
    const JobId render = m_client.requestRender({0, 1.0}, JobPriority::Visible);
    ASSERT_TRUE(answered(2));
    EXPECT_EQ(m_order, (std::vector<JobId>{open, render}));
    EXPECT_EQ(m_errors[0].code, ErrorCode::NotFound);
    EXPECT_FALSE(m_client.isOpen());
}

TEST_F(DocumentClientTest, TheFirstPageOfALongManualIsThereAtOnce) {
    LECTERN_SHARED_OR_SKIP(shared);
    const auto start = std::chrono::steady_clock::now();
    m_client.open(QString::fromStdString((shared / "data/pdf/nasa_cfe-usersguide_1293p.pdf").string()));
    m_client.requestLayouts(0, 4096);
    m_client.requestRender({0, 1.5}, JobPriority::Visible);
    ASSERT_TRUE(runUntil([&] { return !m_lastImage.isNull(); }));
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    RecordProperty("seconds", std::to_string(seconds.count()));
    EXPECT_LT(seconds.count(), 4.0);
    EXPECT_EQ(m_client.info().outline.size(), 1560);
}

TEST_F(DocumentClientTest, SearchStreamsToTheEnd) {
    m_client.open(pdf(30));
    int hits = 0;
    int searched = 0;
    bool finished = false;
    QObject::connect(&m_client, &DocumentClient::searchHits,
                     [&](JobId, const QVector<SearchHit>& found, int pages, bool last) {
                         hits += static_cast<int>(found.size());
                         searched = pages;
                         finished = last;
                     });
    m_client.requestSearch({QStringLiteral("line 20 says")});
    ASSERT_TRUE(runUntil([&] { return finished; }));
    EXPECT_EQ(hits, 30);
    EXPECT_EQ(searched, 30);
}

}  // namespace
}  // namespace lectern::app
