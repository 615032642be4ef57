// Functions and classes of source files in the Contents panel.
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QTreeView>

#include "app/ingest/source_symbols.h"
#include "tests/app/support/app_test.h"
#include "tests/e2e/support/window_driver.h"
#include "tests/ui/support/screenshot.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/reader/outline_model.h"
#include "ui/reader/text_view.h"
#include "ui/shell/contents_panel.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {

class SymbolsTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() {
        if (app::symbolProgram().empty()) {
            QSKIP("universal-ctags is not installed");
        }
        m_driver = std::make_unique<WindowDriver>(temporaryPath(QStringLiteral("library")));
    }
    void cleanupTestCase() { m_driver.reset(); }

    void aFileListsItsFunctions() {
        const QString path = temporaryPath(QStringLiteral("engine.cpp"));
        std::string text = "class Engine {\n  public:\n    void start() {}\n};\n";
        for (int i = 0; i < 60; ++i) {
            text += "\n/// Does part " + std::to_string(i) + ".\nint part" + std::to_string(i) +
                    "(int value) {\n    return value;\n}\n";
        }
        app::test::writeFile(path.toStdString(), text);
        m_driver->window().open({path});
        QVERIFY(m_driver->waitFor([&] { return m_driver->tab()->outline()->entries().size() == 62; }));
        const QModelIndex row = rowOf(QStringLiteral("part40"));
        QVERIFY(row.isValid());
        QCOMPARE(row.siblingAtColumn(1).data().toString(), QString::number(lineOf(text, "int part40")));
        tree().scrollTo(row);
        QTest::mouseClick(tree().viewport(), Qt::LeftButton, {}, tree().visualRect(row).center());
        QTRY_COMPARE(view().editor()->textCursor().blockNumber() + 1, lineOf(text, "int part40"));
        QTRY_VERIFY(m_driver->window().actions().back->isEnabled());
        shoot(m_driver->window(), QStringLiteral("symbols-file"));
        // The entry of what is in sight is the current one.
        view().setFocus();
        view().editor()->verticalScrollBar()->setValue(lineOf(text, "int part20") - 1);
        QTRY_COMPARE(tree().currentIndex().data().toString(), QStringLiteral("part20"));
    }

    void aFolderListsThemBelowItsFiles() {
        const QDir root(temporaryPath(QStringLiteral("tree")));
        const auto write = [&](const char* name, const std::string& text) {
            app::test::writeFile(root.filePath(QLatin1String(name)).toStdString(), text);
        };
        write("src/lexer.py", "class Lexer:\n    def next(self):\n        return 1\n");
        write("src/parser.py", "def parse():\n    return 2\n");
        write("README.md", "# Title\n\ntext\n\n## Use\n");
        m_driver->window().open({root.path()});
        auto* sheet = m_driver->window().findChild<PreflightSheet*>();
        QVERIFY(m_driver->waitFor([&] { return sheet->isDone(); }));
        sheet->openButton()->click();
        QVERIFY(m_driver->waitFor([&] { return rowOf(QStringLiteral("Use")).isValid(); }));
        m_driver->tab()->goTo({.page = view().pageOfLabel(QStringLiteral("src/lexer.py"))});
        QVERIFY(m_driver->waitFor([&] { return rowOf(QStringLiteral("Lexer")).isValid(); }));
        QCOMPARE(rowOf(QStringLiteral("Lexer")).parent().data().toString(), QStringLiteral("lexer.py"));
        QCOMPARE(rowOf(QStringLiteral("next")).parent().data().toString(), QStringLiteral("Lexer"));
        QCOMPARE(rowOf(QStringLiteral("lexer.py")).siblingAtColumn(1).data().toString(), QString());
        // What is open stays open when another file's symbols come.
        tree().expand(rowOf(QStringLiteral("Lexer")));
        m_driver->tab()->goTo({.page = view().pageOfLabel(QStringLiteral("src/parser.py"))});
        QVERIFY(m_driver->waitFor([&] { return rowOf(QStringLiteral("parse")).isValid(); }));
        QVERIFY(tree().isExpanded(rowOf(QStringLiteral("Lexer"))));
        tree().setFocus();
        tree().setCurrentIndex(rowOf(QStringLiteral("next")));
        QTest::keyClick(&tree(), Qt::Key_Return);
        QTRY_COMPARE(view().pageLabel(view().currentPage()), QStringLiteral("src/lexer.py"));
        QCOMPARE(view().editor()->textCursor().blockNumber() + 1, 2);
        shoot(m_driver->window(), QStringLiteral("symbols-tree"));
    }

    void withoutTheProgramThePanelSaysSo() {
        const app::test::ScopedEnvironment none("LECTERN_CTAGS", "/nowhere/ctags");
        const QString path = temporaryPath(QStringLiteral("other.cpp"));
        app::test::writeFile(path.toStdString(), "int other() { return 1; }\n");
        m_driver->window().open({path});
        bool said = false;
        QVERIFY(m_driver->waitFor([&] {
            for (const QLabel* label : panel().findChildren<QLabel*>()) {
                said = said || (label->isVisible() && label->text().contains(QStringLiteral("universal-ctags")));
            }
            return said;
        }));
        shoot(m_driver->window(), QStringLiteral("symbols-missing"));
    }

  private:
    ContentsPanel& panel() { return *m_driver->window().findChild<ContentsPanel*>(); }
    QTreeView& tree() { return *panel().tree(); }
    TextView& view() { return *qobject_cast<TextView*>(m_driver->tab()->view()); }
    QModelIndex rowOf(const QString& title) {
        const QAbstractItemModel* model = tree().model();
        if (model->rowCount() == 0) {
            return {};
        }
        const auto found = model->match(model->index(0, 0), Qt::DisplayRole, title, 1,
                                        Qt::MatchExactly | Qt::MatchRecursive | Qt::MatchCaseSensitive);
        return found.isEmpty() ? QModelIndex() : found.front();
    }
    static int lineOf(const std::string& text, const std::string& what) {
        return 1 + static_cast<int>(std::count(
                       text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(what + "(")), '\n'));
    }

    std::unique_ptr<WindowDriver> m_driver;
};

LECTERN_UI_TEST(SymbolsTest);

}  // namespace lectern::ui

#include "symbols_test.moc"
