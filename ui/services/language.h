#pragma once
// The language of the window.

#include <QString>

class QApplication;

namespace lectern::ui {

/// Installs the translations of `choice` ("system", "en", "de", "zh") and its number formats; what has no translation
/// stays English. Before the first window; has no effect on windows that are there.
void installLanguage(QApplication& application, const QString& choice);

}  // namespace lectern::ui
