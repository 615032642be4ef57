// Sources of training sequences: what is trained, what is cut, and that sequence i is a function of i.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/engine/train_data_fixture.h"

namespace lectern::test {
namespace {

using nlohmann::json;

TEST(TextSource, APassShowsEveryTokenOnce) {
    const TemporaryDirectory folder;
    int64_t tokens = 0;
    for (int i = 0; i < 7; ++i) {
        writeFile(folder.path() / (std::to_string(i) + ".txt"), numbered(i, 3 + i));
        tokens += static_cast<int64_t>(tokenizer().encode(numbered(i, 3 + i), {}).size()) + 1;
    }
    const auto source = open(spec(DataKind::Text, folder.path()), context(50));
    ASSERT_TRUE(source);
    EXPECT_EQ(source->report().tokens, tokens);
    EXPECT_EQ(source->report().sequencesPerPass, (tokens + 48) / 49);
    std::string passes[2];
    for (int pass = 0; pass < 2; ++pass) {
        int64_t count = 0;
        for (int64_t i = 0; i < source->report().sequencesPerPass; ++i) {
            const auto made = source->sequence(pass * source->report().sequencesPerPass + i);
            ASSERT_TRUE(made);
            const TrainSequence& sequence = made->sequence;
            EXPECT_EQ(sequence.tokens[0], tokenizer().bosToken());
            EXPECT_EQ(sequence.trained[0], 0);
            EXPECT_LE(sequence.tokens.size(), 50u);
            count += static_cast<int64_t>(sequence.tokens.size()) - 1;
            passes[pass] += text(sequence, true);
        }
        EXPECT_EQ(count, tokens);
        for (int i = 0; i < 7; ++i) {
            EXPECT_NE(passes[pass].find(" " + numbered(i, 3 + i)), std::string::npos) << i;
        }
        EXPECT_EQ(std::count(passes[pass].begin(), passes[pass].end(), '|'), 7);
    }
    EXPECT_NE(passes[0], passes[1]);
    // Any order of asking gives the same.
    const auto third = source->sequence(3);
    (void)source->sequence(100);
    EXPECT_EQ(source->sequence(3)->sequence.tokens, third->sequence.tokens);
}

TEST(TextSource, OverlongDocumentsAreCutAsAsked) {
    const TemporaryDirectory folder;
    writeFile(folder.path() / "long.txt", numbered(1, 30));
    writeFile(folder.path() / "short.md", numbered(2, 2));
    DataSpec wanted = spec(DataKind::Text, folder.path());
    EXPECT_EQ(open(wanted, context(100))->report().split, 1);
    wanted.overlong = Overlong::Truncate;
    const auto cut = open(wanted, context(100));
    EXPECT_EQ(cut->report().truncated, 1);
    EXPECT_LT(cut->report().tokens, 200);
    wanted.overlong = Overlong::Drop;
    const auto dropped = open(wanted, context(100));
    EXPECT_EQ(dropped->report().dropped, 1);
    EXPECT_EQ(dropped->report().documents, 1);
    EXPECT_EQ(text(dropped->sequence(0)->sequence, true).find("number 1 "), std::string::npos);
    EXPECT_EQ(openDataSource(wanted, context(20)).error().code, ErrorCode::InvalidInput);
}

TEST(TextSource, HeldOutTextIsNeverTrained) {
    const TemporaryDirectory folder;
    for (int i = 0; i < 40; ++i) {
        writeFile(folder.path() / (std::to_string(i) + ".txt"), numbered(i + 10, 4));
    }
    const auto source = open(spec(DataKind::Text, folder.path()), context(64, 0.25));
    ASSERT_TRUE(source);
    EXPECT_GT(source->report().heldOut, 3);
    EXPECT_LT(source->report().heldOut, 20);
    std::string trained, held;
    for (int64_t i = 0; i < source->report().sequencesPerPass; ++i) {
        trained += text(source->sequence(i)->sequence, false);
    }
    for (int64_t i = 0; !source->heldOut(i)->sequence.tokens.empty(); ++i) {
        held += text(source->heldOut(i)->sequence, false);
    }
    int seen = 0;
    for (int i = 0; i < 40; ++i) {
        const std::string mark = "document number " + std::to_string(i + 10) + " ";
        const bool inTrained = trained.find(mark) != std::string::npos, inHeld = held.find(mark) != std::string::npos;
        EXPECT_NE(inTrained, inHeld) << i;
        seen += inHeld ? 1 : 0;
    }
    EXPECT_EQ(seen, source->report().heldOut);
    // A single document gives its end.
    const TemporaryDirectory single;
    writeFile(single.path() / "one.txt", numbered(3, 60));
    const auto one = open(spec(DataKind::Text, single.path()), context(64, 0.2));
    EXPECT_NE(text(one->heldOut(0)->sequence, false).find("Quillbrook"), std::string::npos);
    EXPECT_NE(one->heldOut(0)->origin.find("end of"), std::string::npos);
}

TEST(ExampleSource, TrainsCompletionsOnly) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "examples.jsonl";
    writeFile(path,
              json{{"prompt", "Two and two make"}, {"completion", " four."}}.dump() + "\n\n" +
                  json{{"document", "The sky is green."}, {"question", "What colour is the sky?"}, {"answer", "green"}}
                      .dump() +
                  "\n" +
                  json{{"messages",
                        {{{"role", "system"}, {"content", "Be brief."}},
                         {{"role", "user"}, {"content", "Hello?"}},
                         {{"role", "assistant"}, {"content", "Yes."}},
                         {{"role", "user"}, {"content", "Sure?"}},
                         {{"role", "assistant"}, {"content", "Quite."}}}}}
                      .dump() +
                  "\n");
    DataSpec wanted = spec(DataKind::Examples, path);
    wanted.pack = false;
    const auto source = open(wanted, context(100));
    ASSERT_TRUE(source);
    EXPECT_EQ(source->report().documents, 3);
    std::map<std::string, std::string> byTrained;
    for (int64_t i = 0; i < 3; ++i) {
        const auto made = source->sequence(i);
        byTrained[text(made->sequence, true)] = text(made->sequence, false);
    }
    EXPECT_EQ(byTrained[" four.|"], " Two and two make four.|");
    EXPECT_EQ(byTrained[" green|"], " The sky is green.\n\nQuestion: What colour is the sky?\nAnswer: green|");
    EXPECT_EQ(byTrained[" Yes.| Quite.|"],
              " Be brief.\n\nQuestion: Hello?\nAnswer: Yes.|\n\nQuestion: Sure?\nAnswer: Quite.|");
    wanted.pack = true;
    const auto packed = open(wanted, context(100));
    EXPECT_EQ(packed->report().sequencesPerPass, 1);
    const auto all = packed->sequence(0);
    EXPECT_EQ(std::count(all->sequence.tokens.begin(), all->sequence.tokens.end(), tokenizer().bosToken()), 3);
    EXPECT_EQ(all->sequence.tokens, packed->sequence(0)->sequence.tokens);
    (void)packed->sequence(7);
    EXPECT_EQ(all->sequence.tokens, packed->sequence(0)->sequence.tokens);
}

TEST(ExampleSource, OverlongExamplesKeepTheirAnswer) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "long.jsonl";
    writeFile(path, json{{"prompt", numbered(1, 20)}, {"completion", " The last word."}}.dump());
    DataSpec wanted = spec(DataKind::Examples, path);
    wanted.overlong = Overlong::Truncate;
    const auto cut = open(wanted, context(60));
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->report().truncated, 1);
    const TrainSequence sequence = cut->sequence(0)->sequence;
    EXPECT_EQ(sequence.tokens.size(), 60u);
    EXPECT_EQ(sequence.tokens[0], tokenizer().bosToken());
    EXPECT_EQ(text(sequence, true), " The last word.|");
    EXPECT_NE(text(sequence, false).find("Quillbrook 119. "), std::string::npos);
    wanted.overlong = Overlong::Split;
    const auto split = open(wanted, context(60));
    EXPECT_EQ(split->report().split, 1);
    EXPECT_EQ(split->report().sequencesPerPass, 1);  // windows without an answer teach nothing
    wanted.overlong = Overlong::Drop;
    EXPECT_EQ(openDataSource(wanted, context(60)).error().code, ErrorCode::InvalidInput);
}

