#include <unistd.h>

#include "app/jobs/ingest_queue.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;

class IngestQueueTest : public ::testing::Test {
  protected:
    void SetUp() override {
        runUntil([] { return true; });
        m_queue = std::make_unique<IngestQueue>(m_directory.path());
        QObject::connect(m_queue.get(), &IngestQueue::progressed, &m_receiver,
                         [this](JobId, const IngestProgress& p) { m_progress.push_back(p); });
        QObject::connect(m_queue.get(), &IngestQueue::finished, &m_receiver,
                         [this](JobId job, const IngestOutcome& outcome) { m_finished[job] = outcome; });
        QObject::connect(m_queue.get(), &IngestQueue::failed, &m_receiver,
                         [this](JobId job, const Error& error) { m_failed[job] = error; });
    }
    std::filesystem::path pdf(const std::string& name, int pages) {
        writeFile(m_directory.path() / name, makeTextPdf(pages, 20));
        return m_directory.path() / name;
    }
    bool ended(size_t count) {
        return runUntil([&] { return m_finished.size() + m_failed.size() >= count; });
    }
    std::vector<UnfinishedIngest> unfinished() {
        const auto library = Library::open(m_directory.path());
        return library ? *takeUnfinishedIngests(**library) : std::vector<UnfinishedIngest>(99);
    }
    TemporaryDirectory m_directory;
    QObject m_receiver;
    std::unique_ptr<IngestQueue> m_queue;
    std::vector<IngestProgress> m_progress;
    std::map<JobId, IngestOutcome> m_finished;
    std::map<JobId, Error> m_failed;
};

TEST_F(IngestQueueTest, OneBadFileNeverStopsASet) {
    const JobId first = m_queue->add(pdf("a.pdf", 5));
    const JobId bad = m_queue->add("/nonexistent.pdf");
    const JobId last = m_queue->add(pdf("b.pdf", 6));
    ASSERT_TRUE(ended(3));
    EXPECT_EQ(m_finished.at(first).record.pagesStored, 5);
    EXPECT_EQ(m_finished.at(last).record.pagesStored, 6);
    EXPECT_EQ(m_failed.at(bad).code, ErrorCode::NotFound);
    EXPECT_EQ(m_progress.back().pagesDone, 6) << "the last page is always told";
    EXPECT_TRUE(unfinished().empty());
}

TEST_F(IngestQueueTest, CancelledWorkGoesOnLater) {
    const std::filesystem::path path = pdf("a.pdf", 800);
    const JobId job = m_queue->add(path);
    const JobId waiting = m_queue->add(pdf("b.pdf", 1));
    ASSERT_TRUE(runUntil([&] { return !m_progress.empty() && m_progress.back().pagesDone > 70; }));
    m_queue->cancel(waiting);
    m_queue->cancel(job);
    ASSERT_TRUE(ended(2));
    EXPECT_EQ(m_failed.at(job).code, ErrorCode::Cancelled);
    EXPECT_EQ(m_failed.at(waiting).code, ErrorCode::Cancelled);
    const JobId again = m_queue->add(path);
    ASSERT_TRUE(ended(3));
    EXPECT_EQ(m_finished.at(again).record.pagesStored, 800);
}

TEST_F(IngestQueueTest, PauseHoldsThePage) {
    m_queue->add(pdf("a.pdf", 800));
    ASSERT_TRUE(runUntil([&] { return !m_progress.empty(); }));
    m_queue->setPaused(true);
    runUntil([] { return false; }, std::chrono::milliseconds(150));
    const size_t before = m_progress.size();
    runUntil([] { return false; }, std::chrono::milliseconds(200));
    EXPECT_EQ(m_progress.size(), before);
    m_queue->setPaused(false);
    ASSERT_TRUE(ended(1));
    EXPECT_EQ(m_finished.begin()->second.record.pagesStored, 800);
}

TEST_F(IngestQueueTest, WhatACrashLeftIsOfferedOnce) {
    {
        const auto library = Library::open(m_directory.path());
        ASSERT_TRUE((*library)->addJob({0, "ingest", "running", R"({"path":"/some/file.pdf"})", 0.5, "", 0}).ok());
    }
    const std::vector<UnfinishedIngest> left = unfinished();
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(left[0].path, "/some/file.pdf");
    EXPECT_TRUE(unfinished().empty());
}

TEST_F(IngestQueueTest, WhatIsBeingReadIsNotTakenForALeftOver) {
    m_queue->add(pdf("a.pdf", 800));
    ASSERT_TRUE(runUntil([&] { return !m_progress.empty(); }));
    EXPECT_TRUE(unfinished().empty());
    // The number of a process that is there, but began at another time: it was given again.
    const std::string payload = R"({"path":"/some/file.pdf","process_start":1,"pid":)" + std::to_string(getpid()) + "}";
    ASSERT_TRUE((*Library::open(m_directory.path()))->addJob({0, "ingest", "running", payload, 0.5, "", 0}).ok());
    EXPECT_EQ(unfinished().size(), 1u);
    ASSERT_TRUE(ended(1));
}

TEST_F(IngestQueueTest, ClosingInTheMiddleIsSafe) {
    m_queue->add(pdf("a.pdf", 800));
    ASSERT_TRUE(runUntil([&] { return !m_progress.empty(); }));
    m_queue.reset();
    const auto library = Library::open(m_directory.path());
    ASSERT_TRUE(library.ok());
    EXPECT_EQ((*library)->documents()->size(), 1u);
}

}  // namespace
}  // namespace lectern::app
