#include "ui/services/language.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace lectern::ui {

void installLanguage(QApplication& application, const QString& choice) {
    const QLocale locale = choice == QLatin1String("system") ? QLocale::system() : QLocale(choice);
    QLocale::setDefault(locale);
    if (locale.language() == QLocale::English) {
        return;
    }
    // Qt's own buttons and messages first: ours win where both know a text.
    const std::pair<QString, QString> places[] = {
        {QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)},
        {QStringLiteral("lectern"), QStringLiteral(":/translations")}};
    for (const auto& [name, folder] : places) {
        auto* translator = new QTranslator(&application);
        if (translator->load(locale, name, QStringLiteral("_"), folder)) {
            QApplication::installTranslator(translator);
        } else {
            delete translator;
        }
    }
}

}  // namespace lectern::ui
