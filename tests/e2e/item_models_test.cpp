// Every item model of the window under a QAbstractItemModelTester while the program fills, sorts, filters, checks and
// empties it.
#include <QAbstractItemModelTester>
#include <QAbstractProxyModel>
#include <QCheckBox>
#include <QDockWidget>
#include <QFile>
#include <QHeaderView>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTableView>
#include <QTreeView>

#include "tests/e2e/support/window_driver.h"
#include "ui/attention/map_canvas.h"
#include "ui/library/library_model.h"
#include "ui/library/library_panel.h"
#include "ui/models/model_list.h"
#include "ui/models/models_dialog.h"
#include "ui/opening/document_opener.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/reader/find_bar.h"
#include "ui/reader/search_hit_model.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/main_actions.h"
#include "ui/training/evaluation_dialog.h"
#include "ui/training/plot_card.h"

namespace lectern::ui {
namespace {

QString write(const QString& name, const QByteArray& text) {
    const QString path = temporaryPath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? path : QString();
}

QByteArray passkey(int context) {
    return R"({"task": "passkey", "context": )" + QByteArray::number(context) +
           R"(, "depths": [{"depth": 0, "trials": 2, "correct": 1}, {"depth": 1, "trials": 2, "correct": 2}]})";
}

QByteArray perplexity(int buckets) {
    QByteArray list;
    for (int i = 0; i < buckets; ++i) {
        list += QStringLiteral("%1{\"begin\":%2,\"end\":%3,\"tokens\":10,\"perplexity\":%4}")
                    .arg(i == 0 ? QString() : QStringLiteral(","))
                    .arg(1024 * i)
                    .arg(1024 * (i + 1))
                    .arg(20 - i)
                    .toUtf8();
    }
    return R"({"task":"perplexity","context":8192,"blockwise":{"buckets":[)" + list + "]}}";
}

}  // namespace

/// Puts a tester on each model of the program, and on the proxies before it, as soon as a view shows it.
class ModelWatch : public QObject {
  public:
    ModelWatch() {
        m_look.callOnTimeout(this, &ModelWatch::look);
        m_look.start(10);
    }
    void look() {
        for (const QWidget* widget : QApplication::allWidgets()) {
            if (const auto* view = qobject_cast<const QAbstractItemView*>(widget)) {
                watch(view->model());
            }
        }
    }
    QStringList classes() const {
        QStringList names(m_classes.begin(), m_classes.end());
        names.sort();
        return names;
    }

  private:
    void watch(QAbstractItemModel* model) {
        QVector<QAbstractItemModel*> chain;
        for (QAbstractItemModel* each = model; each != nullptr;) {
            chain.push_back(each);
            auto* proxy = qobject_cast<QAbstractProxyModel*>(each);
            each = proxy == nullptr ? nullptr : proxy->sourceModel();
        }
        // Qt tests its own.
        const QString name = chain.isEmpty() ? QString() : QLatin1String(chain.back()->metaObject()->className());
        if (!name.startsWith(QLatin1String("lectern::"))) {
            return;
        }
        m_classes.insert(name.section(QStringLiteral("::"), -1));
        for (QAbstractItemModel* each : chain) {
            if (each->findChild<QAbstractItemModelTester*>(QString(), Qt::FindDirectChildrenOnly) == nullptr) {
                new QAbstractItemModelTester(each, QAbstractItemModelTester::FailureReportingMode::Fatal, each);
            }
        }
    }

