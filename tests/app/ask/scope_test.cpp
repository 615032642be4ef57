// Scopes, coverage, export: what needs no model.

#include "app/ask/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "app/ask/coverage.h"
#include "app/ask/export.h"
#include "engine/attention/planner.h"

namespace lectern::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Scope, SectionsEndWhereTheNextOneBegins) {
    DocumentRecord record;
    record.id = 7;
    record.header.kind = DocumentKind::Pdf;
    record.header.pageCount = 30;
    record.header.outline = {{"One", 2, 0, 0, 0},     {"One.a", 4, 0.5f, 1, 0}, {"One.b", 6, 0, 1, 0},
                             {"Two", 10, 0.3f, 0, 0}, {"Three", -1, 0, 0, 0},   {"Four", 20, 0, 0, 0}};
    const auto none = [](int32_t) -> Result<DocumentPage> { return DocumentPage{}; };
    const AskScope one = *sectionScope(record, 0, none);
    EXPECT_EQ(one.firstPage, 2);
    EXPECT_EQ(one.lastPage, 10) << "the next one begins in the middle of that page";
    EXPECT_EQ(sectionScope(record, 1, none)->lastPage, 5);
    EXPECT_EQ(sectionScope(record, 5, none)->lastPage, 29);
    EXPECT_EQ(sectionScope(record, 4, none).error().code, ErrorCode::InvalidInput);
    EXPECT_EQ(sectionScope(record, 9, none).error().code, ErrorCode::InvalidInput);
}

TEST(Scope, TextSectionsAreLines) {
    DocumentRecord record;
    record.header.kind = DocumentKind::Markdown;
    record.header.pageCount = 1;
    record.header.outline = {{"A", 0, 0, 0, 1}, {"B", 0, 0, 0, 3}};
    const auto pages = [](int32_t) -> Result<DocumentPage> {
        DocumentPage page;
        page.text = "# A\nx\n# B\ny\n";
        return page;
    };
    const AskScope a = *sectionScope(record, 0, pages);
    EXPECT_EQ(a.beginByte, 0);
    EXPECT_EQ(a.endByte, 6);
    const AskScope b = *sectionScope(record, 1, pages);
    EXPECT_EQ(b.beginByte, 6);
    EXPECT_FALSE(b.endByte.has_value());
}

TEST(Scope, FoldersHoldTheFilesBelowThem) {
    DocumentRecord record;
    record.header.kind = DocumentKind::SourceTree;
    record.header.pageCount = 4;
    record.header.outline = {{"a.c", 0, 0, 0, 1},   {"src/", -1, 0, 0, 0}, {"b.c", 1, 0, 1, 1},
                             {"sub/", -1, 0, 1, 0}, {"c.c", 2, 0, 2, 1},   {"z.c", 3, 0, 0, 1}};
    const auto none = [](int32_t) -> Result<DocumentPage> { return DocumentPage{}; };
    EXPECT_EQ(sectionScope(record, 1, none)->firstPage, 1);
    EXPECT_EQ(sectionScope(record, 1, none)->lastPage, 2);
    EXPECT_EQ(sectionScope(record, 3, none)->firstPage, 2);
    EXPECT_EQ(sectionScope(record, 3, none)->lastPage, 2);
}

TEST(Scope, IsKeptWithTheAnswer) {
    AskScope scope{7, 3, 120, 5, 900, "pages 4–6"};
    const std::string profile = profileWithScope(R"({"mode":"ms_decode"})", scope);
    EXPECT_THAT(profile, HasSubstr("ms_decode"));
    EXPECT_EQ(scopeOfProfile(profile), scope);
    scope.endByte.reset();
    EXPECT_EQ(scopeOfProfile(profileWithScope("{}", scope)), scope);
    EXPECT_EQ(scopeOfProfile(profileWithScope("{}", std::nullopt)), std::nullopt);
    for (const char* broken : {"", "{", "[]", R"({"scope":3})", R"({"scope":{"document":1,"first_page":-2}})",
                               R"({"scope":{"document":"x","first_page":0,"last_page":0}})"}) {
        EXPECT_EQ(scopeOfProfile(broken), std::nullopt) << broken;
    }
}

TEST(Scope, RegionsOutsideKeepTheSink) {
    EXPECT_THAT(regionsOutside({33, 64}, 100, 16, 1), ElementsAre(1, 4, 5, 6));
    EXPECT_THAT(regionsOutside({0, 100}, 100, 16, 1), ElementsAre());
}

