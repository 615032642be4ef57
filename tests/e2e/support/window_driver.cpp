#include "tests/e2e/support/window_driver.h"

#include <QDir>
#include <QEventLoop>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QTextBlock>
#include <QTimer>

#include "ui/ask/answer_view.h"
#include "ui/ask/transcript_view.h"
#include "ui/ask/turn_card.h"

namespace lectern::ui {

WindowDriver::WindowDriver(const QString& dataDirectory, QSize size) {
    QDir().mkpath(dataDirectory);
    m_services = std::make_unique<Services>(dataDirectory.toStdString());
    m_window = std::make_unique<MainWindow>(*m_services);
    // Pictures of one and the same test on other screens: LECTERN_WINDOW_SIZE=2560x1440.
    const QStringList wanted = qEnvironmentVariable("LECTERN_WINDOW_SIZE").split(QLatin1Char('x'));
    m_window->resize(wanted.size() == 2 ? QSize(wanted[0].toInt(), wanted[1].toInt()) : size);
    m_window->show();
    static_cast<void>(QTest::qWaitForWindowExposed(m_window.get()));
    m_watchdog.start();
}

WindowDriver::~WindowDriver() {
    m_watchdog.stop();
    m_window.reset();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    m_services.reset();
}

bool WindowDriver::waitFor(const std::function<bool()>& condition, int timeoutMs) {
    // As the program waits, in an event loop: QTest::qWaitFor sleeps between its looks, which the watchdog would count.
    constexpr int kLookMs = 5;
    if (condition()) {
        return true;
    }
    QEventLoop loop;
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        if (condition()) {
            loop.quit();
        }
    });
    look.start(kLookMs);
    QTimer::singleShot(timeoutMs, &loop, &QEventLoop::quit);
    loop.exec();
    return condition();
}

bool WindowDriver::waitForStage(AskStatus::Stage stage, int timeoutMs) {
    return waitFor([&] { return askPanel().status().stage == stage; }, timeoutMs);
}

void WindowDriver::askByKeyboard(const QString& question) {
    askPanel().focusQuestion();
    QTest::keyClicks(askPanel().questionField(), question);
    QTest::keyClick(askPanel().questionField(), Qt::Key_Return);
}

bool WindowDriver::waitForAnswer(int timeoutMs) {
    return waitFor([&] { return ask() != nullptr && !ask()->turns().empty() && !ask()->isAnswering(); }, timeoutMs);
}

int WindowDriver::chipCount() {
    TurnCard* card = askPanel().transcript()->card(askPanel().transcript()->cardCount() - 1);
    return card == nullptr ? 0 : card->answerView()->chipCount();
}

bool WindowDriver::clickChip(int chip) {
    TranscriptView* transcript = askPanel().transcript();
    AnswerView* answer = transcript->card(transcript->cardCount() - 1)->answerView();
    if (chip >= answer->chipCount()) {
        return false;
    }
    const int position = answer->chipPosition(chip);
    QTextCursor before(answer->document()), after(answer->document());
    before.setPosition(position);
    after.setPosition(position + 1);
    const QPoint middle = (answer->cursorRect(before).center() + answer->cursorRect(after).center()) / 2;
    transcript->ensureWidgetVisible(answer);
    QTest::mouseMove(answer->viewport(), middle);
    QTest::mouseClick(answer->viewport(), Qt::LeftButton, {}, middle);
    return true;
}

int WindowDriver::reportStalls(const char* during) {
    // A stall that ended just now is counted by the tick that it held up.
    QCoreApplication::processEvents();
    const int longest = m_watchdog.longestMs();
    qInfo("GUI thread during %s: longest stall %d ms, %d over %d ms; without waiting for a processor %d ms, %d over",
          during, longest, m_watchdog.count(), StallWatchdog::kLimitMs, m_watchdog.longestOwnMs(),
          m_watchdog.ownCount());
    m_watchdog.start();
    return longest;
}

QString sampleFile(const QString& name) {
    return QStringLiteral(LECTERN_SOURCE_DIR "/resources/samples/") + name;
}

}  // namespace lectern::ui
