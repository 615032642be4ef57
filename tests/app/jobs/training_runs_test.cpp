// Runs as folders, the processes that work on them when they cannot be started, and the bounds of imported files.
#include "app/jobs/training_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "app/jobs/evaluation.h"
#include "app/jobs/training_import.h"
#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

TEST(TrainingRuns, AreListedLastChangedFirstAndThenByName) {
    const TemporaryDirectory directory;
    const auto now = fs::file_time_type::clock::now();
    for (const char* name : {"beta", "delta", "alpha", "newest"}) {
        writeFile(directory.path() / name / "plan.json", "{}");
        fs::last_write_time(directory.path() / name / "plan.json", now);
    }
    fs::last_write_time(directory.path() / "newest" / "plan.json", now + std::chrono::hours(1));
    std::vector<std::string> names;
    for (const RunSummary& run : listTrainingRuns(directory.path())) {
        names.push_back(run.name);
    }
    EXPECT_THAT(names, testing::ElementsAre("newest", "alpha", "beta", "delta"));
}

TEST(TrainingRuns, EventsAreReadOnceTheyAreWhole) {
    const TemporaryDirectory directory;
    const fs::path events = directory.path() / "events.jsonl";
    // A line that no worker writes is passed over, whatever its length.
    writeFile(events, R"({"event":"started","step":0,"steps":9})"
                      "\n" +
                          std::string(40 << 20, 'x') + "\n" + R"({"event":"step","st)");
    runUntil([] { return true; });
    TrainingRunProcess run(directory.path());
    run.attach();
    EXPECT_EQ(run.log().totalSteps, 9);
    EXPECT_EQ(run.log().lastStep(), 0);
    std::ofstream(events, std::ios::app) << R"(ep":3,"loss":1})"
                                         << "\n";
    EXPECT_TRUE(runUntil([&] { return run.log().lastStep() == 3; }));
    EXPECT_EQ(run.log().steps.size(), 1u);
}

class NoEngine : public ::testing::Test {
  protected:
    NoEngine() {
        writeFile(m_engine, "#!/nonexistent/interpreter\n");
        fs::permissions(m_engine, fs::perms::owner_all);
        runUntil([] { return true; });
    }
    TemporaryDirectory m_directory;
    fs::path m_engine = m_directory.path() / "engine";
    ScopedEnvironment m_chosen{"LECTERN_ENGINE", m_engine.string()};
};

TEST_F(NoEngine, AnEvaluationSaysThatItCannotBegin) {
    EvaluationRun run;
    int finished = 0;
    QObject::connect(&run, &EvaluationRun::finished, [&] { ++finished; });
    ASSERT_TRUE(run.start({}).ok());
    ASSERT_TRUE(runUntil([&] { return finished > 0; }));
    EXPECT_EQ(run.problem(), kEngineNotStarted);
    EXPECT_FALSE(run.isRunning());
    runUntil([] { return false; }, std::chrono::milliseconds(50));
    EXPECT_EQ(finished, 1);
}

TEST_F(NoEngine, ADryRunSaysThatItCannotBegin) {
    TrainingDryRun run;
    int finished = 0;
    QObject::connect(&run, &TrainingDryRun::finished, [&] { ++finished; });
    ASSERT_TRUE(run.start("{}").ok());
    ASSERT_TRUE(runUntil([&] { return finished > 0; }));
    EXPECT_EQ(run.log().problem, kEngineNotStarted);
    EXPECT_FALSE(run.isRunning());
    runUntil([] { return false; }, std::chrono::milliseconds(50));
    EXPECT_EQ(finished, 1);
}

TEST_F(NoEngine, ARunSaysThatItCannotBegin) {
    TrainingRunProcess run(m_directory.path());
    const Result<void> started = run.start("{}", false);
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(started.error().message, kEngineNotStarted);
    EXPECT_FALSE(run.isAlive());
}

TEST(TrainingImport, LinesWithoutEndAreRefused) {
    const TemporaryDirectory directory;
    const fs::path file = directory.path() / "long.jsonl";
    writeFile(file, R"({"a":"b","c":"d"})"
                    "\n" +
                        std::string((64 << 20) + 1, 'x'));
    EXPECT_TRUE(inspectExamples(file).ok()) << "only its first line is read";
    const auto mapped = mapExamples(file, "a", "c", directory.path() / "out.jsonl");
    ASSERT_FALSE(mapped.ok());
    EXPECT_EQ(mapped.error().code, ErrorCode::LimitExceeded);
    EXPECT_THAT(mapped.error().message, HasSubstr("long.jsonl has a line of more than 64 MiB"));
    EXPECT_FALSE(fs::exists(directory.path() / "out.jsonl"));
    const auto endless = inspectExamples("/dev/zero");
    ASSERT_FALSE(endless.ok());
    EXPECT_EQ(endless.error().code, ErrorCode::LimitExceeded);
}

TEST(TrainingImport, ALastLineWithoutEndCounts) {
    const TemporaryDirectory directory;
    writeFile(directory.path() / "a.jsonl", R"({"a":"b","c":"d"})"
                                            "\r\n"
                                            R"({"a":"e","c":"f"})");
    EXPECT_EQ(mapExamples(directory.path() / "a.jsonl", "a", "c", directory.path() / "out.jsonl")->lines, 2);
    const std::string umlauts = std::string(79, 'x') + "\u00e4\u00e4";
    writeFile(directory.path() / "shown.jsonl", R"({"a":")" + umlauts + R"("})");
    EXPECT_EQ(inspectExamples(directory.path() / "shown.jsonl")->firstValues.front(), std::string(79, 'x') + "…");
    writeFile(directory.path() / "empty.jsonl", "");
    EXPECT_EQ(inspectExamples(directory.path() / "empty.jsonl").error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace lectern::app
