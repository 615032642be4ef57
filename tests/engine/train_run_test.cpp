// Whole runs: resume to the bit, stops, damage, full disks, losses that are no numbers, exports.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "engine/train/export.h"
#include "tests/engine/train_run_fixture.h"

namespace lectern::test {
namespace {

namespace fs = std::filesystem;

TEST(TrainRun, LearnsAndReports) {
    const TemporaryDirectory folder;
    Events events;
    json config = tinyRunJson(folder);
    config["steps"] = 30;
    config["checkpoints"]["every"] = 0;
    auto run = openRun(config, events);
    ASSERT_TRUE(run);
    RunControl control;
    const auto done = run->run(control);
    ASSERT_TRUE(done) << done.error().message;
    const std::vector<double> losses = events.losses();
    ASSERT_EQ(losses.size(), 30u);
    EXPECT_NEAR(losses.front(), std::log(16384), 0.5);
    EXPECT_LT(losses.back(), losses.front() - 2);
    const auto evaluations = events.of("eval");
    ASSERT_EQ(evaluations.size(), 11u);
    EXPECT_LT(evaluations.back()["loss"], evaluations.front()["loss"]);
    EXPECT_EQ(events.of("finished").at(0)["reason"], "completed");
    EXPECT_EQ(events.all.front()["event"], "started");
    EXPECT_FALSE(events.all.front()["previews"].empty());
    const json step = events.of("step").at(3);
    EXPECT_EQ(step["v"], 1);
    EXPECT_GT(step["tokens_per_second"], 0);
    EXPECT_GE(step["positions"]["period"][0], 96);
    // From scratch: the model itself is exported, and reads back as it is.
    const json exported = events.of("export").at(0);
    EXPECT_EQ(exported["kind"], "folder");
    EXPECT_TRUE(openModelSource(folder.path() / "run" / "model")->config.tiedEmbeddings);
    EXPECT_LT(exported["largest_logit_difference"].get<double>(), 0.05);  // bf16
}

TEST(TrainRun, ResumeRepeatsTheLossesExactly) {
    const TemporaryDirectory whole, parts;
    Events straight, first, second;
    json config = tinyRunJson(whole);
    config["train"] = {{"method", "full"}};
    {
        auto run = openRun(config, straight);
        ASSERT_TRUE(run);
        RunControl control;
        ASSERT_TRUE(run->run(control));
    }
    config = tinyRunJson(parts);
    config["train"] = {{"method", "full"}};
    {
        // Stopped from within step 4: nothing of it remains.
        Events* log = &first;
        auto parsed = parseRunConfig(config.dump());
        ASSERT_TRUE(parsed);
        RunControl control;
        auto run = TrainingRun::create(std::move(*parsed), [&](const json& event) {
            log->all.push_back(event);
            if (event["event"] == "step" && event["step"] == 3) {
                control.stop();
            }
        });
        ASSERT_TRUE(run);
        ASSERT_TRUE((*run)->run(control));
        EXPECT_EQ(first.of("finished").at(0)["reason"], "stopped");
        EXPECT_EQ(first.losses().size(), 3u);
    }
    {
        auto run = openRun(config, second);
        ASSERT_TRUE(run);
        const auto resumed = run->resume(parts.path() / "run");
        ASSERT_TRUE(resumed) << resumed.error().message;
        EXPECT_EQ(run->state().step, 3);
        RunControl control;
        ASSERT_TRUE(run->run(control));
        EXPECT_TRUE(second.of("warning").empty());
    }
    std::vector<double> joined = first.losses();
    const std::vector<double> rest = second.losses();
    joined.insert(joined.end(), rest.begin(), rest.end());
    EXPECT_EQ(joined, straight.losses());
    const auto bytes = [](const TemporaryDirectory& folder, const char* name) {
        return readFile(folder.path() / "run" / "checkpoints" / "step-00000006" / name);
    };
    EXPECT_EQ(bytes(whole, "parameters.safetensors"), bytes(parts, "parameters.safetensors"));
    EXPECT_EQ(bytes(whole, "optimizer.safetensors"), bytes(parts, "optimizer.safetensors"));
}

TEST(TrainRun, KeepsTheNewestAndFallsBackWhenOneIsDamaged) {
    const TemporaryDirectory folder;
    const json config = tinyRunJson(folder);
    Events events;
    {
        auto run = openRun(config, events);
        ASSERT_TRUE(run);
        RunControl control;
        ASSERT_TRUE(run->run(control));
    }
    const auto checkpoints = listCheckpoints(folder.path() / "run" / "checkpoints");
    ASSERT_EQ(checkpoints.size(), 2u);
    EXPECT_EQ(checkpoints[0].filename(), "step-00000006");
    EXPECT_EQ(checkpoints[1].filename(), "step-00000004");
    {
        std::fstream file(checkpoints[0] / "optimizer.safetensors", std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(4000);
        file.put('x');
    }
    Events resumed;
    auto run = openRun(config, resumed);
    ASSERT_TRUE(run);
    ASSERT_TRUE(run->resume(folder.path() / "run"));
    EXPECT_EQ(run->state().step, 4);
    ASSERT_EQ(resumed.of("warning").size(), 1u);
    EXPECT_NE(resumed.of("warning")[0]["message"].get<std::string>().find("checksum"), std::string::npos);
    // Named directly, the damaged one is refused.
    EXPECT_EQ(run->resume(checkpoints[0]).error().code, ErrorCode::Corrupt);
    EXPECT_EQ(run->resume(folder.path() / "nothing").error().code, ErrorCode::NotFound);
}

TEST(TrainRun, RefusesACheckpointOfAnotherRunAndASecondWriter) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["steps"] = 2;
    Events events;
    auto run = openRun(config, events);
    ASSERT_TRUE(run);
    RunControl control;
    ASSERT_TRUE(run->run(control));
    Events other;
    auto second = openRun(config, other);
    ASSERT_TRUE(second);
    const auto refused = second->run(control);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("Another training run"), std::string::npos);
    json wider = config;
    wider["scratch"]["config"]["intermediate_size"] = 96;
    auto third = openRun(wider, other);
    ASSERT_TRUE(third);
    EXPECT_EQ(third->resume(folder.path() / "run").error().code, ErrorCode::InvalidInput);
    json faster = config;
    faster["optimizer"]["learning_rate"] = 1e-3;
    auto fourth = openRun(faster, other);
    ASSERT_TRUE(fourth);
    ASSERT_TRUE(fourth->resume(folder.path() / "run"));
    EXPECT_NE(other.of("warning").back()["message"].get<std::string>().find("optimizer"), std::string::npos);
}

TEST(TrainRun, StopsWithTheLastGoodStateWhenTheLossIsNoNumber) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["optimizer"] = {{"learning_rate", 10}, {"warmup_steps", 0}, {"clip_norm", 0}, {"weight_decay", 10}};
    config["scratch"]["deviation"] = 10;
    config["steps"] = 200;
    config["evaluation"]["every"] = 0;
    Events events;
    auto run = openRun(config, events);
    ASSERT_TRUE(run);
    RunControl control;
    const auto done = run->run(control);
    ASSERT_FALSE(done) << "the learning rate of 10 did not blow up";
    EXPECT_NE(done.error().message.find("no longer a number"), std::string::npos);
    const auto checkpoints = listCheckpoints(folder.path() / "run" / "checkpoints");
    ASSERT_FALSE(checkpoints.empty());
    const auto state = readCheckpointState(checkpoints[0]);
    ASSERT_TRUE(state);
    EXPECT_EQ(state->step, static_cast<int64_t>(events.of("step").size()));
}

