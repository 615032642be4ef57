// The settings dialog over the real table, library and files.
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTreeWidget>

#include "app/library/saved_contexts.h"
#include "tests/ui/support/screenshot.h"
#include "tests/ui/support/ui_test.h"
#include "ui/settings/setting_row.h"
#include "ui/settings/settings_dialog.h"
#include "ui/settings/shortcut_store.h"
#include "ui/settings/shortcuts_page.h"
#include "ui/settings/storage_page.h"

namespace lectern::ui {

class SettingsDialogTest : public QObject {
    Q_OBJECT

  private slots:
    void everySettingHasARow();
    void editsAreStoredAtOnce();
    void searchFindsAcrossPages();
    void defaultsArePerPage();
    void shortcutsAreKept();
    void storageIsMeasuredAndCleared();
    void pagesLookRight();

  private:
    static std::filesystem::path directory() {
        QDir().mkpath(temporaryPath(QStringLiteral("settings-data")));
        return temporaryPath(QStringLiteral("settings-data")).toStdString();
    }
};

void SettingsDialogTest::everySettingHasARow() {
    Services services(directory());
    const SettingsDialog dialog(services, nullptr);
    for (const app::SettingSpec& spec : app::settingSpecs()) {
        const QString key = QString::fromLatin1(spec.key);
        QCOMPARE(dialog.rowOf(key) != nullptr, spec.type != app::SettingType::Bytes);
    }
}

void SettingsDialogTest::editsAreStoredAtOnce() {
    Services services(directory());
    SettingsDialog dialog(services, nullptr);
    dialog.show();
    QSignalSpy changed(&services.settings, &app::Settings::changed);
    auto* theme = qobject_cast<QComboBox*>(dialog.rowOf(QStringLiteral("general/theme"))->editor());
    theme->setCurrentIndex(theme->findData(QStringLiteral("dark")));
    QCOMPARE(services.settings.text(QStringLiteral("general/theme")), QStringLiteral("dark"));
    QCOMPARE(changed.size(), 1);
    auto* font = qobject_cast<QSpinBox*>(dialog.rowOf(QStringLiteral("reading/code_font_points"))->editor());
    QVERIFY(services.settings.setValue(QStringLiteral("reading/code_font_points"), 14));
    QCOMPARE(font->value(), 14);
    QCOMPARE(app::Settings().text(QStringLiteral("general/theme")), QStringLiteral("dark"));
    // What does not validate is said and put back.
    auto* model = dialog.rowOf(QStringLiteral("model/current"))->editor()->findChild<QLineEdit*>();
    QSignalSpy refused(dialog.rowOf(QStringLiteral("model/current")), &SettingRow::refused);
    model->setText(QStringLiteral("relative/path"));
    emit model->editingFinished();
    QCOMPARE(refused.size(), 1);
    QCOMPARE(model->text(), QString());
}

void SettingsDialogTest::searchFindsAcrossPages() {
    Services services(directory());
    SettingsDialog dialog(services, nullptr);
    dialog.show();
    QTest::keyClicks(dialog.searchField(), QStringLiteral("code font"));
    QCOMPARE(dialog.pageList()->currentRow(), static_cast<int>(SettingsDialog::Reading));
    QVERIFY(dialog.rowOf(QStringLiteral("reading/code_font_points"))->isVisible());
    QVERIFY(dialog.rowOf(QStringLiteral("reading/layout"))->isHidden());
    QVERIFY(dialog.pageList()->item(SettingsDialog::General)->isHidden());
    dialog.searchField()->clear();
    QVERIFY(!dialog.pageList()->item(SettingsDialog::General)->isHidden());
    QVERIFY(!dialog.rowOf(QStringLiteral("reading/layout"))->isHidden());
}

void SettingsDialogTest::defaultsArePerPage() {
    Services services(directory());
    SettingsDialog dialog(services, nullptr);
    dialog.show();
    QVERIFY(services.settings.setValue(QStringLiteral("general/theme"), QStringLiteral("light")));
    QVERIFY(services.settings.setValue(QStringLiteral("reading/cache_mebibytes"), 64));
    dialog.showPage(SettingsDialog::Reading);
    QTest::mouseClick(dialog.defaultsButton(), Qt::LeftButton);
    QCOMPARE(services.settings.integer(QStringLiteral("reading/cache_mebibytes")), 256);
    QCOMPARE(services.settings.text(QStringLiteral("general/theme")), QStringLiteral("light"));
    dialog.showPage(SettingsDialog::Privacy);
    QVERIFY(!dialog.defaultsButton()->isEnabled());
}

void SettingsDialogTest::shortcutsAreKept() {
    Services services(directory());
    QAction open(QStringLiteral("&Open…")), find(QStringLiteral("&Find"));
    open.setObjectName(QStringLiteral("file.open"));
    open.setShortcut(QKeySequence(QStringLiteral("Ctrl+O")));
    find.setObjectName(QStringLiteral("edit.find"));
    find.setShortcut(QKeySequence(QStringLiteral("Ctrl+F")));
    {
        ShortcutStore store(services.settings, {&open, &find});
        SettingsDialog dialog(services, &store);
        dialog.show();
        dialog.showPage(SettingsDialog::Shortcuts);
        ShortcutsPage* page = dialog.shortcutsPage();
        page->table()->setCurrentItem(page->table()->topLevelItem(0));
        page->keyField()->setKeySequence(QKeySequence(QStringLiteral("Ctrl+F")));
        emit page->keyField()->editingFinished();
        QVERIFY(page->message().contains(QStringLiteral("Find")));
        QCOMPARE(open.shortcut(), QKeySequence(QStringLiteral("Ctrl+O")));
        page->keyField()->setKeySequence(QKeySequence(QStringLiteral("Ctrl+Shift+P")));
        emit page->keyField()->editingFinished();
        QCOMPARE(open.shortcut(), QKeySequence(QStringLiteral("Ctrl+Shift+P")));
        shoot(dialog, QStringLiteral("settings-shortcuts"));
    }
    open.setShortcut(QKeySequence(QStringLiteral("Ctrl+O")));
    ShortcutStore again(services.settings, {&open, &find});
    QCOMPARE(open.shortcut(), QKeySequence(QStringLiteral("Ctrl+Shift+P")));
    again.resetAll();
    QCOMPARE(open.shortcut(), QKeySequence(QStringLiteral("Ctrl+O")));
}

void SettingsDialogTest::storageIsMeasuredAndCleared() {
    Services services(directory());
    QFile text(temporaryPath(QStringLiteral("kept.txt")));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write(QByteArray("A text that is kept in the library. ").repeated(20000));
    text.close();
    QSignalSpy finished(&services.ingest, &app::IngestQueue::finished);
    services.ingest.add(text.fileName().toStdString());
    QTRY_COMPARE_WITH_TIMEOUT(finished.size(), 1, 20000);
    SettingsDialog dialog(services, nullptr);
    dialog.showPage(SettingsDialog::Storage);
    StoragePage* page = dialog.storagePage();
    QSignalSpy measured(page, &StoragePage::measured);
    dialog.show();
    QTRY_VERIFY(!measured.isEmpty());
    QVERIFY(page->usage().libraryBytes > 10000);
    QVERIFY(page->usage().freeBytes > 0);
    QVERIFY(!page->clearContextsButton()->isEnabled());
    shoot(dialog, QStringLiteral("settings-storage"));
    const int64_t before = page->usage().libraryBytes;
    QSignalSpy cleared(page, &StoragePage::cleared);
    QTest::mouseClick(page->clearLibraryButton(), Qt::LeftButton);
    auto* box = page->findChild<QMessageBox*>();
    QVERIFY(box != nullptr);
    for (QAbstractButton* button : box->buttons()) {
        if (box->buttonRole(button) == QMessageBox::DestructiveRole) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    QTRY_COMPARE(cleared.size(), 1);
    QTRY_VERIFY(page->usage().libraryBytes < before);
    QVERIFY(QFile::exists(text.fileName()));
}

void SettingsDialogTest::pagesLookRight() {
    Services services(directory());
    SettingsDialog dialog(services, nullptr);
    dialog.show();
    const QStringList names{QStringLiteral("general"), QStringLiteral("reading"), QStringLiteral("model"),
                            QStringLiteral("attention")};
    for (int page = 0; page < names.size(); ++page) {
        dialog.showPage(static_cast<SettingsDialog::Page>(page));
        shoot(dialog, QStringLiteral("settings-") + names[page]);
    }
    dialog.showPage(SettingsDialog::Privacy);
    shoot(dialog, QStringLiteral("settings-privacy"));
}

LECTERN_UI_TEST(SettingsDialogTest);

}  // namespace lectern::ui

#include "settings_dialog_test.moc"