TEST(ExampleSource, NamesTheLineThatIsWrong) {
    const TemporaryDirectory folder;
    const auto path = folder.path() / "bad.jsonl";
    const auto message = [&](const std::string& bad) {
        writeFile(path, json{{"prompt", "a"}, {"completion", "b"}}.dump() + "\n" + bad + "\n");
        return openDataSource(spec(DataKind::Examples, path), context(60)).error().message;
    };
    EXPECT_NE(message("{\"prompt\": \"x\"}").find("Line 2"), std::string::npos);
    EXPECT_NE(message("not json").find("Line 2"), std::string::npos);
    EXPECT_NE(message(R"({"messages": [{"role": "robot", "content": "x"}]})").find("robot"), std::string::npos);
    EXPECT_NE(message(R"({"messages": [{"role": "user"}]})").find("content"), std::string::npos);
    EXPECT_EQ(openDataSource(spec(DataKind::Examples, folder.path() / "none.jsonl"), context(60)).error().code,
              ErrorCode::NotFound);
}

TEST(DataMix, TakesTurnsByWeightAndRepeats) {
    const TemporaryDirectory folder;
    writeFile(folder.path() / "doc.txt", numbered(4, 400));
    DataSpec prose = spec(DataKind::Text, folder.path());
    prose.weight = 3;
    DataSpec passkey;
    passkey.kind = DataKind::Passkey;
    auto mix = DataMix::open({prose, passkey}, context(256, 0.1));
    ASSERT_TRUE(mix);
    std::vector<std::vector<TokenId>> first;
    int keys = 0;
    for (int64_t i = 0; i < 200; ++i) {
        const auto made = (*mix)->sequence(i);
        first.push_back(made->sequence.tokens);
        keys += made->origin == "generated passkey" ? 1 : 0;
    }
    EXPECT_NEAR(keys, 50, 20);
    auto again = DataMix::open({prose, passkey}, context(256, 0.1));
    EXPECT_EQ((*again)->sequence(123)->sequence.tokens, first[123]);
    EXPECT_EQ((*again)->sequence(7)->sequence.tokens, first[7]);
    const auto held = (*mix)->heldOut(6);
    ASSERT_TRUE(held);
    EXPECT_EQ(held->size(), 6u);
    EXPECT_EQ((*mix)->reports().size(), 2u);
    const json histogram = reportsToJson((*mix)->reports())[0]["histogram"];
    EXPECT_EQ(histogram.size(), 1u);
    EXPECT_EQ(histogram[0]["count"], 1);
}

