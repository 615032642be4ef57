// Properties of the tokenizer on generated vocabularies and texts, with libsentencepiece on the whole text as the peer.

#include "engine/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include <cmath>
#include <random>
#include <set>

#include "engine/text/sentencepiece_proto.h"
#include "engine/text/utf8.h"
#include "tests/engine/support/synthetic_model.h"
#include "tests/engine/support/test_files.h"

namespace lectern {
namespace {

constexpr const char* kSpaceSymbol = "\xe2\x96\x81";

using Random = std::mt19937;
using test::bareVocabulary;

int pick(Random& random, int count) {
    return static_cast<int>(random() % static_cast<unsigned>(count));
}

/// Characters of the random texts; few, so that merges are frequent. The last has no piece of its own.
const std::vector<std::string>& alphabet() {
    static const std::vector<std::string> kLetters = {"a", "b", " ", "\n", "é", "中", "1", "🦙"};
    return kLetters;
}

/// A vocabulary of random merges over the alphabet, as BPE training makes them: each piece joins two earlier ones.
SentencePieceModel randomVocabulary(Random& random) {
    SentencePieceModel model = bareVocabulary();
    std::vector<std::string> pieces;
    for (size_t i = 0; i + 1 < alphabet().size(); ++i) {
        pieces.push_back(alphabet()[i] == " " ? kSpaceSymbol : alphabet()[i]);
    }
    std::set<std::string> seen(pieces.begin(), pieces.end());
    const int merges = 5 + pick(random, 60);
    for (int i = 0; i < merges; ++i) {
        const std::string joined = pieces[static_cast<size_t>(pick(random, static_cast<int>(pieces.size())))] +
                                   pieces[static_cast<size_t>(pick(random, static_cast<int>(pieces.size())))];
        if (joined.size() < 40 && seen.insert(joined).second) {
            pieces.push_back(joined);
        }
    }
    for (size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i] == kSpaceSymbol) {
            continue;
        }
        // Now and then equal scores, unused pieces and user-defined ones.
        const auto score = -static_cast<float>(pick(random, 4) == 0 ? i / 2 : i);
        const int kind = pick(random, 12);
        const auto type = kind == 0 ? PieceType::Unused : kind == 1 ? PieceType::UserDefined : PieceType::Normal;
        model.pieces.push_back({pieces[i], score, type});
    }
    return model;
}

std::string randomText(Random& random, int characters) {
    std::string text;
    for (int i = 0; i < characters; ++i) {
        text += alphabet()[static_cast<size_t>(pick(random, static_cast<int>(alphabet().size())))];
    }
    return text;
}

