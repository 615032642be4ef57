#pragma once
// PageFlow and ZoomMode <-> the words under which they are stored.

#include <QString>

#include "ui/reader/reader_layout.h"

namespace lectern::ui {

QString nameOf(PageFlow flow);
QString nameOf(ZoomMode mode);
/// Continuous for a word that is not known.
PageFlow flowNamed(const QString& name);
/// Custom for a word that is not known: the scale beside it then counts.
ZoomMode zoomNamed(const QString& name);

}  // namespace lectern::ui
