#include "engine/text/chat_template.h"

#include <gtest/gtest.h>

namespace lectern {
namespace {

TEST(ChatTemplate, FamiliesAreKnownByTheirMarkers) {
    const auto llama2 = promptFromChatTemplate(
        "{% for message in messages %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + message['content'] "
        "+ "
        "' [/INST]' }}{% endif %}{% endfor %}");
    ASSERT_TRUE(llama2.has_value());
    EXPECT_EQ(llama2->name, "llama-2");
    EXPECT_EQ(llama2->prompt.renderQuestion("Why?"), "\n\n[INST] Why? [/INST]");
    const auto chatml =
        promptFromChatTemplate("{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>'}}");
    ASSERT_TRUE(chatml.has_value());
    EXPECT_EQ(chatml->name, "chatml");
    EXPECT_EQ(chatml->prompt.stopStrings.front(), "<|im_end|>");
    EXPECT_EQ(promptFromChatTemplate("<|user|>{{x}}<|assistant|>")->name, "zephyr");
}

TEST(ChatTemplate, NothingIsEvaluated) {
    EXPECT_FALSE(promptFromChatTemplate("").has_value());
    EXPECT_FALSE(promptFromChatTemplate("{{ ''.__class__.__mro__[1].__subclasses__() }}").has_value());
    EXPECT_FALSE(promptFromChatTemplate("{{ '[IN' + 'ST]' }}").has_value());
}

}  // namespace
}  // namespace lectern
