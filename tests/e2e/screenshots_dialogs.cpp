// Pictures of every dialog and every page of the Tune wizard, light and dark.
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTreeView>

#include "tests/e2e/support/picture_book.h"
#include "tests/ui/support/perplexity_buckets.h"
#include "tests/ui/support/screenshot.h"
#include "ui/ask/answer_search.h"
#include "ui/ask/context_inspector.h"
#include "ui/ask/together_dialog.h"
#include "ui/models/model_list.h"
#include "ui/models/models_dialog.h"
#include "ui/opening/document_opener.h"
#include "ui/opening/preflight_sheet.h"
#include "ui/settings/settings_dialog.h"
#include "ui/shell/about_dialog.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/main_actions.h"
#include "ui/shell/tour.h"
#include "ui/training/compare_page.h"
#include "ui/training/data_page.h"
#include "ui/training/dry_run_page.h"
#include "ui/training/evaluation_dialog.h"
#include "ui/training/export_page.h"
#include "ui/training/goal_page.h"
#include "ui/training/method_page.h"
#include "ui/training/plot_card.h"
#include "ui/training/run_page.h"
#include "ui/training/training_wizard.h"

namespace lectern::ui {
namespace {

constexpr int kMinute = 60 * 1000;
/// A run short enough to be shown in every language.
constexpr int kSteps = 4, kTokens = 512;

QString write(const QString& name, const QByteArray& text) {
    const QString path = temporaryPath(name);
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size() ? path : QString();
}

}  // namespace

class DialogScreenshots : public PictureBook {
    Q_OBJECT

  private slots:
    void initTestCase() {
        if (!begin()) {
            QSKIP("LECTERN_SCREENSHOTS names no folder");
        }
        openHandbook();
        readHandbook();
    }
    void cleanupTestCase() { end(); }

    void settings() {
        window().actions().settings->trigger();
        auto* settings = window().findChild<SettingsDialog*>();
        for (int page = 0; page < SettingsDialog::PageCount; ++page) {
            settings->showPage(static_cast<SettingsDialog::Page>(page));
            QTest::qWait(50);
            picture(*settings, QStringLiteral("settings-%1").arg(page));
        }
        settings->close();
    }

    void shell() {
        window().actions().palette->trigger();
        QTest::qWait(100);
        auto* palette = window().findChild<CommandPalette*>();
        picture(*palette, QStringLiteral("palette"));
        palette->close();
        window().actions().about->trigger();
        auto* about = window().findChild<AboutDialog*>();
        auto* tabs = about->findChild<QTabWidget*>();
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            picture(*about, QStringLiteral("about-%1").arg(tab));
        }
        about->close();
        window().actions().open->trigger();
        auto* files = window().findChild<QFileDialog*>();
        files->setDirectory(QStringLiteral(LECTERN_SOURCE_DIR "/resources/samples"));
        QTest::qWait(300);
        picture(*files, QStringLiteral("open-files"));
        files->close();
        window().actions().print->trigger();
        QDialog* print = visibleDialog();
        picture(*print, QStringLiteral("print"));
        print->close();
    }

    void asking() {
        window().actions().inspectContext->trigger();
        auto* inspector = window().findChild<ContextInspector*>();
        picture(*inspector, QStringLiteral("ask-context"));
        inspector->close();
        window().actions().searchAnswers->trigger();
        auto* search = window().findChild<AnswerSearch*>();
        picture(*search, QStringLiteral("ask-search-empty"));
        QTest::keyClicks(search->field(), QStringLiteral("tower gull"));
        QVERIFY(driver().waitFor([&] { return search->list()->count() > 0; }));
        picture(*search, QStringLiteral("ask-search"));
        search->close();
        window().actions().askTogether->trigger();
        auto* together = window().findChild<TogetherDialog*>();
        QTest::qWait(500);
        picture(*together, QStringLiteral("ask-together"));
        together->close();
    }

