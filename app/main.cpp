// `lectern`: puts the program together. The only file that sees app and ui.

#include <sys/socket.h>
#include <unistd.h>
#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QPointer>
#include <QSocketNotifier>
#include <csignal>
#include <cstdio>
#include <memory>
#include <vector>

#include "app/library/library.h"
#include "ui/desktop/single_instance.h"
#include "ui/main_window.h"
#include "ui/services/language.h"
#include "ui/services/stall_watchdog.h"
#include "ui/theme/theme.h"

#ifndef LECTERN_VERSION
#define LECTERN_VERSION "0"
#endif

namespace {

using namespace lectern;

int signalPipe[2] = {-1, -1};

extern "C" void onSignal(int) {
    const char byte = 1;
    static_cast<void>(write(signalPipe[1], &byte, 1));
}

/// Asked to end (log-out, Ctrl+C), the windows close as if the user had closed them.
void closeOnSignals(QApplication& application) {
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, signalPipe) != 0) {
        return;
    }
    auto* notifier = new QSocketNotifier(signalPipe[0], QSocketNotifier::Read, &application);
    QObject::connect(notifier, &QSocketNotifier::activated, &application, [notifier] {
        notifier->setEnabled(false);
        QApplication::closeAllWindows();
    });
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    std::signal(SIGHUP, onSignal);
}

/// Opens windows as they are asked for; each closes by itself.
class Windows {
  public:
    explicit Windows(ui::Services& services) : m_services(services) {}

    ui::MainWindow* add() {
        auto* window = new ui::MainWindow(m_services);
        window->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(window, &ui::MainWindow::newWindowRequested, [this] { add(); });
        window->show();
        return window;
    }

    /// The window the user had last, in front of the others; a new one where there is none.
    ui::MainWindow* toFront() {
        for (QWidget* widget : QApplication::topLevelWidgets()) {
            auto* window = qobject_cast<ui::MainWindow*>(widget);
            if (window != nullptr && (m_last == nullptr || window->isActiveWindow())) {
                m_last = window;
            }
        }
        if (m_last == nullptr) {
            m_last = add();
        }
        m_last->setWindowState(m_last->windowState() & ~Qt::WindowMinimized);
        m_last->raise();
        m_last->activateWindow();
        return m_last;
    }

  private:
    ui::Services& m_services;
    QPointer<ui::MainWindow> m_last;
};

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("lectern"));
    QApplication::setApplicationDisplayName(QStringLiteral("Lectern"));
    QApplication::setApplicationVersion(QStringLiteral(LECTERN_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("org.lectern.Lectern"));

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Read and question documents longer than any chat window."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("files"), QStringLiteral("Files and folders to open."),
                                 QStringLiteral("[FILE|FOLDER]..."));
    const QCommandLineOption stalls(QStringLiteral("report-stalls"),
                                    QStringLiteral("Say on standard error how long the window did not react."));
    parser.addOption(stalls);
    const QCommandLineOption separate(QStringLiteral("new-instance"),
                                      QStringLiteral("Start a program of its own beside one that runs."));
    parser.addOption(separate);
    parser.process(application);

    // A start with a data folder of its own has nothing to do with the program that runs on the user's.
    const bool alone = parser.isSet(separate) || qEnvironmentVariableIsSet("LECTERN_DATA_DIR");
    ui::SingleInstance instance;
    if (!alone && instance.start(parser.positionalArguments()) == ui::SingleInstance::Role::HandedOver) {
        return 0;
    }
    const auto directory = app::dataDirectory();
    if (!directory) {
        std::fprintf(stderr, "lectern: %s\n", directory.error().message.c_str());
        return 1;
    }
    ui::Services services(*directory);
    ui::installLanguage(application, services.settings.text(QStringLiteral("general/language")));
    const auto theme = [&] {
        ui::applyTheme(application, ui::themeChoiceFromName(services.settings.text(QStringLiteral("general/theme"))));
    };
    theme();
    QObject::connect(&services.settings, &app::Settings::changed, &application, [&](const QString& key) {
        if (key == QLatin1String("general/theme")) {
            theme();
        }
    });
    ui::StallWatchdog watchdog;
    if (parser.isSet(stalls)) {
        QObject::connect(&watchdog, &ui::StallWatchdog::stalled,
                         [](int milliseconds) { std::fprintf(stderr, "stall: %d ms\n", milliseconds); });
        watchdog.start();
    }
    closeOnSignals(application);
    Windows windows(services);
    QObject::connect(&instance, &ui::SingleInstance::opened, &application,
                     [&](const QStringList& paths) { windows.toFront()->open(paths); });
    QObject::connect(&instance, &ui::SingleInstance::activated, &application, [&] { windows.toFront(); });
    ui::MainWindow* window = windows.add();
    parser.positionalArguments().isEmpty() ? window->reopen() : window->open(parser.positionalArguments());
    window->resumeUnfinished();
    if (!services.settings.boolean(QStringLiteral("general/tour_done"))) {
        window->startTour();
    }
    return QApplication::exec();
}
