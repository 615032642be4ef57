// Library panel and start page over a real library, a real ingest queue and real files.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>

#include "tests/ui/support/screenshot.h"
#include "tests/ui/support/ui_test.h"
#include "ui/library/library_panel.h"
#include "ui/library/start_page.h"

namespace lectern::ui {
namespace {

QString writeText(const QString& name, const QString& text) {
    const QString path = temporaryPath(name);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) {
        return {};
    }
    file.write(text.toUtf8());
    return path;
}

std::filesystem::path freshDirectory(const QString& name) {
    const QString path = temporaryPath(name);
    QDir().mkpath(path);
    return path.toStdString();
}

}  // namespace

class LibraryTest : public QObject {
    Q_OBJECT

  private slots:
    void statesFollowFileAndContext();
    void filterAndActions();
    void removeAsksFirst();
    void startPage();
};

/// A library with three texts; the third file is deleted afterwards.
class Shelf {
  public:
    explicit Shelf(const QString& name) : services(freshDirectory(name)), shelf(services) {
        QSignalSpy finished(&services.ingest, &app::IngestQueue::finished);
        for (const QString& title : {name + QStringLiteral("-tide-tables"), name + QStringLiteral("-lamp-oil"),
                                     name + QStringLiteral("-gone")}) {
            paths << writeText(title + QStringLiteral(".txt"), title + QStringLiteral(" is a text of some length.\n"));
            services.ingest.add(paths.last().toStdString());
        }
        const auto done = [&] { return finished.size() == 3; };
        complete = QTest::qWaitFor(done, 20000);
        QFile::remove(paths[2]);
        reload();
    }
    void reload() {
        QSignalSpy loaded(&shelf, &LibraryShelf::loaded);
        shelf.refresh();
        loaded.wait(5000);
    }
    app::DocumentId idOf(int path) const {
        for (int row = 0; row < const_cast<LibraryShelf&>(shelf).model()->rowCount(); ++row) {
            const auto& record = const_cast<LibraryShelf&>(shelf).model()->documentAt(row).record;
            if (QString::fromStdString(record.header.sourcePath) == paths[path]) {
                return record.id;
            }
        }
        return 0;
    }
    Services services;
    LibraryShelf shelf;
    QStringList paths;
    bool complete = false;
};

void LibraryTest::statesFollowFileAndContext() {
    Shelf fixture(QStringLiteral("states"));
    LibraryModel* model = fixture.shelf.model();
    const QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QCOMPARE(model->rowCount(), 3);
    const auto state = [&](int path) { return model->stateAt(model->rowOf(fixture.idOf(path))); };
    QCOMPARE(state(0), ShelfState::NeedsPrefill);
    QCOMPARE(state(2), ShelfState::Missing);

    // The default model reads the first document; its saved context makes it ready.
    QSignalSpy ready(&fixture.services.engine, &app::AskEngine::ready);
    QSignalSpy failed(&fixture.services.engine, &app::AskEngine::failed);
    app::AskSessionOptions options;
    options.snapshotFolder = app::contextsFolder(fixture.services.dataDirectory);
    fixture.services.engine.open({fixture.idOf(0)}, options);
    QTRY_VERIFY_WITH_TIMEOUT(!ready.isEmpty() || !failed.isEmpty(), 60000);
    QVERIFY(failed.isEmpty());
    fixture.services.engine.close();
    fixture.reload();
    QCOMPARE(state(0), ShelfState::Ready);
    QCOMPARE(state(1), ShelfState::NeedsPrefill);
    QVERIFY(model->documentAt(model->rowOf(fixture.idOf(0))).tokensCounted);

    // Another model has not read it.
    QVERIFY(fixture.services.settings.setValue(QStringLiteral("model/current"), QStringLiteral("/another/model.gguf")));
    QTRY_COMPARE(state(0), ShelfState::NeedsPrefill);
    QVERIFY(fixture.services.settings.setValue(QStringLiteral("model/current"), QString()));
    QTRY_COMPARE(state(0), ShelfState::Ready);

    // While it is read again the row says so.
    model->setReading(fixture.paths[1], 0.25);
    QCOMPARE(state(1), ShelfState::BeingRead);
    QCOMPARE(model->index(model->rowOf(fixture.idOf(1)), 0).data(LibraryModel::ProgressRole).toDouble(), 0.25);
    model->setReading(fixture.paths[1], -1);
    QCOMPARE(state(1), ShelfState::NeedsPrefill);

    QSignalSpy forgotten(&fixture.shelf, &LibraryShelf::contextForgotten);
    fixture.shelf.forgetSavedContext(fixture.idOf(0));
    QTRY_COMPARE(forgotten.size(), 1);
    QVERIFY(forgotten[0][1].toLongLong() > 0);
    QTRY_COMPARE(state(0), ShelfState::NeedsPrefill);
}

