// Evaluations: tasks whose answers are known, scores, perplexity against the logits it comes from.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/eval/citation_eval.h"
#include "engine/eval/perplexity.h"
#include "engine/eval/qa_eval.h"
#include "engine/model/random_model.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/engine/support/test_files.h"

namespace lectern::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

LoadedModel tinyModel() {
    ModelSource source = *makeRandomModel(smallModelConfig(260), DType::F32, 7);
    source.tokenizerModel = serialiseSentencePieceModel(bareVocabulary());
    auto loaded = loadModel(RunOptions{}, std::move(source));
    EXPECT_TRUE(loaded) << loaded.error().message;
    return std::move(*loaded);
}

std::string prose() {
    std::string text;
    for (int i = 0; i < 60; ++i) {
        text += "Sentence number " + std::to_string(i) + " says little about anything. ";
    }
    return text;
}

std::string textOf(const Tokenizer& tokenizer, std::span<const TokenId> tokens, TokenRange range) {
    return tokenizer.decode(tokens.subspan(static_cast<size_t>(range.begin), static_cast<size_t>(range.size())), false);
}

TEST(RetrievalTask, FactsLieWhereTheTaskSays) {
    const LoadedModel model = tinyModel();
    const Tokenizer& tokenizer = model.model->tokenizer();
    const std::string haystack = prose();
    for (const FactSet facts : {FactSet::Standard, FactSet::Unseen}) {
        const NeedleSpec spec{3000, 8, 5, facts};
        const auto task = makeNeedleTask(tokenizer, haystack, spec, 0.5, 11);
        ASSERT_TRUE(task) << task.error().message;
        ASSERT_EQ(task->questions.size(), 5u);
        EXPECT_LE(static_cast<int64_t>(task->document.size()), spec.contextTokens);
        EXPECT_GT(static_cast<int64_t>(task->document.size()), spec.contextTokens - 200);
        for (const RetrievalQuestion& question : task->questions) {
            const std::string text = textOf(tokenizer, task->document, question.factTokens);
            EXPECT_EQ(text, " " + question.fact);
            EXPECT_THAT(question.fact, HasSubstr(question.expected));
        }
        const auto again = makeNeedleTask(tokenizer, haystack, spec, 0.5, 11);
        EXPECT_EQ(again->document, task->document);
        EXPECT_NE(makeNeedleTask(tokenizer, haystack, spec, 0.5, 12)->document, task->document);
    }
    EXPECT_FALSE(makeNeedleTask(tokenizer, haystack, {3000, 2, 3, FactSet::Standard}, 0.5, 1));
    EXPECT_FALSE(makeNeedleTask(tokenizer, haystack, {100, 1, 1, FactSet::Standard}, 0.5, 1));
    EXPECT_FALSE(makeNeedleTask(tokenizer, "short", {3000, 1, 1, FactSet::Standard}, 0.5, 1));
    const auto passkey = makePasskeyTask(tokenizer, 2000, 0.25, 3);
    const RetrievalQuestion& asked = passkey->questions.front();
    EXPECT_EQ(textOf(tokenizer, passkey->document, asked.factTokens), " " + asked.fact);
}

TEST(Retrieval, EveryQuestionIsAskedAfresh) {
    const LoadedModel model = tinyModel();
    const std::string haystack = prose();
    const RetrievalSpec spec{1500, 1, 2, 5};
    const auto ask = [&](int32_t asked) {
        return runRetrieval(model, spec,
                            [&](double depth, uint64_t seed) {
                                return makeNeedleTask(model.model->tokenizer(), haystack,
                                                      {1500, 3, asked, FactSet::Standard}, depth, seed);
                            },
                            nullptr, {});
    };
    const auto one = ask(1), three = ask(3);
    ASSERT_TRUE(one && three);
    ASSERT_EQ(one->size(), 2u);
    ASSERT_EQ(three->size(), 6u);
    // The document of the two runs differs in nothing but the room for the longest question.
    EXPECT_EQ((*one)[0].question, (*three)[0].question);
    EXPECT_GT((*three)[0].prefillSeconds, 0.0);
    EXPECT_EQ((*three)[1].prefillSeconds, 0.0);
}

