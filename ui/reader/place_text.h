#pragma once
// Places of a document in words: pages by their label, lines by their number.

#include <QString>

#include "app/library/records.h"

namespace lectern::ui {

/// What a page is called: its label, or its number (from 1) where it has none.
QString pageName(const QString& label, int page);
/// "page 12", "pages 3–8" of the names of the first and the last page.
QString pagesText(const QString& first, const QString& last);
/// "line 12", "lines 3–8".
QString linesText(const app::LineRange& lines);
/// The text as it is, or its first words with an ellipsis where it has more than `characters`.
QString shortened(const QString& text, int characters);

}  // namespace lectern::ui
