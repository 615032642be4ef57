#pragma once
// Every action with its keys, to be changed.

#include <QWidget>

class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace lectern::ui {

class ShortcutStore;

/// Keys that another action has are refused with its name.
class ShortcutsPage : public QWidget {
    Q_OBJECT

  public:
    /// `store` may be null where there are no actions; it outlives the page.
    explicit ShortcutsPage(ShortcutStore* store, QWidget* parent = nullptr);

    QTreeWidget* table() const { return m_table; }
    QKeySequenceEdit* keyField() const { return m_keys; }
    QString message() const;
    void setFilter(const QString& text);
    bool matches(const QString& text) const;
    void resetAll();

  private:
    void fill();
    void showCurrent();
    void apply();

    ShortcutStore* m_store;
    QTreeWidget* m_table;
    QKeySequenceEdit* m_keys;
    QPushButton* m_clear;
    QPushButton* m_standard;
    QLabel* m_message;
};

}  // namespace lectern::ui
