#include "engine/text/prompt_template.h"

#include <gtest/gtest.h>

namespace lectern {
namespace {

TEST(PromptTemplate, DefaultIsWhatTheBaseModelWasTrainedWith) {
    const PromptTemplate prompt = defaultPromptTemplate();
    EXPECT_EQ(prompt.renderDocument("A text.") + prompt.renderQuestion("Why?"), "A text.\n\nQuestion: Why?\nAnswer:");
    EXPECT_EQ(prompt, *parsePromptTemplate("{document}\n\nQuestion: {question}\nAnswer:"));
}

TEST(PromptTemplate, ParsesTextAroundTheParts) {
    const auto prompt = parsePromptTemplate("<doc>{document}</doc>\n[{question}] ->");
    ASSERT_TRUE(prompt) << prompt.error().message;
    EXPECT_EQ(prompt->renderDocument("x"), "<doc>x");
    EXPECT_EQ(prompt->renderQuestion("y"), "</doc>\n[y] ->");
}

TEST(PromptTemplate, BracesInsideDocumentsAreText) {
    EXPECT_EQ(defaultPromptTemplate().renderDocument("{question}"), "{question}");
}

TEST(PromptTemplate, RefusesTemplatesWithoutBothParts) {
    for (const char* text : {"", "{document}", "{question}", "{question}{document}", "{document}{document}{question}",
                             "{document}{question}{question}"}) {
        EXPECT_FALSE(parsePromptTemplate(text)) << text;
    }
}

}  // namespace
}  // namespace lectern
