#include "ui/desktop/single_instance.h"

#include <QDBusConnection>
#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDir>
#include <QUrl>

namespace lectern::ui {
namespace {

constexpr const char* kName = "org.lectern.Lectern";
constexpr const char* kPath = "/org/lectern/Lectern";
constexpr const char* kInterface = "org.freedesktop.Application";
constexpr int kAnswerTimeoutMs = 5000;
constexpr qsizetype kMaximumFiles = 1000;

/// The desktop's word that this start was a user's wish, so that the first window may come to the front.
QVariantMap platformData() {
    QVariantMap data;
    for (const auto& [variable, key] : {std::pair("XDG_ACTIVATION_TOKEN", "activation-token"),
                                        std::pair("DESKTOP_STARTUP_ID", "desktop-startup-id")}) {
        if (const QByteArray value = qgetenv(variable); !value.isEmpty()) {
            data.insert(QLatin1String(key), QString::fromLocal8Bit(value));
        }
    }
    return data;
}

QString tokenOf(const QVariantMap& data) {
    return data.value(QStringLiteral("activation-token"), data.value(QStringLiteral("desktop-startup-id"))).toString();
}

}  // namespace

SingleInstance::SingleInstance(QObject* parent) : QObject(parent) {
    new ApplicationAdaptor(this);
}

SingleInstance::Role SingleInstance::start(const QStringList& paths) {
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) {
        return Role::Alone;
    }
    // The object comes before the name: who sees the name may call at once.
    bus.registerObject(QLatin1String(kPath), this, QDBusConnection::ExportAdaptors);
    if (bus.registerService(QLatin1String(kName))) {
        return Role::First;
    }
    QStringList uris;
    for (const QString& path : paths) {
        uris.append(QUrl::fromLocalFile(QDir::current().absoluteFilePath(path)).toString(QUrl::FullyEncoded));
    }
    QDBusMessage call =
        QDBusMessage::createMethodCall(QLatin1String(kName), QLatin1String(kPath), QLatin1String(kInterface),
                                       uris.isEmpty() ? QStringLiteral("Activate") : QStringLiteral("Open"));
    if (!uris.isEmpty()) {
        call << uris;
    }
    call << platformData();
    const QDBusMessage answer = bus.call(call, QDBus::Block, kAnswerTimeoutMs);
    return answer.type() == QDBusMessage::ReplyMessage ? Role::HandedOver : Role::Alone;
}

void ApplicationAdaptor::Activate(const QVariantMap& data) {
    emit m_owner->activated(tokenOf(data));
}

void ApplicationAdaptor::Open(const QStringList& uris, const QVariantMap& data) {
    QStringList paths;
    for (const QString& uri : uris.mid(0, kMaximumFiles)) {
        const QUrl url(uri);
        if (url.isLocalFile()) {
            paths.append(url.toLocalFile());
        }
    }
    emit m_owner->opened(paths, tokenOf(data));
}

void ApplicationAdaptor::ActivateAction(const QString&, const QVariantList&, const QVariantMap& data) {
    emit m_owner->activated(tokenOf(data));
}

}  // namespace lectern::ui
