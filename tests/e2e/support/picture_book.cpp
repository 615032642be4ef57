#include "tests/e2e/support/picture_book.h"

#include <QDockWidget>
#include <QPushButton>
#include <QTranslator>

#include "tests/ui/support/screenshot.h"
#include "ui/reader/pdf_view.h"
#include "ui/services/language.h"

namespace lectern::ui {
namespace {

constexpr QSize kSmall(1024, 700), kMiddle(1920, 1080), kLarge(2560, 1440);
constexpr int kPrefillMs = 30 * 60 * 1000;

}  // namespace

bool PictureBook::begin() {
    if (qEnvironmentVariableIsEmpty("LECTERN_SCREENSHOTS")) {
        return false;
    }
    if (qApp->findChildren<QTranslator*>().isEmpty()) {
        installLanguage(*qApp, qEnvironmentVariable("LECTERN_SCREENSHOT_LANGUAGE", QStringLiteral("en")));
    }
    const QString kept = qEnvironmentVariable("LECTERN_SCREENSHOT_LIBRARY");
    m_driver = std::make_unique<WindowDriver>(kept.isEmpty() ? temporaryPath(QStringLiteral("library")) : kept);
    return true;
}

void PictureBook::shootAll(const char* scene) {
    shootAt(scene, {kSmall, kMiddle, kLarge});
}

void PictureBook::shootEnds(const char* scene) {
    shootAt(scene, {kSmall, kLarge});
}

void PictureBook::shootAt(const char* scene, std::initializer_list<QSize> sizes) {
    for (const QSize size : sizes) {
        window().resize(size);
        QTest::qWait(150);
        QCOMPARE(window().size(), size);
        if (driver().tab() != nullptr) {
            settle();
        }
        shoot(window(), QStringLiteral("%1-%2x%3").arg(QLatin1String(scene)).arg(size.width()).arg(size.height()));
    }
}

void PictureBook::raise(const char* dock) {
    window().dock(QLatin1String(dock))->show();
    window().dock(QLatin1String(dock))->raise();
}

void PictureBook::settle() {
    WindowDriver::waitFor([&] {
        auto* view = qobject_cast<PdfView*>(driver().tab()->view());
        return view == nullptr || view->isFullyDrawn();
    });
}

void PictureBook::openHandbook() {
    window().openSample();
    QVERIFY(WindowDriver::waitFor([&] {
        const auto stage = driver().askPanel().status().stage;
        return stage == AskStatus::Stage::Unread || stage == AskStatus::Stage::Ready;
    }));
    settle();
}

void PictureBook::readHandbook() {
    if (driver().askPanel().status().stage != AskStatus::Stage::Ready) {
        driver().askPanel().readButton()->click();
    }
    QVERIFY(driver().waitForStage(AskStatus::Stage::Ready, kPrefillMs));
}

}  // namespace lectern::ui