    void preflight() {
        for (const auto& [name, text] : {std::pair{"src/parser.cpp", "int parse(int value) { return value + 1; }\n"},
                                         std::pair{"src/lexer.cpp", "int lex(int value) { return value - 1; }\n"},
                                         std::pair{"docs/guide.md", "# Guide\n\nWhat the lexer gives.\n"},
                                         std::pair{"node_modules/left/pad.js", "module.exports = 1;\n"},
                                         std::pair{"package-lock.json", "{\"lockfileVersion\": 3}\n"}}) {
            QVERIFY(!write(QStringLiteral("project/") + QLatin1String(name), QByteArray(text).repeated(30)).isEmpty());
        }
        auto* opener = window().findChild<DocumentOpener*>();
        const QString scan = sharedDirectory() + QStringLiteral("/data/pdf/scanned/ccitt.pdf");
        for (const auto& [path, name] :
             {std::pair{temporaryPath(QStringLiteral("project")), "preflight-folder"},
              std::pair{sampleFile(QStringLiteral("corrin-islands-handbook.pdf")), "preflight-pdf"},
              std::pair{QFile::exists(scan) ? scan : QString(), "preflight-scan"}}) {
            if (path.isEmpty()) {
                continue;
            }
            opener->check({path});
            auto* sheet = window().findChild<PreflightSheet*>();
            QVERIFY(driver().waitFor([&] { return sheet->isDone(); }));
            sheet->tokenTree()->expandAll();
            picture(*sheet, QLatin1String(name));
            sheet->reject();
            QTRY_VERIFY(window().findChild<PreflightSheet*>() == nullptr);
        }
    }

    void models() {
        window().actions().models->trigger();
        auto* models = window().findChild<ModelsDialog*>();
        QVERIFY(driver().waitFor([&] { return models->list()->rowCount() > 0; }));
        models->view()->setCurrentIndex(models->list()->index(0, 0));
        QTest::qWait(300);
        picture(*models, QStringLiteral("models"));
        models->close();
    }

    void evaluations() {
        window().actions().evaluate->trigger();
        auto* dialog = window().findChild<EvaluationDialog*>();
        picture(*dialog, QStringLiteral("evaluation-empty"));
        QStringList files;
        for (const auto& [context, correct] : {std::pair{4096, 10}, std::pair{16384, 9}, std::pair{65536, 7}}) {
            QByteArray depths;
            for (int i = 0; i < 5; ++i) {
                depths += QStringLiteral("%1{\"depth\": %2, \"trials\": 10, \"correct\": %3}")
                              .arg(i == 0 ? QString() : QStringLiteral(","))
                              .arg(0.25 * i)
                              .arg(correct - i)
                              .toUtf8();
            }
            files << write(QStringLiteral("%1.json").arg(context), R"({"task": "passkey", "context": )" +
                                                                       QByteArray::number(context) +
                                                                       R"(, "depths": [)" + depths + "]}");
        }
        QVERIFY(dialog->openFiles(files).ok());
        picture(*dialog, QStringLiteral("evaluation-grid"));
        const QByteArray buckets = perplexityBuckets();
        QVERIFY(dialog
                    ->openFiles(
                        {write(QStringLiteral("perplexity.json"),
                               R"({"task":"perplexity","context":131072,"blockwise":{"buckets":[)" + buckets + "]}}")})
                    .ok());
        picture(*dialog, QStringLiteral("evaluation-perplexity"));
        dialog->close();
    }

    void tour() {
        window().actions().tour->trigger();
        auto* tour = window().findChild<Tour*>();
        // The handbook is open already: the tour goes on by itself as far as it may.
        shootEnds("tour-ask");
        tour->actionButton()->click();
        QTest::qWait(300);
        shootEnds("tour-check");
        tour->skipButton()->click();
    }

