#pragma once
// Every action by name: type a few letters, press Return.

#include <QDialog>

class QAction;
class QLineEdit;
class QListView;
class QSortFilterProxyModel;
class QStandardItemModel;

namespace lectern::ui {

/// Shows the actions that can be triggered now, menu texts without mnemonics, shortcuts beside them. Made for one use.
class CommandPalette : public QDialog {
    Q_OBJECT

  public:
    explicit CommandPalette(const QList<QAction*>& actions, QWidget* parent = nullptr);

    QLineEdit* field() const { return m_field; }
    QListView* list() const { return m_list; }

  protected:
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void run(const QModelIndex& index);

    QLineEdit* m_field;
    QListView* m_list;
    QStandardItemModel* m_model;
    QSortFilterProxyModel* m_proxy;
};

}  // namespace lectern::ui
