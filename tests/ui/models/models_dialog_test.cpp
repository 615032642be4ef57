// The models dialog over real model files: the default model, a folder in Hugging Face layout, one that cannot run.
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QCryptographicHash>
#include <QDir>
#include <QDragEnterEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QTreeView>

#include "app/library/storage_usage.h"
#include "engine/core/resources.h"
#include "tests/ui/support/screenshot.h"
#include "tests/ui/support/ui_test.h"
#include "ui/models/model_card_view.h"
#include "ui/models/models_dialog.h"

namespace lectern::ui {
namespace {

void write(const QString& path, const QByteArray& text) {
    QDir().mkpath(QFileInfo(path).absolutePath());
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
}

QString sha256Of(const QString& path) {
    QFile file(path);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    return file.open(QIODevice::ReadOnly) && hash.addData(&file) ? QString::fromLatin1(hash.result().toHex())
                                                                 : QString();
}

}  // namespace

class ModelsDialogTest : public QObject {
    Q_OBJECT

  private slots:
    void listsModelsAndAdaptersWithWhatIsWrong();
    void cardAndMemory();
    void choosing();
    void droppedFilesBringTheirFolder();
};

void ModelsDialogTest::listsModelsAndAdaptersWithWhatIsWrong() {
    const QString folder = temporaryPath(QStringLiteral("models"));
    write(folder + QStringLiteral("/qwen/config.json"),
          R"({"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 896})");
    write(folder + QStringLiteral("/law/adapter/adapter_config.json"),
          R"({"peft_type": "LORA", "r": 16, "target_modules": ["q_proj", "v_proj"], "base_model_name_or_path": "x"})");
    // A training run is no model.
    write(folder + QStringLiteral("/run/config.json"), R"({"format": "lectern.train/1"})");
    write(folder + QStringLiteral("/run/events.jsonl"), "{}\n");
    Services services(temporaryPath(QStringLiteral("models-data")).toStdString());
    QVERIFY(services.settings.setValue(QStringLiteral("model/folders"), QStringList{folder}));
    ModelsDialog dialog(services);
    const QAbstractItemModelTester tester(dialog.list(), QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSignalSpy loaded(&dialog, &ModelsDialog::loaded);
    dialog.show();
    QTRY_VERIFY_WITH_TIMEOUT(!loaded.isEmpty(), 20000);
    QCOMPARE(dialog.list()->rowCount(), 3);
    QVERIFY(dialog.list()->isChosen(0));
    QVERIFY(dialog.list()->problemAt(0).isEmpty());
    QVERIFY2(dialog.list()->problemAt(1).contains(QStringLiteral("Qwen2")), qPrintable(dialog.list()->problemAt(1)));
    QVERIFY(dialog.list()->isAdapter(2));
    QVERIFY(dialog.list()->problemAt(2).contains(QStringLiteral("missing")));
    dialog.view()->setCurrentIndex(dialog.list()->index(1, 0));
    QVERIFY(!dialog.useButton()->isEnabled());
    shoot(dialog, QStringLiteral("models-unusable"));
    dialog.view()->setCurrentIndex(dialog.list()->index(2, 0));
    QCOMPARE(dialog.card()->factText(QStringLiteral("Changes")), QStringLiteral("q_proj, v_proj"));
    QVERIFY(services.settings.setValue(QStringLiteral("model/folders"), QStringList()));
}

void ModelsDialogTest::cardAndMemory() {
    Services services(temporaryPath(QStringLiteral("models-data")).toStdString());
    ModelsDialog dialog(services);
    QSignalSpy loaded(&dialog, &ModelsDialog::loaded);
    dialog.show();
    QTRY_VERIFY_WITH_TIMEOUT(!loaded.isEmpty(), 20000);
    ModelCardView* card = dialog.card();
    QCOMPARE(card->factText(QStringLiteral("Architecture")).section(u',', 0, 0), QStringLiteral("llama"));
    QVERIFY(card->factText(QStringLiteral("Parameters")).contains(QStringLiteral("million")));
    QVERIFY(card->contextChoice()->count() >= 2);
    // Twice the context, twice the cache; a smaller format, a smaller cache; the weights stay.
    const auto model = dialog.list()->modelAt(0);
    const app::MemoryNeed once = app::memoryNeed(model, 65536, "bf16");
    const app::MemoryNeed twice = app::memoryNeed(model, 131072, "bf16");
    QCOMPARE(twice.keysAndValues, 2 * once.keysAndValues);
    QCOMPARE(twice.weights, once.weights);
    QVERIFY(app::memoryNeed(model, 65536, "int4").keysAndValues <= once.keysAndValues / 2);
    card->contextChoice()->setCurrentIndex(0);
    dialog.kvTypeChoice()->setCurrentIndex(dialog.kvTypeChoice()->findData(QStringLiteral("f32")));
    const int64_t wide = card->need().keysAndValues;
    dialog.kvTypeChoice()->setCurrentIndex(dialog.kvTypeChoice()->findData(QStringLiteral("bf16")));
    QCOMPARE(card->need().keysAndValues * 2, wide);
    QCOMPARE(services.settings.text(QStringLiteral("model/kv_type")), QStringLiteral("bf16"));
    dialog.kvTypeChoice()->setCurrentIndex(0);
    QVERIFY(!dialog.deviceNote()->text().isEmpty());
    // The checksum comes later and is remembered.
    const QString file = QString::fromStdString(defaultModelPath()->string());
    const auto shown = [&] { return card->factText(QStringLiteral("SHA-256")).remove(QChar(0x200b)); };
    QTRY_COMPARE_WITH_TIMEOUT(shown(), sha256Of(file), 30000);
    QCOMPARE(QString::fromStdString(app::rememberedModelHash(model.entry.path)), sha256Of(file));
    QVERIFY(app::clearModelCache() > 0);
    QVERIFY(app::rememberedModelHash(model.entry.path).empty());
    shoot(dialog, QStringLiteral("models"));
}

void ModelsDialogTest::choosing() {
    const QString shared = sharedDirectory();
    if (shared.isEmpty()) {
        QSKIP("The folder of shared models is not here.");
    }
    Services services(temporaryPath(QStringLiteral("models-data")).toStdString());
    QVERIFY(
        services.settings.setValue(QStringLiteral("model/folders"), QStringList{shared + QStringLiteral("/models")}));
    ModelsDialog dialog(services);
    QSignalSpy loaded(&dialog, &ModelsDialog::loaded);
    dialog.show();
    QTRY_VERIFY_WITH_TIMEOUT(!loaded.isEmpty(), 20000);
    const int row = dialog.list()->rowOfPath(shared + QStringLiteral("/models/lectern-base-45m"));
    QVERIFY(row > 0);
    dialog.view()->setCurrentIndex(dialog.list()->index(row, 0));
    QVERIFY(dialog.useButton()->isEnabled());
    QTest::mouseClick(dialog.useButton(), Qt::LeftButton);
    QCOMPARE(services.settings.text(QStringLiteral("model/current")),
             shared + QStringLiteral("/models/lectern-base-45m"));
    QVERIFY(dialog.list()->isChosen(row));
    QVERIFY(!dialog.useButton()->isEnabled());
    QVERIFY(services.settings.setValue(QStringLiteral("model/current"), QString()));
    QVERIFY(dialog.list()->isChosen(0));
}

void ModelsDialogTest::droppedFilesBringTheirFolder() {
    const QString folder = temporaryPath(QStringLiteral("dropped"));
    write(folder + QStringLiteral("/qwen/config.json"),
          R"({"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": 896})");
    Services services(temporaryPath(QStringLiteral("models-data")).toStdString());
    QVERIFY(services.settings.setValue(QStringLiteral("model/folders"), QStringList()));
    ModelsDialog dialog(services);
    QSignalSpy loaded(&dialog, &ModelsDialog::loaded);
    dialog.show();
    QTRY_VERIFY_WITH_TIMEOUT(!loaded.isEmpty(), 20000);
    const int before = dialog.list()->rowCount();
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(folder + QStringLiteral("/qwen/config.json")),
                  QUrl(QStringLiteral("https://example.org/model.gguf"))});
    QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&dialog, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(50, 50), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&dialog, &drop);
    QTRY_COMPARE_WITH_TIMEOUT(dialog.list()->rowCount(), before + 1, 20000);
    QCOMPARE(services.settings.pathList(QStringLiteral("model/folders")),
             QStringList{folder + QStringLiteral("/qwen")});
    QVERIFY(services.settings.setValue(QStringLiteral("model/folders"), QStringList()));
}

LECTERN_UI_TEST(ModelsDialogTest);

}  // namespace lectern::ui

#include "models_dialog_test.moc"
