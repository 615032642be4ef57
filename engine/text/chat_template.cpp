#include "engine/text/chat_template.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lectern {
namespace {

struct Family {
    const char* name;
    std::array<const char*, 2> markers;  ///< both occur in templates of the family
    const char* questionPrefix;
    const char* questionSuffix;
    const char* stop;
};

// The more particular come first: templates of newer families mention older markers too.
constexpr std::array<Family, 6> kFamilies = {{
    {"llama-3",
     {"<|start_header_id|>", "<|eot_id|>"},
     "\n\n<|start_header_id|>user<|end_header_id|>\n\n",
     "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
     "<|eot_id|>"},
    {"chatml",
     {"<|im_start|>", "<|im_end|>"},
     "\n\n<|im_start|>user\n",
     "<|im_end|>\n<|im_start|>assistant\n",
     "<|im_end|>"},
    {"zephyr", {"<|user|>", "<|assistant|>"}, "\n\n<|user|>\n", "</s>\n<|assistant|>\n", "<|user|>"},
    {"llama-2", {"[INST]", "[/INST]"}, "\n\n[INST] ", " [/INST]", "[INST]"},
    {"alpaca",
     {"### Instruction:", "### Response:"},
     "\n\n### Instruction:\n",
     "\n\n### Response:\n",
     "### Instruction:"},
    {"vicuna", {"USER:", "ASSISTANT:"}, "\n\nUSER: ", " ASSISTANT:", "USER:"},
}};

}  // namespace

std::optional<ChatPrompt> promptFromChatTemplate(std::string_view jinja) {
    for (const Family& family : kFamilies) {
        const bool known = std::all_of(family.markers.begin(), family.markers.end(), [&](const char* marker) {
            return jinja.find(marker) != std::string_view::npos;
        });
        if (known) {
            ChatPrompt chat;
            chat.name = family.name;
            chat.prompt.questionPrefix = family.questionPrefix;
            chat.prompt.questionSuffix = family.questionSuffix;
            chat.prompt.stopStrings = {family.stop};
            return chat;
        }
    }
    return std::nullopt;
}

}  // namespace lectern
