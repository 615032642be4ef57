#pragma once
// User settings: one typed table says every key, its type, its default and what values it takes.

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QVariant>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "engine/core/result.h"

namespace lectern::app {

/// Path and PathList hold absolute paths or nothing. Bytes is window state: kept, but shown in no dialog.
enum class SettingType { Boolean, Integer, Real, Text, Path, PathList, Choice, Bytes };

/// One row of the table. `page` groups keys as the settings dialog shows them.
struct SettingSpec {
    const char* key;  ///< "page/name"
    SettingType type;
    QVariant defaultValue;
    const char* title;        ///< English, translatable in context "Settings"
    const char* description;  ///< one sentence
    double minimum = 0;       ///< Integer, Real
    double maximum = 0;
    std::vector<QString> choices;  ///< Choice: stored names
};

/// Every setting there is, in the order of the dialog.
std::span<const SettingSpec> settingSpecs();
const SettingSpec* findSetting(const QString& key);

/// The table's values, kept in the JSON file `settings.json` in $LECTERN_CONFIG_DIR, else
/// $XDG_CONFIG_HOME/lectern, else
/// ~/.config/lectern; written with QSaveFile after each change. Values that do not validate are replaced by the
/// default when read, with a sentence in warnings(). Lives on one thread.
class Settings : public QObject {
    Q_OBJECT

  public:
    /// An unreadable file gives the defaults and a warning, never an error.
    explicit Settings(const QString& filePath = defaultFilePath(), QObject* parent = nullptr);
    static QString defaultFilePath();

    QVariant value(const QString& key) const;
    bool boolean(const QString& key) const;
    int64_t integer(const QString& key) const;
    double real(const QString& key) const;
    QString text(const QString& key) const;
    QStringList pathList(const QString& key) const;
    QByteArray bytes(const QString& key) const;

    /// Validates, stores and tells changed(). Errors: InvalidInput with what the key takes; Io, DiskFull. Bytes, the
    /// state of the window, are written by another thread: they change often, and a disk may take its time.
    Result<void> setValue(const QString& key, const QVariant& value);
    Result<void> resetPage(const QString& page);
    const std::vector<QString>& warnings() const { return m_warnings; }

  signals:
    void changed(const QString& key, const QVariant& value);

  private:
    void load();
    QByteArray toFile() const;
    Result<void> save();
    void saveSoon();

    QString m_filePath;
    QVariantMap m_values;
    std::vector<QString> m_warnings;
    std::mutex m_fileMutex;     ///< held while the file is written, so that nothing old is written over new
    std::mutex m_waitingMutex;  ///< of m_waiting
    QByteArray m_waiting;       ///< for the writer; empty: nothing
    QThreadPool m_writer;       ///< last: writes what waits before the rest goes
};

}  // namespace lectern::app
