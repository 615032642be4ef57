// Links in texts: what counts as one, and where it leads.
#include "app/ingest/text_links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/document_worker/document_client.h"
#include "app/document_worker/document_reader.h"
#include "tests/app/support/app_test.h"
#include "tests/app/support/zip_file.h"

namespace lectern::app {
namespace {

using namespace test;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::string> shown(std::string_view text, const std::vector<TextLink>& links) {
    std::vector<std::string> out;
    for (const TextLink& link : links) {
        out.push_back(
            std::string(text.substr(static_cast<size_t>(link.bytes.begin), static_cast<size_t>(link.bytes.size()))) +
            " -> " + link.target);
    }
    return out;
}

std::vector<std::string> markdown(std::string_view text) {
    return shown(text, markdownLinks(text));
}

TEST(TextLinks, MarkdownLinksOfAllKinds) {
    EXPECT_THAT(markdown("See [the *map*](map.md#north \"Title\"), [here](<a b.md>) and [x](p_(q).md)."),
                ElementsAre("the *map* -> map.md#north", "here -> a b.md", "x -> p_(q).md"));
    EXPECT_THAT(markdown("[One][ref], [two][], [Ref] and [none].\n\n[ref]: https://a.b/c\n[TWO]: two.md 'T'\n"),
                ElementsAre("One -> https://a.b/c", "two -> two.md", "Ref -> https://a.b/c",
                            "https://a.b/c -> "
                            "https://a.b/c"));
    EXPECT_THAT(
        markdown("<https://a.b/c>, https://d.e/f. (http://g.h)"),
        ElementsAre("https://a.b/c -> https://a.b/c", "https://d.e/f -> https://d.e/f", "http://g.h -> http://g.h"));
    EXPECT_THAT(markdown("[![logo](logo.png)](#top) and ![picture](p.png)"), ElementsAre("![logo](logo.png) -> #top"));
}

TEST(TextLinks, WhatIsCodeOrEscapedIsNoLink) {
    EXPECT_THAT(markdown("`[a](b)` \\[c](d) ```\n"), IsEmpty());
    EXPECT_THAT(markdown("```\n[a](b)\nhttps://c.d\n```\n[e](f)\n~~~\n[g](h)"), ElementsAre("e -> f"));
    EXPECT_THAT(markdown("array[0] = x[1](2 \n\n 3) [ ] [x]"), IsEmpty());
    EXPECT_THAT(markdown(""), IsEmpty());
    EXPECT_THAT(markdown("[[[[[[](("), IsEmpty());
}

TEST(TextLinks, LongTextsWithoutLinksTakeNoLongTime) {
    const auto started = std::chrono::steady_clock::now();
    std::string hostile;
    for (int i = 0; i < 200'000; ++i) {
        hostile += i % 2 == 0 ? "[a](" : "`[b";
    }
    markdownLinks(hostile);
    std::string lines, angles, anchors;
    for (int i = 0; i < 200'000; ++i) {
        lines += "[x](y)\n";
        angles += "[a](<";
        anchors += "<a ";
    }
    markdownLinks(lines);
    markdownLinks(angles);
    markdownAnchors(anchors);
    addressesIn(std::string(2'000'000, ':'));
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
}

TEST(TextLinks, AddressesInPlainText) {
    const std::string text = "a https://x.y/z?q=1, (see http://x.y/(a)), mailto:me@x.y; ftp://f.g! xhttps://no std::no";
    EXPECT_THAT(shown(text, addressesIn(text)),
                ElementsAre("https://x.y/z?q=1 -> https://x.y/z?q=1", "http://x.y/(a) -> http://x.y/(a)",
                            "mailto:me@x.y -> mailto:me@x.y", "ftp://f.g -> ftp://f.g"));
}

TEST(TextLinks, AnchorsAndPaths) {
    EXPECT_THAT(markdownAnchors("# The Title!\n\ntext\n## Größe & Maß\n## The title\n<a name=\"Spot\"></a>\n"),
                ElementsAre(Pair("größe--maß", 4), Pair("spot", 6), Pair("the-title", 1), Pair("the-title-1", 5)));
    EXPECT_EQ(linkedPath("docs/a/b.md", "../c%20d.md#x"), "docs/c d.md");
    EXPECT_EQ(linkedPath("docs/b.md", "/src/x.cpp"), "src/x.cpp");
    EXPECT_EQ(linkedPath("b.md", "../../etc/passwd"), "");
    EXPECT_EQ(linkedPath("b.md", "https://a.b/c.md"), "");
    EXPECT_EQ(linkedPath("b.md", "#only"), "");
    EXPECT_EQ(linkedFragment("x.md#Gr%C3%B6%C3%9Fe"), "größe");
}

/// Of the first page, as the reader asks for them; nothing where the worker refuses.
std::optional<PageLinks> linksOf(const std::filesystem::path& file, int page = 0) {
    runUntil([] { return true; });
    DocumentClient client;
    std::optional<PageLinks> links;
    bool answered = false;
    QObject::connect(&client, &DocumentClient::linksReady, [&](JobId, const PageLinks& found) {
        links = found;
        answered = true;
    });
    QObject::connect(&client, &DocumentClient::failed, [&](JobId, const Error&) { answered = true; });
    client.open(QString::fromStdString(file.string()));
    client.requestLinks(page, JobPriority::Visible);
    EXPECT_TRUE(runUntil([&] { return answered; }));
    return links;
}

TEST(TextLinks, HtmlLinksComeFromTheWorkerWithTheirText) {
    const TemporaryDirectory directory;
    writeFile(directory.path() / "page.html",
              "<body><h1 id='top'>Top</h1><p>Go <a href='#end'>to  the\nend</a>, <a href='https://x.y/'>out</a>, <a "
              "href='other.html'>other</a>, <a href='#gone'>gone</a>, <a href='javascript:x()'>no</a>.</p>"
              "<p id='end'>End. <a href='#top'>Up</a></p></body>");
    const auto reader = DocumentReader::open(QString::fromStdString((directory.path() / "page.html").string()));
    ASSERT_TRUE(reader.ok());
    const DocumentPage page = *(*reader)->page(0);
    const std::optional<PageLinks> links = linksOf(directory.path() / "page.html");
    ASSERT_TRUE(links.has_value());
    std::vector<std::string> found;
    for (const PageLink& link : links->links) {
        EXPECT_EQ(page.text.substr(static_cast<size_t>(link.bytes.begin), static_cast<size_t>(link.bytes.size())),
                  link.text.toStdString());
        found.push_back(link.text.toStdString() + " -> " +
                        (link.page < 0 ? link.address.toStdString() : std::to_string(link.line)));
    }
    EXPECT_THAT(found, ElementsAre("to the end -> 5", "out -> https://x.y/", "other -> other.html", "Up -> 1"));
    EXPECT_FALSE(linksOf(directory.path() / "page.html", 1).has_value());
}

TEST(TextLinks, DocxLinksLeadToBookmarksAndAddresses) {
    const TemporaryDirectory directory;
    writeZip(directory.path() / "a.docx",
             {{"word/document.xml",
               "<w:document xmlns:w='w' xmlns:r='r'><w:body><w:p><w:r><w:t>Go </w:t></w:r><w:hyperlink w:anchor='b'>"
               "<w:r><w:t>there</w:t></w:r></w:hyperlink><w:hyperlink r:id='r1'><w:r><w:t> out</w:t></w:r>"
               "</w:hyperlink></w:p><w:p><w:bookmarkStart w:id='0' w:name='b'/><w:r><w:t>Here</w:t></w:r></w:p>"
               "</w:body></w:document>"},
              {"word/_rels/document.xml.rels",
               "<Relationships><Relationship Id='r1' Target='https://x.y' TargetMode='External'/></Relationships>"}});
    const std::optional<PageLinks> links = linksOf(directory.path() / "a.docx");
    ASSERT_TRUE(links.has_value());
    ASSERT_EQ(links->links.size(), 2);
    EXPECT_EQ(links->links[0].text, QStringLiteral("there"));
    EXPECT_EQ(links->links[0].line, 3);
    EXPECT_EQ(links->links[1].address, QStringLiteral("https://x.y"));
}

}  // namespace
}  // namespace lectern::app