void LibraryTest::filterAndActions() {
    Shelf fixture(QStringLiteral("actions"));
    LibraryPanel panel(fixture.shelf);
    panel.resize(320, 400);
    panel.show();
    QSignalSpy opened(&panel, &LibraryPanel::openRequested);
    QCOMPARE(panel.list()->model()->rowCount(), 3);
    QVERIFY(!panel.openAction()->isEnabled());
    QTest::keyClicks(panel.filterField(), QStringLiteral("LAMP"));
    QCOMPARE(panel.list()->model()->rowCount(), 1);
    panel.list()->setCurrentIndex(panel.list()->model()->index(0, 0));
    QVERIFY(panel.openAction()->isEnabled());
    QVERIFY(!panel.forgetAction()->isEnabled());
    QTest::keyClick(panel.list(), Qt::Key_Return);
    QTRY_COMPARE(opened.size(), 1);
    QCOMPARE(opened[0][0].toString(), fixture.paths[1]);
    panel.filterField()->setText(QStringLiteral("gone"));
    panel.list()->setCurrentIndex(panel.list()->model()->index(0, 0));
    QVERIFY(!panel.openAction()->isEnabled());
    QVERIFY(panel.removeAction()->isEnabled());
    panel.filterField()->clear();
    QCOMPARE(panel.list()->model()->rowCount(), 3);
    shoot(panel, QStringLiteral("library-panel"));
}

void LibraryTest::removeAsksFirst() {
    Shelf fixture(QStringLiteral("remove"));
    LibraryPanel panel(fixture.shelf);
    panel.resize(320, 400);
    panel.show();
    panel.filterField()->setText(QStringLiteral("lamp"));
    panel.list()->setCurrentIndex(panel.list()->model()->index(0, 0));
    const auto answer = [&](QMessageBox::ButtonRole role) {
        panel.removeAction()->trigger();
        auto* box = panel.findChild<QMessageBox*>();
        QVERIFY(box != nullptr);
        for (QAbstractButton* button : box->buttons()) {
            if (box->buttonRole(button) == role) {
                QTest::mouseClick(button, Qt::LeftButton);
            }
        }
        QTRY_VERIFY(panel.findChild<QMessageBox*>() == nullptr);
    };
    QSignalSpy removed(&fixture.shelf, &LibraryShelf::removed);
    answer(QMessageBox::RejectRole);
    QTest::qWait(50);
    QCOMPARE(fixture.shelf.model()->rowCount(), 3);
    answer(QMessageBox::DestructiveRole);
    QTRY_COMPARE(removed.size(), 1);
    QTRY_COMPARE(fixture.shelf.model()->rowCount(), 2);
    QVERIFY(QFile::exists(fixture.paths[1]));
}

void LibraryTest::startPage() {
    Shelf fixture(QStringLiteral("start"));
    StartPage page(fixture.shelf);
    page.resize(900, 640);
    page.show();
    QSignalSpy opened(&page, &StartPage::openRequested);
    QSignalSpy dropped(&page, &StartPage::pathsDropped);
    QTest::mouseClick(page.sampleButton(), Qt::LeftButton);
    QCOMPARE(opened.size(), 1);
    QVERIFY(QFile::exists(opened[0][0].toString()));
    page.recentList()->setCurrentIndex(page.recentList()->model()->index(2, 0));
    QTest::keyClick(page.recentList(), Qt::Key_Return);
    QTRY_COMPARE(opened.size(), 2);
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(fixture.paths[0]), QUrl(QStringLiteral("https://example.org/x"))});
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&page, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&page, &drop);
    QCOMPARE(dropped.size(), 1);
    QCOMPARE(dropped[0][0].toStringList(), QStringList{fixture.paths[0]});
    shoot(page, QStringLiteral("start-page"));
}

LECTERN_UI_TEST(LibraryTest);

}  // namespace lectern::ui

#include "library_test.moc"
