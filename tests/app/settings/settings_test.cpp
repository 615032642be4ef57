#include "app/settings/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/app/support/app_test.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::HasSubstr;

class SettingsTest : public ::testing::Test {
  protected:
    std::filesystem::path m_file() const { return m_directory.path() / "config" / "settings.json"; }
    QString path() const { return QString::fromStdString(m_file().string()); }
    TemporaryDirectory m_directory;
};

TEST_F(SettingsTest, EveryDefaultIsAccepted) {
    Settings settings(path());
    std::set<QString> keys;
    for (const SettingSpec& spec : settingSpecs()) {
        EXPECT_TRUE(keys.insert(spec.key).second) << spec.key << " is there twice";
        EXPECT_TRUE(settings.setValue(spec.key, spec.defaultValue).ok()) << spec.key;
        EXPECT_EQ(settings.value(spec.key), spec.defaultValue);
        if (spec.type != SettingType::Bytes) {
            EXPECT_THAT(spec.description, ::testing::EndsWith("."));
        }
    }
}

TEST_F(SettingsTest, ValuesOfEveryTypeSurviveARestart) {
    const std::pair<const char*, QVariant> values[] = {
        {"general/reopen", false},
        {"model/threads", 7},
        {"answer/temperature", 0.25},
        {"general/theme", QStringLiteral("dark")},
        {"model/current", QStringLiteral("/models/a b.gguf")},
        {"model/folders", QStringList{QStringLiteral("/a"), QStringLiteral("/b")}},
        {"window/geometry", QByteArray("\x00\xff\x01", 3)},
    };
    {
        Settings settings(path());
        for (const auto& [key, value] : values) {
            EXPECT_TRUE(settings.setValue(key, value).ok()) << key;
        }
    }
    const Settings again(path());
    EXPECT_TRUE(again.warnings().empty());
    for (const auto& [key, value] : values) {
        EXPECT_EQ(again.value(key), value) << key;
    }
    EXPECT_EQ(again.integer("model/threads"), 7);
    EXPECT_EQ(again.pathList("model/folders").size(), 2);
}

TEST_F(SettingsTest, StateThatIsWrittenLaterNeverCoversNewerValues) {
    constexpr int kRounds = 40;
    {
        Settings settings(path());
        for (int i = 1; i <= kRounds; ++i) {
            EXPECT_TRUE(settings.setValue("window/geometry", QByteArray::number(i)).ok());
            EXPECT_TRUE(settings.setValue("model/threads", i).ok());
            EXPECT_EQ(Settings(path()).integer("model/threads"), i) << "what was chosen is on disk at once";
        }
        EXPECT_TRUE(settings.setValue("window/geometry", QByteArray("last")).ok());
    }
    const Settings again(path());
    EXPECT_EQ(again.bytes("window/geometry"), "last");
    EXPECT_EQ(again.integer("model/threads"), kRounds);
}

TEST_F(SettingsTest, RefusesWhatTheKeyDoesNotTake) {
    Settings settings(path());
    const std::pair<const char*, QVariant> bad[] = {
        {"model/threads", -1},     {"model/threads", 1.5},  {"model/threads", "many"},          {"answer/top_p", 0},
        {"general/theme", "pink"}, {"general/reopen", "x"}, {"model/current", "relative/path"}, {"no/such", 1},
    };
    for (const auto& [key, value] : bad) {
        const Result<void> result = settings.setValue(key, value);
        ASSERT_FALSE(result.ok()) << key;
        EXPECT_EQ(result.error().code, ErrorCode::InvalidInput);
    }
    EXPECT_THAT(settings.setValue("general/theme", "pink").error().message, HasSubstr("system, light, dark"));
}

TEST_F(SettingsTest, DamagedFilesGiveDefaultsAndAWarning) {
    for (const char* bytes : {"", "{", "[1]", "\x00\xff"}) {
        writeFile(m_file(), bytes);
        const Settings settings(path());
        EXPECT_EQ(settings.warnings().size(), 1u);
        EXPECT_EQ(settings.text("general/theme"), "system");
    }
    writeFile(m_file(), R"({"general/theme": 4, "model/threads": 3, "from/the/future": true})");
    const Settings settings(path());
    EXPECT_EQ(settings.warnings().size(), 1u);
    EXPECT_EQ(settings.integer("model/threads"), 3) << "good values beside bad ones are kept";
}

TEST_F(SettingsTest, TellsChangesOnceAndResetsPages) {
    Settings settings(path());
    std::vector<QString> changes;
    QObject::connect(&settings, &Settings::changed,
                     [&](const QString& key, const QVariant&) { changes.push_back(key); });
    EXPECT_TRUE(settings.setValue("model/threads", 3).ok());
    EXPECT_TRUE(settings.setValue("model/threads", 3).ok());
    EXPECT_TRUE(settings.setValue("general/theme", "dark").ok());
    EXPECT_TRUE(settings.resetPage("model").ok());
    EXPECT_EQ(changes, (std::vector<QString>{"model/threads", "general/theme", "model/threads"}));
    EXPECT_EQ(settings.integer("model/threads"), 0);
    EXPECT_EQ(settings.text("general/theme"), "dark");
}

TEST_F(SettingsTest, AFolderThatCannotBeWrittenIsSaid) {
    writeFile(m_directory.path() / "config", "a file where the folder should be");
    Settings settings(path());
    const Result<void> result = settings.setValue("model/threads", 3);
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::Io);
}

}  // namespace
}  // namespace lectern::app
