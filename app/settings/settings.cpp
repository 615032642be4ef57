#include "app/settings/settings.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>
#include <algorithm>
#include <cmath>
#include <utility>

namespace lectern::app {
namespace {

constexpr qint64 kMaximumFileBytes = 4 << 20;
constexpr qsizetype kMaximumTextCharacters = 32768;

Error invalid(const SettingSpec& spec, const QString& wanted) {
    return {ErrorCode::InvalidInput,
            QStringLiteral("The setting “%1” takes %2.").arg(QLatin1String(spec.key), wanted).toStdString()};
}

bool isPath(const QString& text) {
    return text.isEmpty() || (QDir::isAbsolutePath(text) && text.size() < kMaximumTextCharacters);
}

Result<QVariant> checkNumber(const SettingSpec& spec, const QVariant& value) {
    bool good = false;
    const double number = value.toDouble(&good);
    const bool whole = spec.type == SettingType::Real || number == std::floor(number);
    if (!good || !whole || !(number >= spec.minimum && number <= spec.maximum)) {
        return invalid(spec, QStringLiteral("a number from %1 to %2").arg(spec.minimum).arg(spec.maximum));
    }
    return spec.type == SettingType::Real ? QVariant(number) : QVariant(static_cast<qint64>(number));
}

/// The value in the setting's own type, or what it takes instead.
Result<QVariant> check(const SettingSpec& spec, const QVariant& value) {
    switch (spec.type) {
        case SettingType::Boolean:
            return value.typeId() == QMetaType::Bool ? Result<QVariant>(value)
                                                     : invalid(spec, QStringLiteral("true or false"));
        case SettingType::Integer:
        case SettingType::Real:
            return checkNumber(spec, value);
        case SettingType::Text:
            return value.typeId() == QMetaType::QString && value.toString().size() < kMaximumTextCharacters
                       ? Result<QVariant>(value)
                       : invalid(spec, QStringLiteral("a text"));
        case SettingType::Path:
            return value.typeId() == QMetaType::QString && isPath(value.toString())
                       ? Result<QVariant>(value)
                       : invalid(spec, QStringLiteral("an absolute path or nothing"));
        case SettingType::PathList: {
            const QStringList paths = value.toStringList();
            const bool good = value.canConvert<QStringList>() && std::all_of(paths.begin(), paths.end(), isPath);
            return good ? Result<QVariant>(paths) : invalid(spec, QStringLiteral("a list of absolute paths"));
        }
        case SettingType::Choice: {
            const QString text = value.toString();
            if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end()) {
                return QVariant(text);
            }
            return invalid(spec, QStringLiteral("one of ") +
                                     QStringList(spec.choices.begin(), spec.choices.end()).join(QStringLiteral(", ")));
        }
        case SettingType::Bytes:
            return value.typeId() == QMetaType::QByteArray ? Result<QVariant>(value)
                                                           : invalid(spec, QStringLiteral("bytes"));
    }
    return invalid(spec, {});
}

Result<void> write(const QString& path, const QByteArray& bytes) {
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return Error{
            ErrorCode::Io,
            QStringLiteral("The settings could not be saved to “%1”: %2.").arg(path, file.errorString()).toStdString()};
    }
    return {};
}

QJsonValue toJson(const SettingSpec& spec, const QVariant& value) {
    return spec.type == SettingType::Bytes ? QJsonValue(QString::fromLatin1(value.toByteArray().toBase64()))
                                           : QJsonValue::fromVariant(value);
}

QVariant fromJson(const SettingSpec& spec, const QJsonValue& value) {
    return spec.type == SettingType::Bytes ? QVariant(QByteArray::fromBase64(value.toString().toLatin1()))
                                           : value.toVariant();
}

}  // namespace

QString Settings::defaultFilePath() {
    QString folder = qEnvironmentVariable("LECTERN_CONFIG_DIR");
    if (folder.isEmpty()) {
        folder = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/lectern");
    }
    return folder + QStringLiteral("/settings.json");
}

