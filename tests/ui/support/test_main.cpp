#include <QApplication>
#include <QDir>
#include <QTemporaryDir>

#include "tests/ui/support/ui_test.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

std::vector<TestFactory>& factories() {
    static std::vector<TestFactory> tests;
    return tests;
}

QTemporaryDir*& temporaryDirectory() {
    static QTemporaryDir* directory = nullptr;
    return directory;
}

}  // namespace

bool registerTest(TestFactory factory) {
    factories().push_back(std::move(factory));
    return true;
}

bool registerSharedTest(TestFactory factory) {
    return !sharedDirectory().isEmpty() && registerTest(std::move(factory));
}

QString sharedDirectory() {
    const QString chosen = qEnvironmentVariable("LECTERN_SHARED_DIR");
    const QString path = chosen.isEmpty() ? QStringLiteral(LECTERN_SOURCE_DIR "/../shared") : chosen;
    return QDir(path).exists() ? QDir(path).canonicalPath() : QString();
}

QString temporaryPath(const QString& name) {
    return temporaryDirectory()->filePath(name);
}

}  // namespace lectern::ui

int main(int argc, char** argv) {
    using namespace lectern::ui;
    // Nothing of the user's own library or settings is touched.
    QTemporaryDir home;
    temporaryDirectory() = &home;
    qputenv("LECTERN_DATA_DIR", home.filePath(QStringLiteral("data")).toUtf8());
    qputenv("LECTERN_CONFIG_DIR", home.filePath(QStringLiteral("config")).toUtf8());
    qputenv("XDG_CACHE_HOME", home.filePath(QStringLiteral("cache")).toUtf8());
    // Qt Test ends a function after five minutes; reading a book or a fine-tune takes longer. ctest has limits too.
    if (qEnvironmentVariableIsEmpty("QTEST_FUNCTION_TIMEOUT")) {
        qputenv("QTEST_FUNCTION_TIMEOUT", "7200000");
    }
    if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("lectern-test"));
    applyTheme(application, ThemeChoice::Light);
    constexpr int kSkipped = 77;
    int failed = factories().empty() ? kSkipped : 0;
    for (const TestFactory& factory : factories()) {
        const std::unique_ptr<QObject> test = factory();
        failed += QTest::qExec(test.get(), argc, argv);
    }
    return failed;
}
