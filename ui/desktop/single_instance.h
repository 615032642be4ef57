#pragma once
// One Lectern per session: a second start hands its files to the first by D-Bus (org.freedesktop.Application).

#include <QDBusAbstractAdaptor>
#include <QObject>
#include <QStringList>
#include <QVariantMap>

namespace lectern::ui {

/// Owns the name org.lectern.Lectern on the session bus, or has handed over to the program that does. Without a session
/// bus every start stands alone. Lives on the GUI thread; the bus is a local socket, nothing leaves the computer.
class SingleInstance : public QObject {
    Q_OBJECT

  public:
    enum class Role {
        First,       ///< owns the name: show a window and listen to opened() and activated()
        HandedOver,  ///< the first one has been told: end
        Alone        ///< no bus, or the first one does not answer: show a window
    };

    explicit SingleInstance(QObject* parent = nullptr);

    /// Takes the name, or sends `paths` (made absolute; none: only to the front) to who has it.
    Role start(const QStringList& paths);

  signals:
    void opened(const QStringList& paths, const QString& activationToken);
    void activated(const QString& activationToken);
};

/// What is exported on the bus.
class ApplicationAdaptor : public QDBusAbstractAdaptor {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Application")

  public:
    explicit ApplicationAdaptor(SingleInstance* owner) : QDBusAbstractAdaptor(owner), m_owner(owner) {}

  public slots:
    void Activate(const QVariantMap& platformData);
    void Open(const QStringList& uris, const QVariantMap& platformData);
    void ActivateAction(const QString& name, const QVariantList& parameters, const QVariantMap& platformData);

  private:
    SingleInstance* m_owner;
};

}  // namespace lectern::ui