    void tuning() {
        window().actions().tune->trigger();
        auto* wizard = window().findChild<TrainingWizard*>();
        QTest::mouseClick(wizard->goalPage()->goalButton(app::TuneGoal::DomainQuestions), Qt::LeftButton);
        wizard->goalPage()->nameField()->setText(QStringLiteral("Corrin handbook"));
        QTest::qWait(300);
        picture(*wizard, QStringLiteral("tune-1-goal"));
        wizard->nextButton()->click();
        QVERIFY(driver().waitFor([&] { return wizard->nextButton()->isEnabled(); }));
        picture(*wizard, QStringLiteral("tune-2-model"));
        wizard->nextButton()->click();
        picture(*wizard, QStringLiteral("tune-3-data-empty"));
        QVERIFY(driver().waitFor([&] { return wizard->dataPage()->addDocumentButton()->isEnabled(); }));
        if (!wizard->dataPage()->isComplete()) {
            wizard->dataPage()->addDocumentButton()->click();
        }
        QVERIFY(driver().waitFor([&] { return wizard->dataPage()->isComplete(); }));
        QTest::qWait(500);
        picture(*wizard, QStringLiteral("tune-3-data"));
        wizard->nextButton()->click();
        MethodPage* method = wizard->methodPage();
        method->sequenceChoice()->setCurrentIndex(method->sequenceChoice()->findData(kTokens));
        method->stepsField()->setValue(kSteps);
        method->policyChoice()->setCurrentIndex(method->policyChoice()->findData(QStringLiteral("crd_ntk")));
        QVERIFY(driver().waitFor([&] { return method->positionsPlot()->plot()->series().size() == 3; }));
        picture(*wizard, QStringLiteral("tune-4-method"));
        wizard->nextButton()->click();
        picture(*wizard, QStringLiteral("tune-5-dry-run-before"));
        QSignalSpy measured(wizard->dryRunPage(), &DryRunPage::measured);
        wizard->dryRunPage()->startButton()->click();
        QVERIFY(driver().waitFor([&] { return !measured.isEmpty(); }, 10 * kMinute));
        picture(*wizard, QStringLiteral("tune-5-dry-run"));
        wizard->nextButton()->click();
        picture(*wizard, QStringLiteral("tune-6-run-before"));
        wizard->runPage()->startButton()->click();
        QVERIFY(driver().waitFor([&] { return wizard->state().run->log().lastStep() >= 1; }, 10 * kMinute));
        picture(*wizard, QStringLiteral("tune-6-run"));
        QVERIFY(driver().waitFor([&] { return !wizard->isRunAtWork(); }, 20 * kMinute));
        wizard->runPage()->lossPlot()->showTable(true);
        picture(*wizard, QStringLiteral("tune-6-run-table"));
        wizard->runPage()->lossPlot()->showTable(false);
        picture(*wizard, QStringLiteral("tune-6-run-done"));
        wizard->nextButton()->click();
        picture(*wizard, QStringLiteral("tune-7-compare-before"));
        wizard->nextButton()->click();
        picture(*wizard, QStringLiteral("tune-8-export"));
        wizard->close();
    }

  private:
    /// The dialog as it opens, and in the smallest window that a desktop of 1024 × 700 leaves it, where it is larger.
    void picture(QWidget& dialog, const QString& name) {
        QTest::qWait(50);
        shoot(dialog, name);
        const QSize least = dialog.minimumSizeHint().expandedTo(dialog.minimumSize());
        QVERIFY2(least.width() <= 1024 && least.height() <= 700,
                 qPrintable(QStringLiteral("%1 needs %2x%3").arg(name).arg(least.width()).arg(least.height())));
    }
    QDialog* visibleDialog() {
        for (QDialog* dialog : window().findChildren<QDialog*>()) {
            if (dialog->isVisible()) {
                return dialog;
            }
        }
        return nullptr;
    }
};

LECTERN_UI_TEST(DialogScreenshots);

}  // namespace lectern::ui

#include "screenshots_dialogs.moc"
