// The parts of the window that need no engine: item models, history, palette, what is reopened.
#include <QAbstractItemModelTester>
#include <QAction>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTranslator>

#include "tests/ui/support/ui_test.h"
#include "ui/ask/ask_panel.h"
#include "ui/ask/conversation.h"
#include "ui/attention/attention_controller.h"
#include "ui/documents/navigator.h"
#include "ui/documents/place_finder.h"
#include "ui/reader/outline_model.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/place_text.h"
#include "ui/reader/search_hit_model.h"
#include "ui/reader/thumbnail_model.h"
#include "ui/services/language.h"
#include "ui/shell/command_palette.h"
#include "ui/theme/quantities.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {

class ShellTest : public QObject {
    Q_OBJECT

  private slots:
    void theWindowSpeaksOtherLanguages() {
        const QLocale before;
        for (const auto& [language, file, ask] :
             {std::tuple{"de", "&Datei", "Fragen"},
              std::tuple{"zh", "\xe6\x96\x87\xe4\xbb\xb6(&F)", "\xe6\x8f\x90\xe9\x97\xae"}}) {
            installLanguage(*qApp, QString::fromLatin1(language));
            // A class asks under its full name, a menu under the one it was given.
            const AskPanel panel;
            QCOMPARE(panel.askButton()->text(), QString::fromUtf8(ask));
            QCOMPARE(QCoreApplication::translate("Menus", "&File"), QString::fromUtf8(file));
            QVERIFY(QCoreApplication::translate("Settings", "Remember position") != QLatin1String("Remember position"));
            qDeleteAll(qApp->findChildren<QTranslator*>());
        }
        QLocale::setDefault(before);
    }

    void outlineIsATree() {
        OutlineModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::vector<app::OutlineEntry> entries;
        for (int i = 0; i < 30; ++i) {
            entries.push_back({.title = "Entry " + std::to_string(i), .page = i, .depth = i % 3});
        }
        model.setOutline(entries, [](int page) { return QString::number(page + 1); });
        QCOMPARE(model.rowCount(), 10);
        QCOMPARE(model.rowCount(model.index(0, 0)), 1);
        QCOMPARE(model.entryAt(model.indexForPage(17)).page, 17);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.refreshLabels();
        QVERIFY(!changed.isEmpty());
        // Two headings on one page: the one above what is read.
        model.setOutline(
            {{.title = "A", .page = 3}, {.title = "B", .page = 4, .top = 0.3F}, {.title = "C", .page = 4, .top = 0.7F}},
            {});
        const auto at = [&](float top) { return model.entryAt(model.indexForPage(4, 1, top)).title; };
        QCOMPARE(at(0.1F), std::string("A"));
        QCOMPARE(at(0.3F), std::string("B"));
        QCOMPARE(at(0.9F), std::string("C"));
        model.setOutline({}, {});
        QVERIFY(model.isEmpty());
        QVERIFY(!model.indexForPage(4).isValid());
    }

    void textsAreShortenedAtWords() {
        QCOMPARE(shortened(QStringLiteral("The lamp of Gull Point"), 40), QStringLiteral("The lamp of Gull Point"));
        QCOMPARE(shortened(QStringLiteral("The lamp of Gull Point"), 14), QStringLiteral("The lamp of…"));
        QCOMPARE(shortened(QStringLiteral("The lamp of Gull Point"), 11), QStringLiteral("The lamp of…"));
        QCOMPARE(shortened(QStringLiteral("reader_layout_and_more.cpp"), 10), QStringLiteral("reader_lay…"));
        QCOMPARE(shortened(QString::fromUtf8("整个文档都在上下文中"), 4), QString::fromUtf8("整个文档…"));
    }

    void wordsWithoutTheirKeys() {
        QCOMPARE(withoutMnemonic(QStringLiteral("Zoom &in")), QStringLiteral("Zoom in"));
        QCOMPARE(withoutMnemonic(QStringLiteral("Save && &close")), QStringLiteral("Save & close"));
        QCOMPARE(withoutMnemonic(QString::fromUtf8("打开(&O)…")), QString::fromUtf8("打开…"));
        QCOMPARE(withoutMnemonic(QStringLiteral("Pages (all)")), QStringLiteral("Pages (all)"));
        QCOMPARE(deviceText("CPU (AVX2, 8 threads)"), QStringLiteral("CPU (AVX2, 8 threads)"));
        QCOMPARE(deviceText("NVIDIA H200"), QStringLiteral("NVIDIA H200"));
    }

