#include "ui/settings/setting_names.h"

#include <QCoreApplication>
#include <QHash>

#include "ui/reader/view_names.h"

namespace lectern::ui {

QString settingChoiceText(const QString& stored) {
    static const QHash<QString, const char*> names{
        {QStringLiteral("system"), QT_TRANSLATE_NOOP("SettingChoice", "As the desktop")},
        {QStringLiteral("light"), QT_TRANSLATE_NOOP("SettingChoice", "Light")},
        {QStringLiteral("dark"), QT_TRANSLATE_NOOP("SettingChoice", "Dark")},
        {nameOf(PageFlow::Continuous), QT_TRANSLATE_NOOP("SettingChoice", "Continuous")},
        {nameOf(PageFlow::Single), QT_TRANSLATE_NOOP("SettingChoice", "Single page")},
        {nameOf(PageFlow::Facing), QT_TRANSLATE_NOOP("SettingChoice", "Facing pages")},
        {nameOf(ZoomMode::FitWidth), QT_TRANSLATE_NOOP("SettingChoice", "Fit width")},
        {nameOf(ZoomMode::FitPage), QT_TRANSLATE_NOOP("SettingChoice", "Fit page")},
        {nameOf(ZoomMode::Custom), QT_TRANSLATE_NOOP("SettingChoice", "Actual size")},
        {QStringLiteral("auto"), QT_TRANSLATE_NOOP("SettingChoice", "Automatic")},
        {QStringLiteral("cpu"), QT_TRANSLATE_NOOP("SettingChoice", "Processor (CPU)")},
        {QStringLiteral("cuda"), QT_TRANSLATE_NOOP("SettingChoice", "Graphics card (CUDA)")},
        {QStringLiteral("profile"), QT_TRANSLATE_NOOP("SettingChoice", "As the model’s profile says")},
        {QStringLiteral("dense"), QT_TRANSLATE_NOOP("SettingChoice", "Dense (everything)")},
        {QStringLiteral("ms_prefill"), QT_TRANSLATE_NOOP("SettingChoice", "Merged selection in blocks (ms_prefill)")},
        {QStringLiteral("ms_decode"), QT_TRANSLATE_NOOP("SettingChoice", "Selection per token (ms_decode)")},
        {QStringLiteral("mean"), QT_TRANSLATE_NOOP("SettingChoice", "Mean of the keys")},
        {QStringLiteral("bound"), QT_TRANSLATE_NOOP("SettingChoice", "Upper bound of the keys")},
    };
    // Languages are named in themselves.
    static const QHash<QString, QString> languages{{QStringLiteral("en"), QStringLiteral("English")},
                                                   {QStringLiteral("de"), QStringLiteral("Deutsch")},
                                                   {QStringLiteral("zh"), QStringLiteral("简体中文")}};
    if (languages.contains(stored)) {
        return languages.value(stored);
    }
    const char* name = names.value(stored, nullptr);
    return name != nullptr ? QCoreApplication::translate("SettingChoice", name) : stored;
}

}  // namespace lectern::ui
