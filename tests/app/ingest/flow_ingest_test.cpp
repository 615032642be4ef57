// HTML, EPUB, DOCX and ODT through the real document worker: text, outline, and what hostile files get.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/ingest/ingest.h"
#include "tests/app/support/app_test.h"
#include "tests/app/support/zip_file.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kContainer =
    R"(<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>)";
constexpr const char* kPackage =
    R"(<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf"><metadata
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Two  Tales</dc:title></metadata><manifest>
<item id="b" href="text/second%20part.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="text/first.xhtml" media-type="application/xhtml+xml"/>
<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>
<spine toc="ncx"><itemref idref="a"/><itemref idref="b"/><itemref idref="gone"/></spine></package>)";
constexpr const char* kNcx =
    R"(<?xml version="1.0"?><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
<navPoint><navLabel><text>The First</text></navLabel><content src="text/first.xhtml"/>
<navPoint><navLabel><text>Inside</text></navLabel><content src="text/first.xhtml#in"/></navPoint></navPoint>
<navPoint><navLabel><text>The Second</text></navLabel><content src="text/second%20part.xhtml"/></navPoint>
</navMap></ncx>)";

std::string docxBody(const std::string& body) {
    return R"(<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:body>)" +
           body + "</w:body></w:document>";
}

std::string odtBody(const std::string& body) {
    return R"(<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">
<office:body><office:text>)" +
           body + "</office:text></office:body></office:document-content>";
}

class FlowIngestTest : public ::testing::Test {
  protected:
    void SetUp() override { m_library = std::move(*Library::openInMemory()); }

    Result<IngestOutcome> ingest(const std::string& name) {
        Result<IngestOutcome> outcome = ingestPath(*m_library, path(name), {});
        if (outcome) {
            m_record = *m_library->document(outcome->record.id);
            m_pages = *m_library->pages(outcome->record.id);
        }
        return outcome;
    }
    Error refusal(const std::string& name) {
        const Result<IngestOutcome> outcome = ingest(name);
        EXPECT_FALSE(outcome.ok());
        return outcome ? Error{} : outcome.error();
    }
    std::vector<std::string> titles() const {
        std::vector<std::string> out;
        for (const OutlineEntry& entry : m_record.header.outline) {
            out.push_back(std::string(static_cast<size_t>(entry.depth), '>') + entry.title + "@" +
                          std::to_string(entry.page) + ":" + std::to_string(entry.line));
        }
        return out;
    }
    std::filesystem::path path(const std::string& name) const { return m_directory.path() / name; }

    TemporaryDirectory m_directory;
    std::unique_ptr<Library> m_library;
    DocumentRecord m_record;
    std::vector<DocumentPage> m_pages;
};

TEST_F(FlowIngestTest, HtmlIsReadAsItIsShown) {
    writeFile(path("page.html"),
              "<!DOCTYPE html><html><head><title>A &amp; B</title><style>p{}</style></head><body>"
              "<h2>Caf&eacute;</h2><p>One\n  two <b>three</b>.<p>Four<br>five <script>var x = '<p>no</p>';</script>six"
              "<ul><li>red<li>green<ol><li>leaf</ol></ul><h3>Sub <i>title</i></h3>"
              "<table><tr><th>Name<th>Size</tr><tr><td><p>a</p><td><p>1</p></tr></table>"
              "<pre>int  x;\n  y;</pre><div hidden>secret</div><img alt='A map' src='http://x/'></body></html>");
    ASSERT_TRUE(ingest("page.html").ok());
    EXPECT_EQ(m_record.header.kind, DocumentKind::Html);
    EXPECT_EQ(m_record.header.title, "A & B");
    ASSERT_EQ(m_pages.size(), 1u);
    EXPECT_EQ(
        m_pages[0].text,
        "Café\n\nOne two three.\n\nFour\nfive six\n\n- red\n- green\n  1. leaf\n\nSub title\n\nName | Size\na | 1\n\n"
        "int  x;\n  y;\n\n[A map]");
    EXPECT_THAT(titles(), ElementsAre("Café@0:1", ">Sub title@0:12"));
}

TEST_F(FlowIngestTest, HtmlEncodingsAreDeclaredOrDetected) {
    writeFile(path("latin.html"),
              "<html><head><meta charset=\"windows-1252\"></head><body>Gr\xf6\xdf"
              "e \x84zitiert\x93</body></html>");
    ASSERT_TRUE(ingest("latin.html").ok());
    EXPECT_EQ(m_pages[0].text, "Größe „zitiert“");
    writeFile(path("utf16.htm"), std::string("\xff\xfe<\0p\0>\0\xe4\0", 10));
    ASSERT_TRUE(ingest("utf16.htm").ok());
    EXPECT_EQ(m_pages[0].text, "ä");
}