/// Any bytes, with enough valid and half-valid UTF-8 and literal U+2581 among them.
std::string randomBytes(Random& random, int parts) {
    static const std::vector<std::string> kOdd = {
        "\xe2\x96\x81",     "\xe2\x96",           "\xff",   "\xc0\x80", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", std::string(1, '\0'), "<0x0A>", "<s>",      "\r\n"};
    std::string text;
    for (int i = 0; i < parts; ++i) {
        const int kind = pick(random, 4);
        if (kind == 0) {
            text += static_cast<char>(pick(random, 256));
        } else if (kind == 1) {
            text += kOdd[static_cast<size_t>(pick(random, static_cast<int>(kOdd.size())))];
        } else {
            text += randomText(random, 1 + pick(random, 4));
        }
    }
    return text;
}

Tokenizer makeTokenizer(const SentencePieceModel& model) {
    auto tokenizer = Tokenizer::create(serialiseSentencePieceModel(model));
    EXPECT_TRUE(tokenizer) << tokenizer.error().message;
    return *tokenizer;
}

/// Every promise of encodeWithOffsets and decode for one text.
void expectFaithful(const Tokenizer& tokenizer, const std::string& text, Tokenizer::EncodeOptions options) {
    const auto tokens = tokenizer.encodeWithOffsets(text, options);
    int64_t position = 0;
    std::vector<TokenId> ids;
    for (size_t i = 0; i < tokens.size(); ++i) {
        const auto& [id, bytes] = tokens[i];
        ids.push_back(id);
        ASSERT_EQ(bytes.begin, position);
        ASSERT_GE(bytes.end, bytes.begin);
        position = bytes.end;
        if (tokenizer.isControl(id)) {
            ASSERT_TRUE(options.bos && i == 0 && id == tokenizer.bosToken());
            ASSERT_EQ(bytes.size(), 0);
            continue;
        }
        const std::string spelled(tokenizer.pieceBytes(id));
        const std::string covered = text.substr(static_cast<size_t>(bytes.begin), static_cast<size_t>(bytes.size()));
        const bool first = i == (options.bos ? 1u : 0u);
        ASSERT_EQ(spelled, first && options.dummyPrefix ? " " + covered : covered) << "token " << i;
    }
    ASSERT_EQ(position, static_cast<int64_t>(text.size()));
    ASSERT_EQ(tokenizer.decode(ids, options.dummyPrefix), text);
    ASSERT_EQ(tokenizer.encode(text, options), ids);
}

TEST(Tokenizer, EqualsSentencepieceOnWholeTexts) {
    Random random(1);
    for (int round = 0; round < 150; ++round) {
        const SentencePieceModel model = randomVocabulary(random);
        const Tokenizer tokenizer = makeTokenizer(model);
        sentencepiece::SentencePieceProcessor peer;
        ASSERT_TRUE(peer.LoadFromSerializedProto(serialiseSentencePieceModel(model)).ok());
        for (int i = 0; i < 20; ++i) {
            const std::string text = randomText(random, 1 + pick(random, 300));
            ASSERT_EQ(tokenizer.encode(text, {}), peer.EncodeAsIds(text)) << "round " << round << ": " << text;
        }
    }
}

TEST(Tokenizer, EqualsSentencepieceOnProse) {
    const auto folder = std::filesystem::path(LECTERN_SOURCE_DIR) / "tests/data/goldens";
    const std::string proto = test::readFile(folder / "tiny/tokenizer.model");
    std::string prose = test::readFile(folder / "base45m/prose.txt");
    ASSERT_FALSE(prose.empty());
    prose += "\n\n\tTabs,  double  spaces and \r\n line ends. " + prose;
    const auto tokenizer = Tokenizer::create(proto);
    ASSERT_TRUE(tokenizer) << tokenizer.error().message;
    sentencepiece::SentencePieceProcessor peer;
    ASSERT_TRUE(peer.LoadFromSerializedProto(proto).ok());
    EXPECT_EQ(tokenizer->encode(prose, {}), peer.EncodeAsIds(prose));
    expectFaithful(*tokenizer, prose, {true, true});
}

TEST(Tokenizer, RoundTripsAnyBytes) {
    Random random(2);
    for (int round = 0; round < 40; ++round) {
        const Tokenizer tokenizer = makeTokenizer(randomVocabulary(random));
        for (int i = 0; i < 30; ++i) {
            const std::string text = randomBytes(random, pick(random, 60));
            for (const bool bos : {false, true}) {
                for (const bool dummyPrefix : {false, true}) {
                    ASSERT_NO_FATAL_FAILURE(expectFaithful(tokenizer, text, {bos, dummyPrefix}));
                }
            }
        }
    }
}

TEST(Tokenizer, EdgeTexts) {
    Random random(3);
    const Tokenizer tokenizer = makeTokenizer(randomVocabulary(random));
    const std::vector<std::string> texts = {"",       " ",  "  ",    "\n",       "\xff",        kSpaceSymbol,
                                            " \xff ", "\0", "a\xe4", "\xf0\x9f", "<s></s><unk>"};
    for (const auto& text : texts) {
        for (const bool dummyPrefix : {false, true}) {
            expectFaithful(tokenizer, text, {true, dummyPrefix});
        }
    }
    EXPECT_TRUE(tokenizer.encode("", {}).empty());
    EXPECT_EQ(tokenizer.encode("", {.bos = true}), std::vector<TokenId>{1});
}

TEST(Tokenizer, LongRunsWithoutACutStayExact) {
    SentencePieceModel model = bareVocabulary();
    model.pieces.push_back({"a", -3, PieceType::Normal});
    model.pieces.push_back({"aa", -1, PieceType::Normal});
    const Tokenizer tokenizer = makeTokenizer(model);
    const std::string text(3'000'001, 'a');
    expectFaithful(tokenizer, text, {});
    EXPECT_LE(tokenizer.encode(text, {}).size(), text.size() / 2 + 8);
}

TEST(Tokenizer, AContinuationHasNoSpaceOfItsOwn) {
    SentencePieceModel model = bareVocabulary();
    model.pieces.push_back({"a", -3, PieceType::Normal});
    const Tokenizer tokenizer = makeTokenizer(model);
    const TokenId a = tokenizer.vocabSize() - 1;
    EXPECT_EQ(tokenizer.encode("a", {.dummyPrefix = false}), std::vector<TokenId>{a});
    EXPECT_EQ(tokenizer.encode("a", {}), (std::vector<TokenId>{a - 1, a}));
    EXPECT_EQ(tokenizer.decode(std::vector<TokenId>{a - 1, a}, false), " a");
    EXPECT_EQ(tokenizer.decode(std::vector<TokenId>{a - 1, a}), "a");
}

TEST(Tokenizer, AModelWithoutDummyPrefixGetsNone) {
    SentencePieceModel model = bareVocabulary();
    model.addDummyPrefix = false;
    model.pieces.push_back({"a", -3, PieceType::Normal});
    const Tokenizer tokenizer = makeTokenizer(model);
    EXPECT_EQ(tokenizer.encode("a", {}), std::vector<TokenId>{tokenizer.vocabSize() - 1});
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(" a", {})), " a");
}