    QTimer m_look;
    QSet<QString> m_classes;
};

class ItemModelsTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
        m_watch = std::make_unique<ModelWatch>();
        const QString chapter = temporaryPath(QStringLiteral("six-lights.md"));
        QVERIFY(QFile::copy(sampleFile(QStringLiteral("corrin-handbook/05-six-lights.md")), chapter));
        window().open({chapter});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        m_driver->askPanel().readButton()->click();
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Ready));
        m_chapter = m_driver->tab();
    }
    void cleanupTestCase() {
        m_driver.reset();
        m_watch.reset();
    }

    void mapTables() {
        AttentionPanel& panel = *window().attentionPanel();
        m_driver->askByKeyboard(QStringLiteral("Who was the architect of the Gull Point lighthouse?"));
        QVERIFY(m_driver->waitForAnswer());
        window().findChild<QAction*>(QStringLiteral("attention.table"))->trigger();
        for (const MapLayer layer : {MapLayer::Document, MapLayer::Answer}) {
            panel.setLayer(layer);
            QTRY_VERIFY(!panel.isLoading());
            m_watch->look();
            panel.canvas()->selectBlock(0);
            for (QTableView* table : panel.findChildren<QTableView*>()) {
                for (int column = 0; column < table->model()->columnCount(); ++column) {
                    table->sortByColumn(column, column % 2 == 0 ? Qt::AscendingOrder : Qt::DescendingOrder);
                }
            }
            panel.canvas()->selectBlock(-1);
        }
        panel.chooseAnswerTokens({});
        m_driver->askByKeyboard(QStringLiteral("When was it built?"));
        QVERIFY(m_driver->waitForAnswer());
        QTRY_VERIFY(!panel.isLoading());
    }

    void pagesHitsAndContents() {
        raise("thumbnails");
        window().openSample();
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        raise("contents");
        m_watch->look();
        auto* filter = window().dock(QStringLiteral("contents"))->findChild<QLineEdit*>();
        for (const char* text : {"light", "zzyzx", ""}) {
            filter->setText(QLatin1String(text));
            QTest::qWait(20);
        }
        raise("search");
        m_driver->tab()->find();
        for (const char* text : {"lighthouse", "the", "zzyzx"}) {
            m_driver->tab()->findBar()->field()->setText(QLatin1String(text));
            QTest::qWait(600);
        }
        m_driver->tab()->findBar()->hide();
        raise("contents");
        m_driver->documents().setCurrentWidget(m_chapter);
        QTest::qWait(100);
    }

    void library() {
        raise("library");
        auto* panel = window().findChild<LibraryPanel*>();
        m_watch->look();
        QVERIFY(panel->list()->model()->rowCount() == 2);
        panel->filterField()->setText(QStringLiteral("handbook"));
        QCOMPARE(panel->list()->model()->rowCount(), 1);
        const QString another = write(QStringLiteral("oil.txt"), "The price of lamp oil.\n");
        window().open({another});
        QVERIFY(m_driver->waitForStage(AskStatus::Stage::Unread));
        panel->filterField()->clear();
        QTRY_COMPARE(panel->list()->model()->rowCount(), 3);
        m_driver->documents().close(m_driver->tab());
        QVERIFY(
            m_driver->services().settings.setValue(QStringLiteral("model/current"), QStringLiteral("/no.gguf")).ok());
        QVERIFY(m_driver->services().settings.setValue(QStringLiteral("model/current"), QString()).ok());
        QTest::qWait(100);
    }

    void tokenTree() {
        for (const char* name : {"src/a.cpp", "src/deep/b.cpp", "node_modules/c.js", "package-lock.json"}) {
            QVERIFY(!write(QStringLiteral("project/") + QLatin1String(name), QByteArray("int x = 1;\n").repeated(20))
                         .isEmpty());
        }
        window().findChild<DocumentOpener*>()->check({temporaryPath(QStringLiteral("project"))});
        auto* sheet = window().findChild<PreflightSheet*>();
        m_watch->look();
        QVERIFY(m_driver->waitFor([&] { return sheet->isDone(); }));
        QTreeView& tree = *sheet->tokenTree();
        tree.expandAll();
        for (int column = 0; column < tree.model()->columnCount(); ++column) {
            tree.sortByColumn(column, Qt::DescendingOrder);
        }
        tree.setCurrentIndex(tree.model()->index(0, 0));
        QTest::keyClick(&tree, Qt::Key_Space);
        QTest::keyClick(&tree, Qt::Key_Space);
        sheet->vendoredBox()->click();
        QVERIFY(m_driver->waitFor([&] { return sheet->isDone(); }));
        sheet->reject();
    }

    void modelList() {
        window().actions().models->trigger();
        auto* dialog = window().findChild<ModelsDialog*>();
        m_watch->look();
        QVERIFY(m_driver->waitFor([&] { return dialog->list()->rowCount() > 0; }));
        const QString folder = temporaryPath(QStringLiteral("models"));
        QVERIFY(!write(QStringLiteral("models/qwen/config.json"), R"({"model_type": "qwen2"})").isEmpty());
        QVERIFY(m_driver->services().settings.setValue(QStringLiteral("model/folders"), QStringList{folder}).ok());
        dialog->refresh();
        QVERIFY(m_driver->waitFor([&] { return dialog->list()->rowCount() > 1; }));
        QVERIFY(m_driver->services().settings.setValue(QStringLiteral("model/folders"), QStringList()).ok());
        dialog->refresh();
        QVERIFY(m_driver->waitFor([&] { return dialog->list()->rowCount() == 1; }));
        dialog->close();
    }

    void measurements() {
        window().actions().evaluate->trigger();
        auto* dialog = window().findChild<EvaluationDialog*>();
        m_watch->look();
        const QString small = write(QStringLiteral("small.json"), passkey(4096));
        QVERIFY(dialog->openFiles({small, write(QStringLiteral("large.json"), passkey(65536))}).ok());
        QVERIFY(dialog->openFiles({small}).ok());
        for (const int buckets : {3, 1, 5}) {
            QVERIFY(dialog->openFiles({write(QStringLiteral("perplexity.json"), perplexity(buckets))}).ok());
            dialog->curve()->showTable(buckets != 1);
            m_watch->look();
        }
        dialog->close();
    }

    void noModelIsForgotten() {
        // A new model of the window stands here, and is shown by one of the tests above.
        const QStringList all{"AnswerTokenModel", "LibraryModel",   "ModelList",        "NominationTableModel",
                              "OutlineModel",     "PlotTable",      "RegionTableModel", "RetrievalTable",
                              "SearchHitModel",   "ThumbnailModel", "TokenTreeModel"};
        QCOMPARE(m_watch->classes(), all);
    }

  private:
    MainWindow& window() { return m_driver->window(); }
    void raise(const char* dock) {
        window().dock(QLatin1String(dock))->show();
        window().dock(QLatin1String(dock))->raise();
    }

    std::unique_ptr<WindowDriver> m_driver;
    std::unique_ptr<ModelWatch> m_watch;
    ReaderTab* m_chapter = nullptr;
};

LECTERN_UI_TEST(ItemModelsTest);

}  // namespace lectern::ui

#include "item_models_test.moc"