TEST(Retrieval, TasksCanBeWrittenAsFiles) {
    const LoadedModel model = tinyModel();
    const std::string haystack = prose();
    const TemporaryDirectory folder;
    const auto make = [&](double depth, uint64_t seed) {
        return makeNeedleTask(model.model->tokenizer(), haystack, {1500, 2, 2, FactSet::Unseen}, depth, seed);
    };
    ASSERT_TRUE(writeTasks(model.model->tokenizer(), {1500, 1, 2, 5}, make, folder.path() / "tasks"));
    const auto questions = nlohmann::json::parse(readFile(folder.path() / "tasks" / "questions.json"));
    ASSERT_EQ(questions.size(), 4u);
    for (const auto& question : questions) {
        EXPECT_THAT(readFile(folder.path() / "tasks" / question["file"].get<std::string>()),
                    HasSubstr(question["fact"].get<std::string>()));
    }
}

TEST(CitationEval, LexicalControlFindsTheRareWords) {
    const std::string text = prose() + "The Oakham carousel weighs 12345 pounds. " + prose();
    EXPECT_EQ(lexicalPassage(text, "How many pounds does the Oakham carousel weigh?"),
              "The Oakham carousel weighs 12345 pounds.");
    EXPECT_EQ(lexicalPassage(text, "zzz"), "");
    EXPECT_EQ(lexicalPassage("", "zzz"), "");
}

TEST(CitationEval, JudgesEveryQuestion) {
    const LoadedModel model = tinyModel();
    const std::string haystack = prose();
    const auto trials = runCitations(
        model, {1500, 2, 1, 5},
        [&](double depth, uint64_t seed) {
            return makeNeedleTask(model.model->tokenizer(), haystack, {1500, 2, 2, FactSet::Unseen}, depth, seed);
        },
        nullptr, {});
    ASSERT_TRUE(trials) << trials.error().message;
    ASSERT_EQ(trials->size(), 4u);
    for (const CitationTrial& trial : *trials) {
        EXPECT_TRUE(trial.lexicalRight) << trial.retrieval.question;
        EXPECT_FALSE(trial.passage.empty());
    }
}

TEST(Perplexity, EqualsTheLogitsItComesFrom) {
    const LoadedModel model = tinyModel();
    const std::vector<TokenId> text = model.model->tokenizer().encode(prose(), {});
    PerplexitySpec spec;
    spec.windowTokens = 300;
    spec.firstBucket = 64;
    spec.maxWindows = 2;
    const auto report = measurePerplexity(model, text, spec, nullptr, {});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_EQ(report->blockwise.size(), 4u);  // 64, 128, 256, 300
    double expected = 0;
    const auto vocab = static_cast<size_t>(model.model->config().vocabSize);
    for (int window = 0; window < 2; ++window) {
        std::vector<TokenId> ids{model.model->tokenizer().bosToken()};
        ids.insert(ids.end(), text.begin() + window * 299, text.begin() + (window + 1) * 299);
        const auto session = Session::create(model.model, model.backend, model.sessionOptions(300));
        const std::vector<float> logits = *(*session)->allLogits(ids, true, {});
        for (size_t i = 0; i + 1 < ids.size(); ++i) {
            double sum = 0;
            for (size_t v = 0; v < vocab; ++v) {
                sum += std::exp(static_cast<double>(logits[i * vocab + v]));
            }
            expected += std::log(sum) - static_cast<double>(logits[i * vocab + static_cast<size_t>(ids[i + 1])]);
        }
    }
    const PerplexityBucket total = totalOf(report->blockwise);
    EXPECT_EQ(total.tokens, 2 * 299);
    EXPECT_NEAR(total.negativeLogLikelihood, expected, 1e-3);
    // Within the budget every row sees everything, however it is selected.
    EXPECT_NEAR(totalOf(report->decodeConsistent).perplexity(), total.perplexity(), 1e-3 * total.perplexity());
    spec.windowTokens = 1 << 20;
    EXPECT_FALSE(measurePerplexity(model, text, spec, nullptr, {}));
}

TEST(QaScore, FollowsSquadsNormalisation) {
    EXPECT_EQ(normalizedForScore(" The  Eiffel-Tower, an iron A. "), "eiffeltower iron");
    const std::vector<std::string> accepted{"the Eiffel Tower", "tower"};
    EXPECT_EQ(scoreAnswer("Eiffel tower.", accepted, "").exact, 1.0);
    EXPECT_NEAR(scoreAnswer("Paris tower", accepted, "").f1, 2.0 / 3, 1e-9);
    EXPECT_EQ(scoreAnswer("", accepted, "").f1, 0.0);
    EXPECT_EQ(scoreAnswer("", {}, "No answer.").f1, 1.0);
    EXPECT_EQ(scoreAnswer("no answer", {}, "No answer.").exact, 1.0);
    EXPECT_EQ(scoreAnswer("Paris", {}, "No answer.").f1, 0.0);
}

