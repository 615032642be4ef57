#pragma once
// Numbers in words, the same in every part of the window.

#include <QString>
#include <string>

namespace lectern::ui {

/// With the separators of the language.
QString numberText(qint64 value);
/// "3.8 MiB".
QString sizeText(qint64 bytes);
/// "3 s", "2 min", "1 h 20 min": rough on purpose.
QString roughDuration(double seconds);
/// The engine's name of a processor or card in the user's language: "CPU (AVX2, 8 threads)".
QString deviceText(const std::string& device);

}  // namespace lectern::ui
