#include "ui/reader/place_text.h"

#include <QCoreApplication>

namespace lectern::ui {
namespace {

QString translated(const char* text) {
    return QCoreApplication::translate("PlaceText", text);
}

}  // namespace

QString pageName(const QString& label, int page) {
    return label.isEmpty() ? QString::number(page + 1) : label;
}

QString pagesText(const QString& first, const QString& last) {
    return first == last ? translated(QT_TRANSLATE_NOOP("PlaceText", "page %1")).arg(first)
                         : translated(QT_TRANSLATE_NOOP("PlaceText", "pages %1\xe2\x80\x93%2")).arg(first, last);
}

QString linesText(const app::LineRange& lines) {
    return lines.first == lines.last
               ? translated(QT_TRANSLATE_NOOP("PlaceText", "line %1")).arg(lines.first)
               : translated(QT_TRANSLATE_NOOP("PlaceText", "lines %1\xe2\x80\x93%2")).arg(lines.first).arg(lines.last);
}

QString shortened(const QString& text, int characters) {
    if (text.size() <= characters) {
        return text;
    }
    const QString cut = text.left(characters);
    const auto word = cut.lastIndexOf(QLatin1Char(' '));
    // Scripts without spaces, and very long words, are cut where they are.
    const bool atWord = !text.at(characters).isSpace() && word > characters * 2 / 3;
    return (atWord ? cut.left(word) : cut).trimmed() + QChar(0x2026);
}

}  // namespace lectern::ui