TEST(QaScore, BootstrapIntervalHoldsTheMean) {
    std::vector<double> values(200, 0.0);
    std::fill_n(values.begin(), 100, 1.0);
    const MeanInterval interval = bootstrapMean(values, 1);
    EXPECT_EQ(interval.mean, 0.5);
    // Normal approximation: 0.5 +- 1.96 * 0.5 / sqrt(200) = 0.069.
    EXPECT_NEAR(interval.low, 0.431, 0.015);
    EXPECT_NEAR(interval.high, 0.569, 0.015);
    EXPECT_EQ(bootstrapMean({}, 1).high, 0.0);
}

TEST(QuestionSet, ReadsBothLayouts) {
    const TemporaryDirectory folder;
    writeFile(folder.path() / "squad.json",
              R"({"data":[{"title":"T","paragraphs":[{"context":"Text one.","qas":[
                  {"question":"Q1?","answers":[{"text":"a"},{"text":"a"},{"text":"b"}]},
                  {"question":"Q2?","answers":[],"is_impossible":true}, {"question":""}, 7]}, {"context":""}, 3]}, 4]})");
    const auto squad = readQuestionSet(folder.path() / "squad.json");
    ASSERT_TRUE(squad) << squad.error().message;
    ASSERT_EQ(squad->size(), 1u);
    EXPECT_EQ(squad->front().title, "T");
    ASSERT_EQ(squad->front().questions.size(), 2u);
    EXPECT_THAT(squad->front().questions[0].answers, ElementsAre("a", "b"));
    EXPECT_TRUE(squad->front().questions[1].answers.empty());
    writeFile(folder.path() / "lists.json",
              R"([["T",[["Text one.",[["Q1?","a"],["Q2?",""]]],["Text two.",[["Q3?","c"]]]]]])");
    const auto lists = readQuestionSet(folder.path() / "lists.json");
    ASSERT_TRUE(lists) << lists.error().message;
    ASSERT_EQ(lists->size(), 2u);
    EXPECT_EQ((*lists)[1].title, "T");
    EXPECT_TRUE((*lists)[0].questions[1].answers.empty());
    for (const char* bad : {"", "{", "[]", "7", R"({"data":7})", R"([1,[2,[3,[4,[5,[6]]]]]])", "\xff\xfe"}) {
        writeFile(folder.path() / "bad.json", bad);
        const auto refused = readQuestionSet(folder.path() / "bad.json");
        ASSERT_FALSE(refused) << bad;
        EXPECT_THAT(refused.error().message, HasSubstr("holds no questions"));
    }
}

TEST(QaEval, HidesParagraphsAndLeavesSomeOut) {
    const LoadedModel model = tinyModel();
    std::vector<SetParagraph> paragraphs;
    for (int i = 0; i < 12; ++i) {
        const std::string n = std::to_string(i);
        paragraphs.push_back(
            {"T" + n, "Paragraph " + n + " tells of thing " + n + ".", {{"What of " + n + "?", {"thing"}}}});
    }
    paragraphs.push_back({"long", std::string(5000, 'x'), {{"Fits?", {"no"}}}});
    QaSpec spec;
    spec.questions = 0;
    const auto alone = runQuestions(model, paragraphs, spec, nullptr, {});
    EXPECT_FALSE(alone) << "one paragraph is longer than the model's context";
    paragraphs.back().text.resize(1000);
    ASSERT_TRUE(runQuestions(model, paragraphs, spec, nullptr, {}));
    spec.contextTokens = 400;
    spec.perContext = 3;
    spec.unanswerable = 0.4;
    spec.seed = 2;
    const auto hidden = runQuestions(model, paragraphs, spec, nullptr, {});
    ASSERT_TRUE(hidden) << hidden.error().message;
    EXPECT_EQ(static_cast<int64_t>(hidden->trials.size()) + hidden->skipped, 13);
    int unanswerable = 0;
    for (const QaTrial& trial : hidden->trials) {
        EXPECT_LE(trial.documentTokens, 400);
        EXPECT_GT(trial.documentTokens, 200);
        unanswerable += trial.accepted.empty() ? 1 : 0;
    }
    EXPECT_GT(unanswerable, 0);
    EXPECT_LT(unanswerable, 13);
    spec.contextTokens = 0;
    EXPECT_FALSE(runQuestions(model, paragraphs, spec, nullptr, {})) << "nothing to leave out";
}

}  // namespace
}  // namespace lectern::test