TEST(Tokenizer, ControlAndUnknownIdsGiveNothing) {
    const Tokenizer tokenizer = makeTokenizer(bareVocabulary());
    const std::vector<TokenId> ids = {1, 0, 3 + 'x', 2, -1, 1 << 30};
    EXPECT_EQ(tokenizer.decode(ids), "x");
    EXPECT_TRUE(tokenizer.isControl(1));
    EXPECT_TRUE(tokenizer.isControl(-5));
    EXPECT_FALSE(tokenizer.isControl(3));
    EXPECT_EQ(tokenizer.pieceBytes(3 + '\n'), "\n");
}

TEST(Tokenizer, RefusesWhatItCannotTrace) {
    const auto messageOf = [](const SentencePieceModel& model) {
        const auto tokenizer = Tokenizer::create(serialiseSentencePieceModel(model));
        return tokenizer ? std::string("accepted") : tokenizer.error().message;
    };
    EXPECT_EQ(messageOf(bareVocabulary()), "accepted");
    auto model = bareVocabulary();
    model.kind = SentencePieceModel::Kind::Unigram;
    EXPECT_THAT(messageOf(model), testing::HasSubstr("not a BPE model"));
    model = bareVocabulary();
    model.removeExtraWhitespaces = true;
    EXPECT_THAT(messageOf(model), testing::HasSubstr("changes the text"));
    model = bareVocabulary();
    model.pieces.erase(model.pieces.begin() + 10);
    EXPECT_THAT(messageOf(model), testing::HasSubstr("byte pieces"));
    model = bareVocabulary();
    model.pieces.push_back({"x", NAN, PieceType::Normal});
    EXPECT_THAT(messageOf(model), testing::HasSubstr("finite"));
    model = bareVocabulary();
    model.pieces.push_back({kSpaceSymbol, 0, PieceType::Normal});
    EXPECT_THAT(messageOf(model), testing::HasSubstr("repeated"));
    model = bareVocabulary();
    model.pieces.pop_back();
    EXPECT_THAT(messageOf(model), testing::HasSubstr("space"));
    EXPECT_FALSE(Tokenizer::create(""));
    EXPECT_FALSE(Tokenizer::create("not a model"));
}

TEST(Tokenizer, DamagedProtosAreRefusedOrSafe) {
    Random random(4);
    const std::string good = serialiseSentencePieceModel(randomVocabulary(random));
    for (size_t length = 0; length < good.size(); length += 7) {
        EXPECT_FALSE(Tokenizer::create(std::string_view(good).substr(0, length))) << length;
    }
    for (int i = 0; i < 2000; ++i) {
        std::string bad = good;
        for (int flips = 1 + pick(random, 4); flips > 0; --flips) {
            bad[static_cast<size_t>(pick(random, static_cast<int>(bad.size())))] = static_cast<char>(pick(random, 256));
        }
        if (const auto tokenizer = Tokenizer::create(bad)) {
            const std::string text = randomBytes(random, 20);
            ASSERT_EQ(tokenizer->decode(tokenizer->encode(text, {})), text);
        }
    }
}

TEST(Utf8, AgreesWithTheStandard) {
    EXPECT_EQ(utf8Length("a"), 1);
    EXPECT_EQ(utf8Length("é"), 2);
    EXPECT_EQ(utf8Length("中"), 3);
    EXPECT_EQ(utf8Length("🦙"), 4);
    for (const char* bad : {"", "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                            "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe4\xb8", "\xc3(", "\xe4(\xad"}) {
        EXPECT_EQ(utf8Length(bad), 0) << testing::PrintToString(bad);
    }
    EXPECT_EQ(utf8CodePoint("🦙", 4), U'🦙');
    EXPECT_TRUE(utf8Incomplete("\xf0\x9f\xa6"));
    EXPECT_FALSE(utf8Incomplete("\xf0\x28"));
    EXPECT_FALSE(utf8Incomplete("a"));
}

TEST(Utf8Assembler, GivesWholeCharactersAndEveryByte) {
    Random random(5);
    for (int round = 0; round < 2000; ++round) {
        const bool valid = round % 2 == 0;
        const std::string text = valid ? randomText(random, pick(random, 30)) : randomBytes(random, pick(random, 20));
        Utf8Assembler assembler;
        std::string joined;
        for (size_t position = 0; position < text.size();) {
            const size_t size = std::min<size_t>(1 + static_cast<size_t>(pick(random, 3)), text.size() - position);
            const std::string part = assembler.push(std::string_view(text).substr(position, size));
            position += size;
            joined += part;
            std::string_view rest = part;
            while (valid && !rest.empty()) {
                const int64_t length = utf8Length(rest);
                ASSERT_GT(length, 0);
                rest.remove_prefix(static_cast<size_t>(length));
            }
            ASSERT_LE(position - joined.size(), 3u);
        }
        const std::string tail = assembler.finish();
        if (valid) {
            ASSERT_EQ(tail, "");
        }
        ASSERT_EQ(joined + tail, text);
    }
}

}  // namespace
}  // namespace lectern
