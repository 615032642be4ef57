#include "app/ask/context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "app/ask/citations.h"
#include "tests/app/support/tiny_model.h"

namespace lectern::app {
namespace {

using namespace test;

class ContextTest : public ::testing::Test {
  protected:
    void SetUp() override { m_library = std::move(*Library::openInMemory()); }
    DocumentId add(const std::string& title, DocumentKind kind, const std::vector<std::string>& texts) {
        DocumentHeader header;
        header.kind = kind;
        header.title = title;
        header.contentHash = title;
        header.sourcePath = "/" + title;
        header.pageCount = static_cast<int32_t>(texts.size());
        const DocumentId id = m_library->beginDocument(header)->id;
        std::vector<DocumentPage> pages;
        for (const std::string& text : texts) {
            DocumentPage page;
            page.index = static_cast<int32_t>(pages.size());
            page.label = "f" + std::to_string(page.index);
            page.text = text;
            pages.push_back(page);
        }
        EXPECT_TRUE(m_library->storePages(id, pages).ok());
        EXPECT_TRUE(m_library->finishDocument(id, {}).ok());
        return id;
    }
    std::shared_ptr<const Context> build(std::vector<DocumentId> documents) {
        ContextBuilder builder(*m_library, m_tokenizer, tokenizerHash(tinyTokenizerModel()));
        auto context = builder.build(documents);
        EXPECT_TRUE(context.ok()) << (context ? "" : context.error().message);
        return context ? *context : nullptr;
    }
    std::string read(const Context& context) const {
        return m_tokenizer.decode(std::span(context.tokens()).subspan(1));
    }

    std::unique_ptr<Library> m_library;
    Tokenizer m_tokenizer = tinyTokenizer();
};

TEST_F(ContextTest, OneDocumentIsItsTextAndNothingElse) {
    const DocumentId id = add("a", DocumentKind::Pdf, {"the first page\n", "", "the last pagé"});
    const auto context = build({id});
    EXPECT_EQ(context->tokens()[0], m_tokenizer.bosToken());
    EXPECT_EQ(read(*context), "the first page\nthe last pagé\n");
    ASSERT_EQ(context->spans().size(), 2u) << "blank pages take no tokens";
    EXPECT_EQ(context->spans()[1].page, 2);
    // The same as encoding the whole at once: the model reads what it would have read.
    EXPECT_EQ(std::vector<TokenId>(context->tokens().begin(), context->tokens().end()),
              m_tokenizer.encode("the first page\nthe last pagé\n", {.bos = true}));
}

TEST_F(ContextTest, SeveralDocumentsAndFilesAreNamed) {
    const DocumentId tree = add("tree", DocumentKind::SourceTree, {"int a;\n", "int b;\n"});
    EXPECT_EQ(read(*build({tree})), "File: f0\nint a;\n\nFile: f1\nint b;\n");
    const DocumentId other = add("other", DocumentKind::Text, {"text"});
    const auto context = build({other, tree});
    EXPECT_THAT(read(*context), ::testing::StartsWith("Document: other\ntext\n\nDocument: tree\n\nFile: f0\nint a;"));
    ASSERT_EQ(context->documents().size(), 2u);
    EXPECT_EQ(context->documents()[0].tokens.end, context->documents()[1].tokens.begin);
    EXPECT_EQ(context->kindOf(tree), DocumentKind::SourceTree);
}

TEST_F(ContextTest, EveryTokenFindsItsBytesAndBack) {
    const std::vector<std::string> texts = {"the lamp . . . . . . . . . 12\n\n\n\nand\u00e9 the 世界 line",
                                            "second \xF0\x9F\x98\x80 page"};
    const DocumentId id = add("a", DocumentKind::Pdf, texts);
    const auto context = build({id});
    EXPECT_THAT(read(*context), ::testing::StartsWith("the lamp  12\n\nand"))
        << "leader dots and blank lines are left out";
    std::vector<int64_t> covered(2, 0);
    for (int64_t token = 1; token < static_cast<int64_t>(context->tokens().size()); ++token) {
        for (const PagePart& part : context->project({token, token + 1})) {
            int64_t& position = covered[static_cast<size_t>(part.page)];
            EXPECT_EQ(part.bytes.begin, position) << "tokens cover their page without gap or overlap";
            position = part.bytes.end;
            const TokenRange back = context->tokensOf(id, part.page, part.bytes);
            EXPECT_LE(back.begin, token);
            EXPECT_GT(back.end, token);
        }
    }
    EXPECT_EQ(covered[0], static_cast<int64_t>(texts[0].size()));
    EXPECT_EQ(covered[1], static_cast<int64_t>(texts[1].size()));
    // All tokens at once give both pages whole.
    const std::vector<PagePart> all = context->project({0, static_cast<int64_t>(context->tokens().size())});
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].bytes, (ByteRange{0, static_cast<int64_t>(texts[0].size())}));
}

