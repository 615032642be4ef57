// Long guides from ../shared/data: the whole way on one, the first page of the other.
#include "tests/e2e/support/flow.h"

namespace lectern::ui {

class GuidesTest : public QObject {
    Q_OBJECT

  private slots:
    void firstPageOf1293() {
        WindowDriver driver(temporaryPath(QStringLiteral("first-page")));
        openAndTimeFirstPage(driver, guide(QStringLiteral("nasa_cfe-usersguide_1293p.pdf")));
    }

    void osalGuideFromOpenToMap() {
        WindowDriver driver(temporaryPath(QStringLiteral("osal")));
        openAndTimeFirstPage(driver, guide(QStringLiteral("nasa_osal-apiguide_275p.pdf")));
        readAskAndFollow(driver, QStringLiteral("Which function creates a binary semaphore?"));
    }

  private:
    static QString guide(const QString& name) { return sharedDirectory() + QStringLiteral("/data/pdf/") + name; }
};

LECTERN_UI_SHARED_TEST(GuidesTest);

}  // namespace lectern::ui

#include "guides_test.moc"
