#pragma once
// One setting of the table: title, sentence and the editor that suits its type.

#include <QWidget>

#include "app/settings/settings.h"

class QLabel;

namespace lectern::ui {

/// Bound both ways: an edit is stored at once, a change from elsewhere shows. What cannot be stored is told and put
/// back.
class SettingRow : public QWidget {
    Q_OBJECT

  public:
    SettingRow(app::Settings& settings, const app::SettingSpec& spec, QWidget* parent = nullptr);

    QString key() const { return QString::fromLatin1(m_spec.key); }
    /// Whether title, sentence, key or a choice contains the text.
    bool matches(const QString& text) const;
    QWidget* editor() const { return m_editor; }

  signals:
    void refused(const QString& sentence);

  private:
    QWidget* makeEditor();
    QWidget* makeBoolean();
    QWidget* makeInteger();
    QWidget* makeReal();
    QWidget* makeChoice();
    QWidget* makeText();
    QWidget* makePath();
    QWidget* makePathList();
    void store(const QVariant& value);
    void show(const QVariant& value);

    app::Settings& m_settings;
    const app::SettingSpec& m_spec;
    std::function<void(const QVariant&)> m_show;
    QWidget* m_editor = nullptr;
    bool m_showing = false;
};

QString settingTitle(const app::SettingSpec& spec);
QString settingDescription(const app::SettingSpec& spec);

}  // namespace lectern::ui