TEST_F(ContextTest, TokensComeFromTheLibraryTheSecondTime) {
    const DocumentId id = add("a", DocumentKind::Text, {"the lamp is lit"});
    const auto first = build({id});
    EXPECT_TRUE(m_library->tokens(id, tokenizerHash(tinyTokenizerModel()), 0, 1)->has_value());
    EXPECT_EQ(build({id})->tokens(), first->tokens());
}

TEST_F(ContextTest, DocumentsWithoutTextAreSaid) {
    const DocumentId id = add("a", DocumentKind::Pdf, {"", " \n"});
    ContextBuilder builder(*m_library, m_tokenizer, "x");
    const auto context = builder.build(std::vector{id});
    ASSERT_FALSE(context.ok());
    EXPECT_EQ(context.error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(builder.build(std::vector<DocumentId>{99}).error().code, ErrorCode::NotFound);
}

TEST_F(ContextTest, RandomTextsRoundTrip) {
    std::mt19937 random(4);
    for (int trial = 0; trial < 200; ++trial) {
        std::string text = "x";
        for (unsigned i = random() % 80; i > 0; --i) {
            static constexpr const char* kParts[] = {"the ", "a", ". ", ".", "\n", "_", "é", "世", " ", "lamp"};
            text += kParts[random() % std::size(kParts)];
        }
        const ContextText read = contextText(text, DocumentKind::Pdf);
        for (size_t i = 0; i < read.text.size(); ++i) {
            const int64_t at = read.toPage(static_cast<int64_t>(i));
            ASSERT_LT(at, static_cast<int64_t>(text.size()));
            ASSERT_EQ(text[static_cast<size_t>(at)], read.text[i]) << text;
        }
        EXPECT_EQ(contextText(text, DocumentKind::SourceTree).text, text);
    }
}

TEST_F(ContextTest, CitationsAreWholeSentencesOfTheirPage) {
    const std::string text = "First thing here. The lamp of room 9 is lit. Last thing there.";
    const DocumentId pdf = add("pdf", DocumentKind::Pdf, {"Nothing.", text});
    const DocumentId tree = add("tree", DocumentKind::SourceTree, {"a();\nb();\nc();\n"});
    const auto context = build({pdf, tree});
    const auto pages = [this](DocumentId document, int32_t page) { return m_library->page(document, page); };
    const auto at = static_cast<int64_t>(text.find("room 9"));
    const auto code = context->tokensOf(tree, 0, {5, 7});
    const std::vector<CitedRange> ranges = {{context->tokensOf(pdf, 1, {at, at + 6}), 0.6f, {}}, {code, 0.3f, {}}};
    const Result<std::vector<Citation>> citations = citeRanges(*context, ranges, pages);
    ASSERT_TRUE(citations.ok()) << citations.error().message;
    ASSERT_EQ(citations->size(), 2u);
    EXPECT_EQ((*citations)[0].text, "The lamp of room 9 is lit.");
    EXPECT_EQ((*citations)[0].text,
              text.substr(static_cast<size_t>((*citations)[0].bytes.begin), (*citations)[0].text.size()));
    EXPECT_EQ((*citations)[0].page, 1);
    EXPECT_FALSE((*citations)[0].lines.has_value());
    EXPECT_NEAR((*citations)[0].weight, 0.6, 1e-6);
    EXPECT_EQ((*citations)[1].text, "b();");
    EXPECT_EQ((*citations)[1].lines, (LineRange{2, 2}));
    EXPECT_EQ((*citations)[1].pageLabel, "f0");
}

TEST_F(ContextTest, NeighbouringCitationsAreJoined) {
    const std::string text = "The lamp of room 9 is lit every night.";
    const DocumentId id = add("a", DocumentKind::Text, {text});
    const auto context = build({id});
    const auto pages = [this](DocumentId document, int32_t page) { return m_library->page(document, page); };
    const std::vector<CitedRange> ranges = {{context->tokensOf(id, 0, {0, 5}), 0.5f, {}},
                                            {context->tokensOf(id, 0, {20, 26}), 0.25f, {}}};
    const std::vector<Citation> citations = *citeRanges(*context, ranges, pages);
    ASSERT_EQ(citations.size(), 1u);
    EXPECT_EQ(citations[0].text, text);
    EXPECT_NEAR(citations[0].weight, 0.75, 1e-6);
    EXPECT_EQ(citations[0].tokenRanges.size(), 2u);
}

}  // namespace
}  // namespace lectern::app
