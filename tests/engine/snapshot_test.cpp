// Saved contexts: restored + question equals live + question; damaged, truncated and foreign files are refused with the
// reason.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "engine/backend/cpu_backend.h"
#include "engine/cache/snapshot_file.h"
#include "engine/cache/snapshot_store.h"
#include "engine/model/random_model.h"
#include "engine/session/session.h"
#include "tests/engine/support/synthetic_model.h"

namespace lectern::test {
namespace {

class SnapshotTest : public ::testing::Test {
  protected:
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("lectern-snapshot-" + std::to_string(::getpid()));
    SnapshotStore store{folder};
    std::shared_ptr<Backend> backend = std::make_shared<CpuBackend>(2);
    std::shared_ptr<const Model> model = makeModel(7);
    std::vector<TokenId> document = tokens(901, 3), question = tokens(12, 4);

    void TearDown() override { std::filesystem::remove_all(folder); }

    std::shared_ptr<const Model> makeModel(uint64_t seed) const {
        return *Model::create(*makeRandomModel(smallModelConfig(128), DType::F32, seed), *backend);
    }

    static std::vector<TokenId> tokens(int64_t count, uint64_t seed) {
        std::mt19937_64 random(seed);
        std::vector<TokenId> ids(static_cast<size_t>(count));
        std::generate(ids.begin(), ids.end(), [&] { return static_cast<TokenId>(random() % 128); });
        return ids;
    }

    std::unique_ptr<Session> open(KvType type = KvType::BF16, std::shared_ptr<const Model> which = nullptr,
                                  int32_t budget = 256) const {
        SessionOptions options;
        options.profile.region = 8;
        options.profile.merge = 4;
        options.profile.prefill = {budget, 4, 1, Scorer::Mean, HeadGrouping::PerKvHead};
        options.profile.decode = {256, 4, 1, Scorer::Bound, HeadGrouping::PerKvHead};
        options.profile.kvType = type;
        options.capacityTokens = 2048;
        options.recordDocumentTrace = true;
        return std::move(*Session::create(which ? which : model, backend, options));
    }

    std::vector<TokenId> answer(Session& session) const {
        EXPECT_TRUE(session.decode(question, {}));
        return session.generate({.maxTokens = 24, .sampler = {}, .stopStrings = {}}, nullptr, {})->tokens;
    }

    std::filesystem::path saved(Session& session) const {
        const auto path = store.pathFor(session.snapshotKey(), document);
        const auto result = session.saveSnapshot(path, document, "a document");
        EXPECT_TRUE(result) << result.error().message;
        return path;
    }
};

TEST_F(SnapshotTest, RestoredContextContinuesTokenForTokenWithoutPrefill) {
    for (const KvType type : {KvType::F32, KvType::BF16, KvType::Int8, KvType::Int4, KvType::Fp8}) {
        auto live = open(type);
        ASSERT_TRUE(live->prefill(document, nullptr, {}));
        const auto path = saved(*live);
        auto restored = open(type);
        const auto count = restored->restoreSnapshot(path, document);
        ASSERT_TRUE(count) << count.error().message;
        EXPECT_EQ(*count, 901);
        EXPECT_EQ(restored->tokens(), 901);
        EXPECT_EQ(serialize(restored->documentTrace()), serialize(live->documentTrace()));
        EXPECT_EQ(answer(*restored), answer(*live)) << name(type);
        // And again after the question is forgotten: truncation cuts into pages that lie in the file.
        ASSERT_TRUE(restored->truncate(899));
        ASSERT_TRUE(live->truncate(899));
        EXPECT_EQ(answer(*restored), answer(*live)) << name(type);
    }
}

TEST_F(SnapshotTest, AGrownDocumentPrefillsOnlyWhatIsNew) {
    auto first = open();
    ASSERT_TRUE(first->prefill(document, nullptr, {}));
    saved(*first);
    std::vector<TokenId> grown = document;
    const auto more = tokens(500, 9);
    grown.insert(grown.end(), more.begin(), more.end());

    auto session = open();
    const auto found = store.longestPrefix(session->snapshotKey(), grown);
    ASSERT_TRUE(found);
    const auto restored = session->restoreSnapshot(found->path, grown);
    ASSERT_TRUE(restored);
    EXPECT_EQ(*restored, 901 / 32 * 32);
    ASSERT_TRUE(session->prefill(std::span(grown).subspan(static_cast<size_t>(*restored)), nullptr, {}));
    auto whole = open();
    ASSERT_TRUE(whole->prefill(grown, nullptr, {}));
    EXPECT_EQ(answer(*session), answer(*whole));
    EXPECT_FALSE(store.longestPrefix(session->snapshotKey(), tokens(2000, 77)));
}

TEST_F(SnapshotTest, ForeignContextsAreRefused) {
    auto live = open();
    ASSERT_TRUE(live->prefill(document, nullptr, {}));
    const auto path = saved(*live);
    for (auto& other : {open(KvType::F32), open(KvType::BF16, makeModel(8)), open(KvType::BF16, nullptr, 512)}) {
        const auto result = other->restoreSnapshot(path, document);
        ASSERT_FALSE(result);
        EXPECT_NE(result.error().message.find("another model or other settings"), std::string::npos);
        EXPECT_EQ(other->tokens(), 0);
    }
    auto changed = document;
    changed[400] ^= 1;
    auto session = open();
    const auto result = session->restoreSnapshot(path, changed);
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("another text"), std::string::npos);
}

TEST_F(SnapshotTest, DamagedAndTruncatedFilesNeverGiveAnAnswerFromBadPages) {
    auto live = open();
    ASSERT_TRUE(live->prefill(document, nullptr, {}));
    const auto path = saved(*live);
    const auto expected = answer(*live);
    const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
    const auto copy = folder / "damaged.lectern-context";
    std::mt19937_64 random(5);
    int refused = 0;
    for (int trial = 0; trial < 120; ++trial) {
        std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
        if (trial % 4 == 0) {
            std::filesystem::resize_file(copy, random() % static_cast<uint64_t>(size));
        } else {
            std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
            const auto at = static_cast<std::streamoff>(random() % static_cast<uint64_t>(size));
            file.seekg(at);
            const char byte = static_cast<char>(file.get() ^ 0x41);
            file.seekp(at);
            file.put(byte);
        }
        auto session = open();
        if (!session->restoreSnapshot(copy, document)) {
            ++refused;
            EXPECT_EQ(session->tokens(), 0);
            continue;
        }
        // Pages are checked at first touch: either the damage lies where nothing was read, or decoding stops.
        if (const auto decoded = session->decode(question, {}); !decoded) {
            EXPECT_EQ(decoded.error().code, ErrorCode::Corrupt);
            ++refused;
            continue;
        }
        const auto generated = session->generate({.maxTokens = 24, .sampler = {}, .stopStrings = {}}, nullptr, {});
        if (!generated) {
            EXPECT_EQ(generated.error().code, ErrorCode::Corrupt);
            ++refused;
        } else {
            EXPECT_EQ(generated->tokens, expected);
        }
    }
    EXPECT_GT(refused, 40);
}

TEST_F(SnapshotTest, AnUnfinishedSaveLeavesNothing) {
    {
        auto writer = SnapshotWriter::create(folder / "half.lectern-context", 1000);
        ASSERT_TRUE(writer);
        ASSERT_TRUE((*writer)->beginSection("a", 512));
        const std::vector<std::byte> bytes(5000);
        ASSERT_TRUE((*writer)->append(bytes));
    }
    EXPECT_TRUE(store.list().empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder));
    const auto refused = SnapshotWriter::create(folder / "huge.lectern-context", int64_t{1} << 60);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::DiskFull);
}

