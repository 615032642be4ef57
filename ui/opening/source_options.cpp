#include "ui/opening/source_options.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lectern::ui {
namespace {

constexpr int kMaximumPaths = 300;
constexpr auto kKey = "window/sources";

QJsonArray stored(const app::Settings& settings) {
    return QJsonDocument::fromJson(settings.bytes(QLatin1String(kKey))).array();
}

QJsonObject entryOf(const app::Settings& settings, const QString& path) {
    for (const QJsonValue& value : stored(settings)) {
        if (value.toObject().value(QStringLiteral("path")).toString() == path) {
            return value.toObject();
        }
    }
    return {};
}

}  // namespace

app::IngestOptions sourceOptions(const app::Settings& settings, const QString& path) {
    const QJsonObject entry = entryOf(settings, path);
    app::IngestOptions options;
    options.recognitionLanguage = entry.value(QStringLiteral("recognise")).toString().toStdString();
    options.sourceTree.includeIgnored = entry.value(QStringLiteral("ignored")).toBool();
    options.sourceTree.includeLockFiles = entry.value(QStringLiteral("lock_files")).toBool();
    options.sourceTree.includeVendored = entry.value(QStringLiteral("vendored")).toBool();
    for (const QJsonValue& left : entry.value(QStringLiteral("leave_out")).toArray()) {
        options.sourceTree.leaveOut.push_back(left.toString().toStdString());
    }
    for (const QJsonValue& taken : entry.value(QStringLiteral("take_in")).toArray()) {
        options.sourceTree.takeIn.push_back(taken.toString().toStdString());
    }
    return options;
}

bool hasSourceOptions(const app::Settings& settings, const QString& path) {
    return !entryOf(settings, path).isEmpty();
}

void storeSourceOptions(app::Settings& settings, const QString& path, const app::IngestOptions& options) {
    QJsonArray leaveOut;
    for (const std::string& left : options.sourceTree.leaveOut) {
        leaveOut.append(QString::fromStdString(left));
    }
    QJsonArray takeIn;
    for (const std::string& taken : options.sourceTree.takeIn) {
        takeIn.append(QString::fromStdString(taken));
    }
    const QJsonObject entry{{QStringLiteral("path"), path},
                            {QStringLiteral("recognise"), QString::fromStdString(options.recognitionLanguage)},
                            {QStringLiteral("ignored"), options.sourceTree.includeIgnored},
                            {QStringLiteral("lock_files"), options.sourceTree.includeLockFiles},
                            {QStringLiteral("vendored"), options.sourceTree.includeVendored},
                            {QStringLiteral("leave_out"), leaveOut},
                            {QStringLiteral("take_in"), takeIn}};
    QJsonArray entries{entry};
    for (const QJsonValue& value : stored(settings)) {
        if (entries.size() < kMaximumPaths && value.toObject().value(QStringLiteral("path")).toString() != path) {
            entries.append(value);
        }
    }
    static_cast<void>(settings.setValue(QLatin1String(kKey), QJsonDocument(entries).toJson(QJsonDocument::Compact)));
}

}  // namespace lectern::ui
