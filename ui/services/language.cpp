#include "ui/services/language.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>
#include <cstring>

namespace lectern::ui {
namespace {

/// Classes ask for their texts under their full name, "lectern::ui::AskPanel"; lupdate, which does not know namespaces
/// in one line, files them under the last part of it.
class ShortContexts : public QTranslator {
  public:
    using QTranslator::QTranslator;
    QString translate(const char* context, const char* text, const char* disambiguation, int n) const override {
        const char* colons = std::strrchr(context, ':');
        return QTranslator::translate(colons == nullptr ? context : colons + 1, text, disambiguation, n);
    }
};

}  // namespace

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
        auto* translator = new ShortContexts(&application);
        if (translator->load(locale, name, QStringLiteral("_"), folder)) {
            QApplication::installTranslator(translator);
        } else {
            delete translator;
        }
    }
}

}  // namespace lectern::ui