TEST(TrainRun, AFullDiskLeavesTheCheckpointBefore) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    Events events;
    auto parsed = parseRunConfig(config.dump());
    ASSERT_TRUE(parsed);
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    auto run = TrainingRun::create(std::move(*parsed), [&](const json& event) {
        events.all.push_back(event);
        if (event["event"] == "step" && event["step"] == 3) {
            const rlimit small{1 << 20, before.rlim_max};
            setrlimit(RLIMIT_FSIZE, &small);
        }
    });
    ASSERT_TRUE(run);
    RunControl control;
    const auto done = (*run)->run(control);
    setrlimit(RLIMIT_FSIZE, &before);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::DiskFull);
    const auto checkpoints = listCheckpoints(folder.path() / "run" / "checkpoints");
    ASSERT_EQ(checkpoints.size(), 1u);
    EXPECT_EQ(checkpoints[0].filename(), "step-00000002");
    for (const auto& entry : fs::directory_iterator(folder.path() / "run" / "checkpoints")) {
        EXPECT_EQ(entry.path(), checkpoints[0]) << "something unfinished was left behind";
    }
    run->reset();
    Events again;
    auto second = openRun(config, again);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->resume(folder.path() / "run"));
}

TEST(TrainRun, DryRunMeasuresAndWritesNothing) {
    const TemporaryDirectory folder;
    Events events;
    auto run = openRun(tinyRunJson(folder), events);
    ASSERT_TRUE(run);
    RunControl control;
    ASSERT_TRUE(run->dryRun(control));
    const json report = events.of("dry_run").at(0);
    EXPECT_GT(report["seconds_per_step"], 0.0);
    EXPECT_GT(report["process_peak_bytes"], report["device_peak_bytes"]);
    EXPECT_GT(report["checkpoint_bytes"], 16384 * 32 * 12);
    EXPECT_LE(report["longest_tokens"], 192);
    EXPECT_FALSE(fs::exists(folder.path() / "run"));
}

/// LoRA over a base that an earlier run left on disk.
json loraRunJson(const TemporaryDirectory& folder, const fs::path& base, const char* name) {
    json config = tinyRunJson(folder);
    config.erase("scratch");
    config["model"] = base.string();
    config["output"] = (folder.path() / name).string();
    config["steps"] = 4;
    config["optimizer"]["learning_rate"] = 0.02;
    config["train"] = {{"method", "lora"}, {"rank", 4}, {"alpha", 8}};
    config["evaluation"]["every"] = 0;
    return config;
}

