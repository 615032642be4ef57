// Events of a training worker as values, plans as configurations, examples as the trainer reads them.
#include "app/jobs/training_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <fstream>

#include "app/jobs/training_import.h"
#include "app/jobs/training_plan.h"
#include "engine/train/run_config.h"

namespace lectern::app {
namespace {

std::string step(int number, const std::string& loss) {
    return R"({"v":1,"event":"step","step":)" + std::to_string(number) + R"(,"loss":)" + loss +
           R"(,"learning_rate":1e-4,"gradient_norm":0.5,"tokens_per_second":900,"seconds":2,)"
           R"("positions":{"period":[1024,5000],"rope_scale":[1,2]}})";
}

TEST(TrainingLog, FollowsARunFromStartToExport) {
    TrainingLog log;
    log.apply(R"({"v":1,"event":"started","step":0,"steps":10,"device":"cpu","trained_values":7,)"
              R"("data":[{"kind":"text","documents":3,"tokens":99,"histogram":[{"from":32,"count":3}]}],)"
              R"("previews":[{"origin":"a.txt","tokens":5,"pieces":[{"text":"x","trained":true,"tokens":1}]}]})");
    EXPECT_EQ(log.totalSteps, 10);
    ASSERT_EQ(log.preview.data.size(), 1u);
    EXPECT_EQ(log.preview.data[0].histogram[0].from, 32);
    EXPECT_TRUE(log.preview.sequences[0].pieces[0].trained);
    for (int i = 1; i <= 4; ++i) {
        log.apply(step(i, "3.5"));
    }
    EXPECT_EQ(log.steps[3].periodHigh, 5000);
    EXPECT_DOUBLE_EQ(log.secondsLeft(), 12);
    log.apply(R"({"event":"paused","step":4})");
    EXPECT_EQ(log.state, RunState::Paused);
    log.apply(
        R"({"event":"export","kind":"adapter","path":"p","largest_logit_difference":0.01,"same_top_token":0.75})");
    log.apply(R"({"event":"finished","reason":"completed","step":10})");
    EXPECT_EQ(log.state, RunState::Completed);
    EXPECT_DOUBLE_EQ(log.exports[0].sameTopShare, 0.75);
}

TEST(TrainingLog, AResumedRunReplacesTheStepsAfterItsCheckpoint) {
    TrainingLog log;
    log.apply(R"({"event":"started","step":0,"steps":10})");
    for (int i = 1; i <= 5; ++i) {
        log.apply(step(i, "3.5"));
    }
    log.apply(R"({"event":"started","step":3,"steps":10})");
    EXPECT_EQ(log.lastStep(), 3);
    log.apply(step(4, "2.5"));
    EXPECT_EQ(log.steps.size(), 4u);
    EXPECT_DOUBLE_EQ(log.steps[3].loss, 2.5);
}

TEST(TrainingLog, AStepWithoutTrainedTokensIsNoFallToZero) {
    TrainingLog log;
    log.apply(R"({"event":"started","step":0,"steps":10})");
    log.apply(step(1, "3.5"));
    log.apply(R"({"event":"step","step":2,"loss":0.0,"trained_tokens":0})");
    EXPECT_DOUBLE_EQ(log.steps[1].loss, 3.5);
}

TEST(TrainingLog, IgnoresWhatIsNoEvent) {
    TrainingLog log;
    for (const char* line : {"", "{", "[1,2]", "null", R"({"event":7})", R"({"event":"step","loss":"high"})",
                             R"({"event":"started","data":{"a":1},"previews":[3,null],"model":[]})"}) {
        log.apply(line);
    }
    EXPECT_LE(log.steps.size(), 1u);
    EXPECT_TRUE(log.preview.data.empty());
}

TEST(TrainingLog, RaisesAlarms) {
    TrainingLog falling, flat;
    for (TrainingLog* log : {&falling, &flat}) {
        log->apply(R"({"event":"started","step":0,"steps":100})");
    }
    for (int i = 1; i <= 60; ++i) {
        falling.apply(step(i, std::to_string(4.0 - 0.03 * i)));
        flat.apply(step(i, "4.0"));
    }
    EXPECT_EQ(falling.alarm(), "");
    EXPECT_THAT(flat.alarm(), testing::HasSubstr("not fallen"));
    flat.apply(step(61, "null"));
    EXPECT_THAT(flat.alarm(), testing::HasSubstr("no longer a number"));
}

TEST(TrainingPlan, EveryGoalIsAConfigurationTheTrainerTakes) {
    for (const TuneGoal goal : {TuneGoal::Style, TuneGoal::DomainQuestions, TuneGoal::LongContext}) {
        for (const char* method : {"lora", "full"}) {
            TrainingPlan plan;
            applyGoal(plan, goal);
            plan.method = method;
            plan.data = {{"text", {"a.txt"}, 1, "drop"},
                         {"document_questions", {"a.txt"}, 2, "split"},
                         {"needle", {"a.txt"}, 1, "split"},
                         {"examples", {"b.jsonl"}, 1, "truncate"}};
            plan.sampleDocument = "a.txt";
            plan.sampleQuestions = {"What?"};
            const auto config = parseRunConfig(trainingConfig(plan, "out"));
            ASSERT_TRUE(config.ok()) << config.error().message;
            EXPECT_EQ(config->sequenceTokens, plan.sequenceTokens);
            EXPECT_EQ(config->data[0].overlong, Overlong::Drop);
            EXPECT_EQ(config->sampleEvery, plan.checkpointEvery);
        }
    }
}

TEST(TrainingPlan, MemoryGrowsWithWhatIsAsked) {
    ModelCard card;
    card.entry.config.layerCount = 12;
    card.entry.config.hiddenSize = 512;
    card.entry.config.intermediateSize = 1408;
    card.entry.config.headCount = 8;
    card.entry.config.kvHeadCount = 2;
    card.entry.config.headDim = 64;
    card.entry.config.vocabSize = 16000;
    card.parameters = 45'000'000;
    TrainingPlan plan;
    const TrainingMemory base = estimateTrainingMemory(plan, card);
    plan.sequenceTokens *= 2;
    EXPECT_EQ(estimateTrainingMemory(plan, card).activations, 2 * base.activations);
    plan.keptActivations = "all";
    EXPECT_GT(estimateTrainingMemory(plan, card).activations, 4 * base.activations);
    plan.method = "full";
    EXPECT_EQ(estimateTrainingMemory(plan, card).trained, 16 * card.parameters);
}

TEST(TrainingImport, ForeignFieldsAreMapped) {
    const QTemporaryDir directory;
    const std::filesystem::path folder = directory.path().toStdString();
    std::ofstream(folder / "own.jsonl") << R"({"instruction": "Say hello", "output": "Hello", "n": 1})"
                                        << "\n"
                                        << R"({"instruction": "Say nothing"})"
                                        << "\n\nnot json\n";
    const auto fields = inspectExamples(folder / "own.jsonl");
    ASSERT_TRUE(fields.ok());
    EXPECT_FALSE(fields->readable);
    EXPECT_THAT(fields->fields, testing::ElementsAre("instruction", "output"));
    const auto mapped = mapExamples(folder / "own.jsonl", "instruction", "output", folder / "data" / "mapped.jsonl");
    ASSERT_TRUE(mapped.ok()) << mapped.error().message;
    EXPECT_EQ(mapped->lines, 1);
    EXPECT_EQ(mapped->leftOut, 2);
    const auto again = inspectExamples(folder / "data" / "mapped.jsonl");
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again->readable);
    EXPECT_FALSE(mapExamples(folder / "own.jsonl", "n", "output", folder / "x.jsonl").ok());
    EXPECT_FALSE(inspectExamples(folder / "missing.jsonl").ok());
}

}  // namespace
}  // namespace lectern::app