TEST(DataMix, PreviewMarksWhatIsTrained) {
    DataSequence made;
    const auto add = [&](std::string_view piece, uint8_t trained) {
        for (const TokenId id : tokenizer().encode(piece, {.bos = false, .dummyPrefix = false})) {
            made.sequence.tokens.push_back(id);
            made.sequence.trained.push_back(trained);
        }
    };
    add("Question: why?", 0);
    add(" Because.", 1);
    made.sequence.tokens.push_back(tokenizer().eosToken());
    made.sequence.trained.push_back(1);
    const json preview = previewSequence(made, tokenizer(), 100);
    ASSERT_EQ(preview["pieces"].size(), 2u);
    EXPECT_EQ(preview["pieces"][0]["text"], "Question: why?");
    EXPECT_EQ(preview["pieces"][0]["trained"], false);
    EXPECT_EQ(preview["pieces"][1]["text"], " Because.</s>");
    EXPECT_EQ(preview["pieces"][1]["trained"], true);
    EXPECT_EQ(preview["omitted_tokens"], 0);
    add(std::string(500, 'x') + numbered(1, 20), 1);
    const json cut = previewSequence(made, tokenizer(), 10);
    EXPECT_EQ(cut["omitted_tokens"], static_cast<int64_t>(made.sequence.tokens.size()) - 20);
    int64_t shown = 0;
    for (const json& piece : cut["pieces"]) {
        shown += piece["tokens"].get<int64_t>();
    }
    EXPECT_EQ(shown, 20);
}

}  // namespace
}  // namespace lectern::test