TEST_F(SnapshotTest, AKilledSaveLeavesNothing) {
    std::filesystem::create_directories(folder);
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        // Writes until it is killed; the parent is told when the file has content.
        auto writer = SnapshotWriter::create(folder / "killed.lectern-context", 1 << 20);
        const std::vector<std::byte> bytes(1 << 20);
        bool told = writer && (*writer)->beginSection("a", 4096);
        while (told && (*writer)->append(bytes)) {
            told = write(ready[1], "x", 1) == 1;
            usleep(1000);
        }
        _exit(0);
    }
    char byte = 0;
    for (int i = 0; i < 3; ++i) {
        ASSERT_EQ(read(ready[0], &byte, 1), 1);
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(ready[0]);
    close(ready[1]);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_TRUE(store.list().empty());
    EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(SnapshotTest, TheStoreListsSizesAndClears) {
    auto live = open();
    ASSERT_TRUE(live->prefill(document, nullptr, {}));
    const auto path = saved(*live);
    std::ofstream(folder / "junk.lectern-context") << "not a context";
    const auto infos = store.list();
    ASSERT_EQ(infos.size(), 2u);
    EXPECT_EQ(std::count_if(infos.begin(), infos.end(), [](const auto& info) { return info.problem.empty(); }), 1);
    EXPECT_GT(store.totalBytes(), 100000);
    EXPECT_GT(store.clear(path), 100000);
    EXPECT_EQ(store.list().size(), 1u);
    store.clear();
    EXPECT_TRUE(store.list().empty());
}

TEST_F(SnapshotTest, TheOldestGoWhenTheStoreIsFull) {
    auto live = open();
    ASSERT_TRUE(live->prefill(document, nullptr, {}));
    const auto path = saved(*live);
    const auto size = static_cast<int64_t>(std::filesystem::file_size(path));
    const auto older = folder / "older.lectern-context", oldest = folder / "oldest.lectern-context";
    std::filesystem::copy_file(path, older);
    std::filesystem::copy_file(path, oldest);
    const auto now = std::filesystem::last_write_time(path);
    std::filesystem::last_write_time(older, now - std::chrono::hours(1));
    std::filesystem::last_write_time(oldest, now - std::chrono::hours(2));
    EXPECT_EQ(store.trim(3 * size, path), 0);
    EXPECT_EQ(store.trim(2 * size, path), size);
    EXPECT_FALSE(std::filesystem::exists(oldest));
    EXPECT_TRUE(std::filesystem::exists(older));
    EXPECT_EQ(store.trim(0, path), size);
    EXPECT_TRUE(std::filesystem::exists(path)) << "what was just saved stays, however small the bound";
}

}  // namespace
}  // namespace lectern::test
