#pragma once
// Names of pages and choices of the settings, for people.

#include <QString>

namespace lectern::ui {

/// A choice's name for people; formats' names stay as they are stored.
QString settingChoiceText(const QString& stored);

}  // namespace lectern::ui