TEST_F(FlowIngestTest, EpubPartsFollowTheSpineAndTheContents) {
    writeZip(path("book.epub"),
             {{"mimetype", "application/epub+zip"},
              {"META-INF/container.xml", kContainer},
              {"OPS/book.opf", kPackage},
              {"OPS/toc.ncx", kNcx},
              {"OPS/text/second part.xhtml", "<html><head><title/></head><body><p>Second text.</p></body></html>"},
              {"OPS/text/first.xhtml",
               "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body><h1>One</h1><p>First text.</p>"
               "<p id='in'>Inner.</p></body></html>"}});
    ASSERT_TRUE(ingest("book.epub").ok());
    EXPECT_EQ(m_record.header.kind, DocumentKind::Epub);
    EXPECT_EQ(m_record.header.title, "Two Tales");
    ASSERT_EQ(m_pages.size(), 2u);
    EXPECT_EQ(m_pages[0].text, "One\n\nFirst text.\n\nInner.");
    EXPECT_EQ(m_pages[0].label, "The First");
    EXPECT_EQ(m_pages[1].text, "Second text.");
    EXPECT_EQ(m_pages[1].label, "The Second");
    EXPECT_THAT(titles(), ElementsAre("The First@0:1", ">Inside@0:5", "The Second@1:1"));
}

TEST_F(FlowIngestTest, ProtectedAndBrokenBooksHaveTheirSentence) {
    writeZip(path("drm.epub"),
             {{"mimetype", "application/epub+zip"},
              {"META-INF/container.xml", kContainer},
              {"META-INF/encryption.xml",
               "<encryption><EncryptedData><CipherData><CipherReference URI='OPS/text/first.xhtml'/></CipherData>"
               "</EncryptedData></encryption>"},
              {"OPS/book.opf", kPackage}});
    EXPECT_THAT(refusal("drm.epub").message, HasSubstr("“drm.epub” is protected"));
    writeZip(path("empty.epub"), {{"mimetype", "application/epub+zip"}, {"META-INF/container.xml", kContainer}});
    EXPECT_EQ(refusal("empty.epub").code, ErrorCode::Corrupt);
    writeZip(path("other.zip"), {{"a.txt", "hello"}});
    EXPECT_EQ(refusal("other.zip").code, ErrorCode::Unsupported);
    writeFile(path("cut.docx"), "PK\x03\x04 and nothing that follows from it");
    EXPECT_EQ(refusal("cut.docx").code, ErrorCode::Corrupt);
    writeFile(path("old.doc"), "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old");
    EXPECT_THAT(refusal("old.doc").message, HasSubstr("old or encrypted Office file"));
}

TEST_F(FlowIngestTest, DocxKeepsHeadingsListsTablesAndNotes) {
    const std::string body = docxBody(
        "<w:p><w:pPr><w:pStyle w:val='Kop1'/></w:pPr><w:r><w:t>Chap</w:t></w:r><w:r><w:t>ter</w:t></w:r></w:p>"
        "<w:p><w:r><w:t xml:space='preserve'>Kept </w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:r><w:footnoteReference "
        "w:id='2'/></w:r><w:r><w:t>.</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:numPr><w:ilvl w:val='0'/><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>item</w:t></w:r></w:p>"
        "<w:p><w:pPr><w:numPr><w:numId w:val='1'/></w:numPr></w:pPr><w:r><w:t>next</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>c</w:t></"
        "w:r>"
        "</w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>once</w:t></mc:Choice><mc:Fallback><w:t>twice</w:t></"
        "mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>");
    writeZip(path("letter.docx"),
             {{"word/document.xml", body},
              {"word/styles.xml",
               "<w:styles xmlns:w='x'><w:style w:styleId='Heading1'><w:name w:val='heading 1'/></w:style>"
               "<w:style w:styleId='Kop1'><w:name w:val='Kop'/><w:basedOn w:val='Heading1'/></w:style></w:styles>"},
              {"word/footnotes.xml",
               "<w:footnotes xmlns:w='x'><w:footnote w:id='0' w:type='separator'><w:p><w:r><w:t>no</w:t></w:r></w:p>"
               "</w:footnote><w:footnote w:id='2'><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>"},
              {"docProps/core.xml", "<cp:c xmlns:cp='c' xmlns:dc='d'><dc:title>Letter</dc:title></cp:c>"}});
    ASSERT_TRUE(ingest("letter.docx").ok());
    EXPECT_EQ(m_record.header.title, "Letter");
    EXPECT_EQ(m_pages[0].text, "Chapter\n\nKept added[2].\n\n- item\n- next\n\na |  | c\n\nonce\n\n[2] A note.");
    EXPECT_THAT(titles(), ElementsAre("Chapter@0:1"));
}

