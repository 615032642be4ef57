#pragma once
// Prompts of chat models, read off the template in their metadata without running it.

#include <optional>
#include <string>
#include <string_view>

#include "engine/text/prompt_template.h"

namespace lectern {

struct ChatPrompt {
    std::string name;  ///< "llama-2", "chatml", "zephyr", "vicuna", "alpaca", "llama-3"
    PromptTemplate prompt;
};

/// The prompt of the family whose turn markers `jinja` contains. A template is a program of somebody else's: only its
/// literal markers are looked at, nothing of it is evaluated. The document stays in front of the first turn, so that
/// its cache serves every question. Nothing for families that are not known.
std::optional<ChatPrompt> promptFromChatTemplate(std::string_view jinja);

}  // namespace lectern