TEST(Scope, CandidatesShrinkToWhatIsAllowed) {
    const std::vector<RegionId> outside = {1, 2, 3, 7, 8, 9};
    SelectionFrame frame;
    frame.candidateBegin = 1;
    frame.candidateEnd = 10;
    narrowCandidates(frame, outside);
    EXPECT_EQ(frame.candidateBegin, 4);
    EXPECT_EQ(frame.candidateEnd, 7);
    frame.candidateBegin = 2;
    frame.candidateEnd = 4;
    narrowCandidates(frame, outside);
    EXPECT_EQ(frame.candidateBegin, frame.candidateEnd) << "nothing is left";
    frame.candidateBegin = 4;
    frame.candidateEnd = 6;
    narrowCandidates(frame, outside);
    EXPECT_EQ(frame.candidateBegin, 4);
    EXPECT_EQ(frame.candidateEnd, 6);
}

TEST(Abstention, IsRecognised) {
    EXPECT_TRUE(isAbstention("The text does not say."));
    EXPECT_TRUE(isAbstention(" "));
    EXPECT_TRUE(isAbstention("That is NOT mentioned anywhere."));
    EXPECT_FALSE(isAbstention("At dusk."));
}

class ExportTest : public ::testing::Test {
  protected:
    void SetUp() override {
        m_library = std::move(*Library::openInMemory());
        DocumentHeader header;
        header.kind = DocumentKind::Pdf;
        header.title = "Hand_book <2>";
        header.sourcePath = "/files/\"handbook\".pdf";
        header.contentHash = "a";
        header.pageCount = 20;
        const DocumentId document = m_library->beginDocument(header)->id;
        m_talk = m_library->createConversation("Harbour <script src=\"http&\">", std::vector{document})->id;
        MessageRecord asked;
        asked.conversation = m_talk;
        asked.text = "When does it *close*?";
        asked = *m_library->addMessage(asked, {});
        Citation citation;
        citation.sentence = 0;
        citation.sentenceBytes = {0, 8};
        citation.document = document;
        citation.page = 11;
        citation.pageLabel = "iv";
        citation.text = "closes at <dusk>\nevery day";
        citation.state = CitationState::Verified;
        MessageRecord answer{0, m_talk, MessageRole::Answer, asked.id, "At dusk. Always.", "end_of_text", "base", "{}"};
        ASSERT_TRUE(m_library->addMessage(answer, std::vector{citation}).ok());
        answer.text = "Again.";
        ASSERT_TRUE(m_library->addMessage(answer, {}).ok());
    }
    std::unique_ptr<Library> m_library;
    ConversationId m_talk = 0;
};

TEST_F(ExportTest, MarkdownNamesEveryPage) {
    const std::string text = *exportConversation(*m_library, m_talk, ExportFormat::Markdown);
    EXPECT_THAT(
        text, HasSubstr("# Harbour \\<script src=\"http&\"\\>\n\n- Hand\\_book \\<2\\> (`/files/\"handbook\".pdf`)\n"));
    EXPECT_THAT(text, HasSubstr("## When does it \\*close\\*?\n"));
    EXPECT_THAT(text, HasSubstr("At dusk. \\[1\\] Always.\n"));
    EXPECT_THAT(text,
                HasSubstr("1. Hand\\_book \\<2\\>, page 12 (iv) (verified)\n   > closes at \\<dusk\\> every day\n"));
    EXPECT_THAT(text, HasSubstr("Again."));
}

TEST_F(ExportTest, HtmlIsOneSafeFile) {
    const std::string html = *exportConversation(*m_library, m_talk, ExportFormat::Html);
    EXPECT_THAT(html, HasSubstr("<h2>When does it *close*?</h2>"));
    EXPECT_THAT(html, HasSubstr("page 12 (iv) (verified)<blockquote>closes at &lt;dusk&gt;"));
    EXPECT_THAT(html, HasSubstr("At dusk.<sup><a href=\"#a2-1\">[1]</a></sup> Always."));
    EXPECT_THAT(html, HasSubstr("<h1>Harbour &lt;script src=&quot;http&amp;&quot;&gt;</h1>"));
    EXPECT_THAT(html, HasSubstr("<li>Hand_book &lt;2&gt; <code>/files/&quot;handbook&quot;.pdf</code></li>"));
    // Nothing is loaded or run: no tag but those that the exporter writes.
    std::set<std::string> tags;
    for (size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
        tags.insert(html.substr(at + 1, html.find_first_of(" >", at) - at - 1));
    }
    for (const char* known : {"!DOCTYPE", "html", "head", "meta", "title", "style", "body", "h1", "h2", "ul", "li",
                              "code", "p", "sup", "a", "ol", "blockquote"}) {
        EXPECT_EQ(tags.erase(known), 1u) << known;
        tags.erase("/" + std::string(known));
    }
    EXPECT_THAT(tags, ::testing::IsEmpty());
    EXPECT_EQ(exportConversation(*m_library, 99, ExportFormat::Html).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace lectern::app
