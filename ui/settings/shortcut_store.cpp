#include "ui/settings/shortcut_store.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace lectern::ui {
namespace {
constexpr auto kKey = "window/shortcuts";
}  // namespace

ShortcutStore::ShortcutStore(app::Settings& settings, const QList<QAction*>& actions) : m_settings(settings) {
    const QJsonObject stored = QJsonDocument::fromJson(settings.bytes(QString::fromLatin1(kKey))).object();
    for (QAction* action : actions) {
        if (action->objectName().isEmpty()) {
            continue;
        }
        m_actions << action;
        m_standard.insert(action, action->shortcut());
        const QJsonValue own = stored.value(action->objectName());
        if (own.isString()) {
            action->setShortcut(QKeySequence(own.toString(), QKeySequence::PortableText));
        }
    }
}

QAction* ShortcutStore::holder(const QKeySequence& keys, const QAction* besides) const {
    for (QAction* action : m_actions) {
        if (action != besides && !keys.isEmpty() && action->shortcuts().contains(keys)) {
            return action;
        }
    }
    return nullptr;
}

void ShortcutStore::set(QAction* action, const QKeySequence& keys) {
    action->setShortcut(keys);
    save();
}

void ShortcutStore::resetAll() {
    for (QAction* action : m_actions) {
        action->setShortcut(standard(action));
    }
    save();
}

void ShortcutStore::save() {
    QJsonObject stored;
    for (const QAction* action : m_actions) {
        if (isChanged(action)) {
            stored.insert(action->objectName(), action->shortcut().toString(QKeySequence::PortableText));
        }
    }
    // A settings file that cannot be written is told by whoever changes an ordinary setting; the keys work meanwhile.
    (void)m_settings.setValue(QString::fromLatin1(kKey), QJsonDocument(stored).toJson(QJsonDocument::Compact));
}

}  // namespace lectern::ui
