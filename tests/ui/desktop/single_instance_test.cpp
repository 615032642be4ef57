// Two starts on a session bus of their own: the second hands its files to the first.

#include "ui/desktop/single_instance.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <cstdlib>

#include "tests/app/support/app_test.h"

namespace lectern::ui {
namespace {

// The program starts itself again as the second instance: argv[0] --second FILE...
constexpr const char* kSecond = "LECTERN_TEST_SECOND_INSTANCE";

TEST(SingleInstance, TheSecondHandsItsFilesToTheFirst) {
    if (std::getenv("DBUS_SESSION_BUS_ADDRESS") == nullptr) {
        GTEST_SKIP() << "there is no session bus (dbus-run-session)";
    }
    app::test::runUntil([] { return true; });  // makes the application object
    if (std::getenv(kSecond) != nullptr) {
        SingleInstance second;
        const auto role = second.start({QStringLiteral("relative file.pdf"), QStringLiteral("/tmp/x#y.txt")});
        std::_Exit(role == SingleInstance::Role::HandedOver ? 0 : 1);
    }
    SingleInstance first;
    ASSERT_EQ(first.start({}), SingleInstance::Role::First);
    QStringList opened;
    QObject::connect(&first, &SingleInstance::opened, [&](const QStringList& paths) { opened = paths; });
    const pid_t child = fork();
    if (child == 0) {
        setenv(kSecond, "1", 1);
        execl("/proc/self/exe", "app_desktop_test", nullptr);
        _exit(9);
    }
    int status = -1;
    EXPECT_TRUE(app::test::runUntil([&] { return waitpid(child, &status, WNOHANG) == child; }));
    EXPECT_EQ(status, 0);
    ASSERT_EQ(opened.size(), 2);
    EXPECT_EQ(opened[0], QDir::current().absoluteFilePath(QStringLiteral("relative file.pdf")));
    EXPECT_EQ(opened[1], QStringLiteral("/tmp/x#y.txt"));
}

}  // namespace
}  // namespace lectern::ui