    void hitsAreAListWithAnEnd() {
        SearchHitModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.clear([](int page) { return QString::number(page + 1); });
        for (int batch = 0; batch < 60; ++batch) {
            QVector<ReaderHit> hits(100);
            for (ReaderHit& hit : hits) {
                hit.place.page = batch;
            }
            model.append(hits);
        }
        QVERIFY(model.isFull());
        QCOMPARE(model.rowCount(), SearchHitModel::kMaxHits);
        QCOMPARE(model.firstFrom(7), 700);
    }

    void thumbnailsComeAsTheyAreLookedAt() {
        app::DocumentClient client;
        QSignalSpy opened(&client, &app::DocumentClient::opened);
        client.open(sample());
        QVERIFY(opened.wait(20000));
        ThumbnailModel model(
            &client, client.info().pageCount, [](int page) { return QString::number(page + 1); }, {92, 120}, 1.0);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QVERIFY(!model.index(3).data(Qt::DecorationRole).isNull());
        QTRY_VERIFY_WITH_TIMEOUT(changed.count() > 0, 20000);
    }

    void answerTokensOfASentence() {
        AnswerTrace trace;
        std::vector<std::string> texts{"Question", " The", " light", ".", " It", " burns", "."};
        for (int i = 0; i < 7; ++i) {
            AnswerTrace::Step step;
            step.token = 100 + i;
            step.question = i == 0;
            trace.steps.push_back(step);
        }
        // "The light. It burns."
        const TokenRange first = answerTokensOf(trace, texts, {0, 10});
        QCOMPARE(first.begin, int64_t{101});
        QCOMPARE(first.end, int64_t{104});
        const TokenRange second = answerTokensOf(trace, texts, {11, 20});
        QCOMPARE(second.begin, int64_t{104});
        QCOMPARE(second.end, int64_t{107});
    }

    void goingBackAndForwardAcrossDocuments() {
        Services services(makeFolder(QStringLiteral("history")));
        OpenDocuments documents(services);
        Navigator navigator(&documents);
        documents.resize(700, 800);
        documents.show();
        ReaderTab* first = documents.open(sample());
        QTRY_VERIFY_WITH_TIMEOUT(first->view() != nullptr && first->view()->pageCount() > 50, 20000);
        const QString copy = temporaryPath(QStringLiteral("copy.pdf"));
        QVERIFY(QFile::copy(sample(), copy));
        QCOMPARE(documents.open(sample()), first);
        navigator.goTo(first, {.page = 40});
        ReaderTab* second = documents.open(copy);
        QTRY_VERIFY_WITH_TIMEOUT(second->view() != nullptr && second->view()->pageCount() > 50, 20000);
        navigator.goTo(first, {.page = 10});
        navigator.back();
        QCOMPARE(documents.current(), second);
        navigator.back();
        QCOMPARE(documents.current(), first);
        QCOMPARE(first->view()->currentPage(), 0);
        QVERIFY(!navigator.canGoBack());
        navigator.forward();
        navigator.forward();
        QCOMPARE(first->view()->currentPage(), 10);

        OpenDocuments again(services);
        again.reopen(documents.openPaths());
        QCOMPARE(again.tabs().size(), 2);
        QCOMPARE(again.current()->session().path(), first->session().path());
        again.reopen("not json");
        QCOMPARE(again.tabs().size(), 2);
    }

    void paletteRunsWhatWasTyped() {
        QWidget window;
        QAction zoom(QStringLiteral("Zoom &in"), &window), quit(QStringLiteral("&Quit"), &window);
        QAction greyed(QStringLiteral("Zoom out"), &window);
        greyed.setEnabled(false);
        QSignalSpy ran(&zoom, &QAction::triggered);
        auto* palette = new CommandPalette({&quit, &zoom, &greyed}, &window);
        palette->show();
        QCOMPARE(palette->list()->model()->rowCount(), 2);
        QTest::keyClicks(palette->field(), QStringLiteral("zmin"));
        QCOMPARE(palette->list()->model()->rowCount(), 1);
        QTest::keyClick(palette->field(), Qt::Key_Return);
        QTRY_COMPARE(ran.count(), 1);
    }

    void passagesShareTheirNumbers() {
        std::vector<app::Citation> citations(3);
        citations[0].page = citations[2].page = 4;
        citations[1].page = 9;
        const auto numbered = numberCitations(citations);
        QCOMPARE(numbered[0].number, 1);
        QCOMPARE(numbered[1].number, 2);
        QCOMPARE(numbered[2].number, 1);
    }

  private:
    static QString sample() {
        return QStringLiteral(LECTERN_SOURCE_DIR "/resources/samples/corrin-islands-handbook.pdf");
    }
    static std::filesystem::path makeFolder(const QString& name) {
        const QString path = temporaryPath(name);
        QDir().mkpath(path);
        return path.toStdString();
    }
};

LECTERN_UI_TEST(ShellTest);

}  // namespace lectern::ui

#include "shell_test.moc"