/// Trains a model from scratch for two steps; its folder.
fs::path trainBase(const TemporaryDirectory& folder) {
    json base = tinyRunJson(folder);
    base["steps"] = 2;
    base["output"] = (folder.path() / "base").string();
    Events events;
    RunControl control;
    auto scratch = openRun(base, events);
    EXPECT_TRUE(scratch && scratch->run(control));
    return folder.path() / "base" / "model";
}

TEST(TrainRun, ExportsReadBackAsTheLiveModel) {
    const TemporaryDirectory folder;
    const fs::path model = trainBase(folder);
    RunControl control;
    for (const json& positions :
         {json{{"policy", "crd_ntk"}, {"period_cap", 4096}}, json{{"policy", "linear_pi"}, {"factor", 2}},
          json{{"policy", "fixed_ntk"}, {"factor", 4}}}) {
        const std::string name = positions["policy"];
        json config = loraRunJson(folder, model, name.c_str());
        config["positions"] = positions;
        config["export"] = {{"folder", true}, {"gguf", true}, {"type", "f32"}};
        Events log;
        auto run = openRun(config, log);
        ASSERT_TRUE(run);
        const auto done = run->run(control);
        ASSERT_TRUE(done) << done.error().message;
        const auto exports = log.of("export");
        ASSERT_EQ(exports.size(), 3u);
        for (const json& exported : exports) {
            EXPECT_LT(exported["largest_logit_difference"].get<double>(),
                      2e-5 * (1 + exported["largest_logit"].get<double>()))
                << name << " " << exported["kind"];
            EXPECT_EQ(exported["same_top_token"], 1.0);
        }
        const auto read = readAdapter(folder.path() / name / "adapter");
        ASSERT_TRUE(read) << read.error().message;
        EXPECT_EQ(read->rope.has_value(), name != "crd_ntk");
    }
    json small = loraRunJson(folder, model, "q8");
    small["export"] = {{"gguf", true}, {"type", "q8_0"}};
    Events log;
    auto run = openRun(small, log);
    ASSERT_TRUE(run);
    ASSERT_TRUE(run->run(control));
    const json gguf = log.of("export").at(1);
    EXPECT_LT(gguf["largest_logit_difference"].get<double>(), 0.05 * gguf["largest_logit"].get<double>());
}

TEST(TrainRun, TrainingGoesOnFromAnAdapter) {
    const TemporaryDirectory folder;
    const fs::path model = trainBase(folder);
    Events events;
    RunControl control;
    const json first = loraRunJson(folder, model, "first");
    auto run = openRun(first, events);
    ASSERT_TRUE(run->run(control));
    json second = loraRunJson(folder, model, "second");
    second["adapter"] = (folder.path() / "first" / "adapter").string();
    Events log;
    auto again = openRun(second, log);
    ASSERT_TRUE(again);
    for (const auto& parameter : run->model().parameters()) {
        std::vector<float> a(static_cast<size_t>(parameter->value.size())), b(a.size());
        ASSERT_TRUE(run->model().backend().download(parameter->value, a));
        ASSERT_TRUE(again->model().backend().download(again->model().find(parameter->name)->value, b));
        EXPECT_EQ(a, b) << parameter->name;
    }
    second["train"]["rank"] = 8;
    second["train"]["alpha"] = 16;
    auto parsed = parseRunConfig(second.dump());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(TrainingRun::create(std::move(*parsed), log.sink()).error().code, ErrorCode::InvalidInput);
}

TEST(RunConfig, RoundTripAndRefusals) {
    const TemporaryDirectory folder;
    json config = tinyRunJson(folder);
    config["samples"] = {{"every", 5}, {"prompts", {{{"document", "a"}, {"question", "b"}}}}};
    const auto parsed = parseRunConfig(config.dump());
    ASSERT_TRUE(parsed) << parsed.error().message;
    const auto again = parseRunConfig(runConfigToJson(*parsed).dump());
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(runConfigToJson(*again), runConfigToJson(*parsed));
    const auto message = [&](const char* key, json value) {
        json changed = config;
        changed[json::json_pointer(key)] = std::move(value);
        const auto refused = parseRunConfig(changed.dump());
        return refused ? std::string("accepted") : refused.error().message;
    };
    EXPECT_NE(message("/learning_rate", 3).find("learning_rate"), std::string::npos);
    EXPECT_NE(message("/steps", 0).find("steps"), std::string::npos);
    EXPECT_NE(message("/format", "x").find("format"), std::string::npos);
    EXPECT_NE(message("/data", json::array()).find("data"), std::string::npos);
    EXPECT_NE(message("/data/0/kind", "books").find("kind"), std::string::npos);
    EXPECT_NE(message("/data/0/path", "x").find("data[0]"), std::string::npos);
    EXPECT_NE(message("/attention/mode", "sparse").find("ms_train"), std::string::npos);
    EXPECT_NE(message("/train", {{"method", "lora"}, {"targets", {"lm_head"}}}).find("lm_head"), std::string::npos);
    EXPECT_FALSE(parseRunConfig("{"));
    EXPECT_FALSE(parseRunConfig("[]"));
}

}  // namespace
}  // namespace lectern::test
