#pragma once
// Registration of Qt Test classes, so that one executable holds several.

#include <QObject>
#include <QtTest>
#include <functional>
#include <memory>

namespace lectern::ui {

using TestFactory = std::function<std::unique_ptr<QObject>()>;
/// Called by LECTERN_UI_TEST at start-up.
bool registerTest(TestFactory factory);
/// The same for a test that has nothing to do without ../shared; a program of which that is all reports skipped (77).
bool registerSharedTest(TestFactory factory);

/// ../shared beside the source tree or $LECTERN_SHARED_DIR; empty where there is none.
QString sharedDirectory();
/// A folder under the test's own temporary directory, fresh for each process.
QString temporaryPath(const QString& name);

}  // namespace lectern::ui

#define LECTERN_UI_TEST(Class) \
    static const bool k##Class##Registered = ::lectern::ui::registerTest([] { return std::make_unique<Class>(); })
#define LECTERN_UI_SHARED_TEST(Class) \
    static const bool k##Class##Registered = ::lectern::ui::registerSharedTest([] { return std::make_unique<Class>(); })