Settings::Settings(const QString& filePath, QObject* parent) : QObject(parent), m_filePath(filePath) {
    m_writer.setMaxThreadCount(1);
    load();
}

void Settings::load() {
    QFile file(m_filePath);
    if (!file.exists()) {
        return;
    }
    if (!file.open(QIODevice::ReadOnly) || file.size() > kMaximumFileBytes) {
        m_warnings.push_back(
            QStringLiteral("The settings file “%1” cannot be read; Lectern uses the defaults.").arg(m_filePath));
        return;
    }
    const QJsonDocument document = QJsonDocument::fromJson(file.readAll());
    if (!document.isObject()) {
        m_warnings.push_back(
            QStringLiteral("The settings file “%1” is damaged; Lectern uses the defaults.").arg(m_filePath));
        return;
    }
    const QJsonObject object = document.object();
    for (auto it = object.begin(); it != object.end(); ++it) {
        const SettingSpec* spec = findSetting(it.key());
        if (spec == nullptr) {
            continue;  // of a newer or older version
        }
        Result<QVariant> value = check(*spec, fromJson(*spec, it.value()));
        if (value) {
            m_values.insert(it.key(), *value);
        } else {
            m_warnings.push_back(QString::fromStdString(value.error().message) +
                                 QStringLiteral(" Lectern uses the default."));
        }
    }
}

QByteArray Settings::toFile() const {
    QJsonObject object;
    for (auto it = m_values.begin(); it != m_values.end(); ++it) {
        object.insert(it.key(), toJson(*findSetting(it.key()), it.value()));
    }
    return QJsonDocument(object).toJson();
}

Result<void> Settings::save() {
    {
        const std::scoped_lock lock(m_waitingMutex);
        m_waiting.clear();
    }
    const std::scoped_lock lock(m_fileMutex);
    return write(m_filePath, toFile());
}

void Settings::saveSoon() {
    {
        const std::scoped_lock lock(m_waitingMutex);
        m_waiting = toFile();
    }
    m_writer.start([this] {
        const std::scoped_lock lock(m_fileMutex);
        QByteArray bytes;
        {
            const std::scoped_lock waiting(m_waitingMutex);
            bytes = std::exchange(m_waiting, {});
        }
        if (!bytes.isEmpty()) {
            static_cast<void>(write(m_filePath, bytes));
        }
    });
}

QVariant Settings::value(const QString& key) const {
    const auto found = m_values.find(key);
    if (found != m_values.end()) {
        return *found;
    }
    const SettingSpec* spec = findSetting(key);
    Q_ASSERT(spec != nullptr);
    return spec != nullptr ? spec->defaultValue : QVariant();
}

bool Settings::boolean(const QString& key) const {
    return value(key).toBool();
}
int64_t Settings::integer(const QString& key) const {
    return value(key).toLongLong();
}
double Settings::real(const QString& key) const {
    return value(key).toDouble();
}
QString Settings::text(const QString& key) const {
    return value(key).toString();
}
QStringList Settings::pathList(const QString& key) const {
    return value(key).toStringList();
}
QByteArray Settings::bytes(const QString& key) const {
    return value(key).toByteArray();
}

Result<void> Settings::setValue(const QString& key, const QVariant& wanted) {
    const SettingSpec* spec = findSetting(key);
    if (spec == nullptr) {
        return Error{ErrorCode::InvalidInput,
                     QStringLiteral("There is no setting called “%1”.").arg(key).toStdString()};
    }
    LECTERN_ASSIGN(const QVariant accepted, check(*spec, wanted));
    if (accepted == value(key)) {
        return {};
    }
    m_values.insert(key, accepted);
    emit changed(key, accepted);
    if (spec->type == SettingType::Bytes) {
        saveSoon();
        return {};
    }
    return save();
}

Result<void> Settings::resetPage(const QString& page) {
    for (const SettingSpec& spec : settingSpecs()) {
        const QString key = QString::fromLatin1(spec.key);
        if (key.startsWith(page + u'/') && m_values.remove(key) > 0) {
            emit changed(key, spec.defaultValue);
        }
    }
    return save();
}

}  // namespace lectern::app
