#pragma once
// The user's own shortcuts, kept in the settings under the actions' object names.

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QList>

#include "app/settings/settings.h"

namespace lectern::ui {

/// Remembers every action's own shortcut and puts the user's in its place. The actions outlive the store.
class ShortcutStore {
  public:
    /// Actions without an object name cannot be stored and are left out.
    ShortcutStore(app::Settings& settings, const QList<QAction*>& actions);

    const QList<QAction*>& actions() const { return m_actions; }
    QKeySequence standard(const QAction* action) const { return m_standard.value(action); }
    bool isChanged(const QAction* action) const { return action->shortcut() != standard(action); }
    /// The other action that has these keys; null when they are free.
    QAction* holder(const QKeySequence& keys, const QAction* besides) const;
    void set(QAction* action, const QKeySequence& keys);
    void resetAll();

  private:
    void save();

    app::Settings& m_settings;
    QList<QAction*> m_actions;
    QHash<const QAction*, QKeySequence> m_standard;
};

}  // namespace lectern::ui
