// The sample document that comes with the program, from the start page's button to the map.
#include <QPushButton>

#include "tests/e2e/support/flow.h"
#include "ui/library/start_page.h"

namespace lectern::ui {

class HandbookTest : public QObject {
    Q_OBJECT

  private slots:
    void fromStartPageToMap() {
        WindowDriver driver(temporaryPath(QStringLiteral("handbook")));
        QTest::mouseClick(driver.window().findChild<StartPage*>()->sampleButton(), Qt::LeftButton);
        QVERIFY(driver.tab() != nullptr);
        readAskAndFollow(driver, QStringLiteral("Who was the leader of the rent strike?"));
    }

    void restoredWithoutReading() {
        WindowDriver driver(temporaryPath(QStringLiteral("handbook")));
        QElapsedTimer clock;
        clock.start();
        driver.window().openSample();
        QVERIFY(driver.waitForStage(AskStatus::Stage::Ready));
        qInfo("ready again after %lld ms: %s", clock.elapsed(), qPrintable(driver.askPanel().status().detail));
        QVERIFY(driver.askPanel().status().detail.startsWith(QStringLiteral("Restored")));
        QTRY_COMPARE(driver.ask()->turns().size(), size_t{1});
        QVERIFY(driver.ask()->reading().trace() != nullptr);
        QVERIFY(driver.ask()->reading().trace()->blockCount() > 0);
    }
};

LECTERN_UI_TEST(HandbookTest);

}  // namespace lectern::ui

#include "handbook_test.moc"
