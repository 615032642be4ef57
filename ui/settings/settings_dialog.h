#pragma once
// The settings, made from the typed table: one page per group, a search over all of them.

#include <QDialog>
#include <vector>

#include "ui/services/services.h"

class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace lectern::ui {

class SettingRow;
class ShortcutsPage;
class ShortcutStore;
class StoragePage;

/// Changes take effect at once; there is nothing to apply. Not modal.
class SettingsDialog : public QDialog {
    Q_OBJECT

  public:
    enum Page { General, Reading, Model, Attention, Storage, Shortcuts, Privacy, PageCount };

    /// `shortcuts` may be null; it outlives the dialog.
    SettingsDialog(Services& services, ShortcutStore* shortcuts, QWidget* parent = nullptr);

    void showPage(Page page);
    QLineEdit* searchField() const { return m_search; }
    QListWidget* pageList() const { return m_pages; }
    QPushButton* defaultsButton() const { return m_defaults; }
    StoragePage* storagePage() const { return m_storage; }
    ShortcutsPage* shortcutsPage() const { return m_shortcuts; }
    SettingRow* rowOf(const QString& key) const;

  signals:
    /// Saved contexts or documents were cleared.
    void storageCleared();

  private:
    struct PageParts {
        QWidget* page = nullptr;
        QVBoxLayout* layout = nullptr;
        std::vector<SettingRow*> rows;
    };
    PageParts addPage(const QString& title, const QString& iconName, const QString& sentence);
    void addRows(PageParts& page, const QString& group);
    QWidget* buildPrivacy();
    void filter(const QString& text);
    void restoreDefaults();

    Services& m_services;
    std::vector<PageParts> m_parts;
    QLineEdit* m_search;
    QListWidget* m_pages;
    QStackedWidget* m_stack;
    QPushButton* m_defaults;
    QLabel* m_message;
    StoragePage* m_storage = nullptr;
    ShortcutsPage* m_shortcuts = nullptr;
};

}  // namespace lectern::ui
