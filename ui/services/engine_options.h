#pragma once
// From settings to what the engine takes.

#include "app/ask/ask_session.h"
#include "app/settings/settings.h"
#include "engine/session/run_options.h"

namespace lectern::ui {

/// Model, device, attention and cache format as the user chose them.
RunOptions runOptions(const app::Settings& settings);
app::AnswerOptions answerOptions(const app::Settings& settings);
/// Room for questions, trace recording and the folder of saved contexts below `dataDirectory`
/// (empty: none are saved).
app::AskSessionOptions sessionOptions(const app::Settings& settings, const std::filesystem::path& dataDirectory,
                                      const QString& title);
/// Whether a changed setting makes another model of the one that is loaded.
bool changesModel(const QString& settingKey);

}  // namespace lectern::ui