TEST_F(FlowIngestTest, OdtKeepsHeadingsListsTablesAndNotes) {
    writeZip(
        path("letter.odt"),
        {{"mimetype", "application/vnd.oasis.opendocument.text"},
         {"content.xml",
          odtBody("<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
                  "<text:h text:outline-level='1'>Top</text:h><text:p>One<text:s text:c='3'/>two<text:note>"
                  "<text:note-citation>1</text:note-citation><text:note-body><text:p>noted</text:p></text:note-body>"
                  "</text:note>.</text:p><text:list><text:list-item><text:p>item</text:p></text:list-item>"
                  "<text:list-item><text:p>next</text:p></text:list-item></text:list>"
                  "<text:h text:outline-level='2'>Below</text:h>"
                  "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>"
                  "<table:table-cell><text:p>b</text:p><text:p>c</text:p></table:table-cell></table:table-row>"
                  "</table:table>")}});
    ASSERT_TRUE(ingest("letter.odt").ok());
    EXPECT_EQ(m_record.header.kind, DocumentKind::Odt);
    EXPECT_EQ(m_pages[0].text, "Top\n\nOne two [noted].\n\n- item\n- next\n\nBelow\n\na | b\nc");
    EXPECT_THAT(titles(), ElementsAre("Top@0:1", ">Below@0:8"));
}

TEST_F(FlowIngestTest, LevelsThatAreNoLevelsAreTheFirst) {
    std::string body;
    for (const char* level : {"-2147483648", "99999999999", "x", "", "2x"}) {
        body += "<text:h text:outline-level='" + std::string(level) + "'>H</text:h>";
    }
    writeZip(
        path("levels.odt"),
        {{"mimetype", "application/vnd.oasis.opendocument.text"},
         {"content.xml", odtBody(body + "<text:p>a<text:s text:c='-2147483648'/>b<text:s text:c='y'/>c</text:p>")}});
    ASSERT_TRUE(ingest("levels.odt").ok());
    EXPECT_THAT(titles(), ElementsAre("H@0:1", "H@0:3", "H@0:5", "H@0:7", "H@0:9"));
    EXPECT_THAT(m_pages[0].text, HasSubstr("a b c"));
}

TEST_F(FlowIngestTest, WhatUnpacksToTooMuchIsRefused) {
    writeZip(path("bomb.odt"), {{"mimetype", "application/vnd.oasis.opendocument.text"},
                                {"content.xml", std::string(size_t{130} << 20, ' ')}});
    ASSERT_LT(std::filesystem::file_size(path("bomb.odt")), uintmax_t{1} << 20);
    EXPECT_EQ(refusal("bomb.odt").code, ErrorCode::LimitExceeded);
}

TEST_F(FlowIngestTest, EntitiesNeitherExpandNorReadFiles) {
    writeFile(path("secret.txt"), "the secret");
    writeZip(path("entities.docx"),
             {{"word/document.xml",
               "<!DOCTYPE w:document [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
               "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
               "<!ENTITY file SYSTEM '" +
                   path("secret.txt").string() + "'>]>" +
                   docxBody("<w:p><w:r><w:t>&lt;x&gt; &d; &file;</w:t></w:r></w:p>").substr(21)}});
    const Result<IngestOutcome> outcome = ingest("entities.docx");
    if (outcome) {
        EXPECT_THAT(m_pages[0].text, Not(HasSubstr("lol")));
        EXPECT_THAT(m_pages[0].text, Not(HasSubstr("secret")));
    } else {
        EXPECT_EQ(outcome.error().code, ErrorCode::Corrupt);
    }
}

TEST_F(FlowIngestTest, DeepNestingIsRefused) {
    std::string html;
    std::string xml;
    std::string closing;
    for (int i = 0; i < 50000; ++i) {
        html += "<div>";
        xml += "<w:x>";
        closing += "</w:x>";
    }
    writeFile(path("deep.html"), "<html>" + html + "text");
    writeZip(path("deep.docx"), {{"word/document.xml", docxBody(xml + closing)}});
    EXPECT_EQ(refusal("deep.html").code, ErrorCode::LimitExceeded);
    EXPECT_FALSE(ingest("deep.docx").ok());
}

TEST_F(FlowIngestTest, LongTextsBecomeSeveralPages) {
    std::string html = "<html><body>";
    for (int i = 0; i < 60000; ++i) {
        html += "<h1>Part " + std::to_string(i) + "</h1><p>" + std::string(80, 'x') + "</p>";
    }
    writeFile(path("long.html"), html);
    ASSERT_TRUE(ingest("long.html").ok());
    ASSERT_EQ(m_pages.size(), 2u);
    EXPECT_EQ(m_record.header.outline.size(), 50000u);
    const OutlineEntry& last = m_record.header.outline.back();
    std::string line = m_pages[static_cast<size_t>(last.page)].text;
    for (int i = 1; i < last.line; ++i) {
        line = line.substr(line.find('\n') + 1);
    }
    EXPECT_EQ(line.substr(0, line.find('\n')), last.title);
}

}  // namespace
}  // namespace lectern::app
