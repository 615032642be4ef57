#include "app/document_worker/protocol.h"

#include <gtest/gtest.h>

#include <random>

namespace lectern::app::protocol {
namespace {

template <typename T>
T roundTrip(const T& body) {
    const Result<Request> back = decodeRequest(encodeRequest({7, body}));
    EXPECT_TRUE(back.ok()) << (back.ok() ? "" : back.error().message);
    return std::get<T>(back->body);
}

TEST(Protocol, RequestsRoundTrip) {
    const auto open = roundTrip(OpenRequest{QStringLiteral("/tmp/ä \"b\"\n.pdf"), QStringLiteral("p\u4e16")});
    EXPECT_EQ(open.path, QStringLiteral("/tmp/ä \"b\"\n.pdf"));
    EXPECT_EQ(open.password, QStringLiteral("p\u4e16"));
    const auto render = roundTrip(RenderRequest{3, 1.5, QRectF(0.25, 0, 0.5, 1), 3});
    EXPECT_EQ(render.region, QRectF(0.25, 0, 0.5, 1));
    EXPECT_EQ(render.quarterTurns, 3);
    EXPECT_EQ(roundTrip(SearchRequest{QStringLiteral("x"), 4, 8, true, false}).pageCount, 8);
}

TEST(Protocol, RefusesHostileRequests) {
    const char* lines[] = {"",
                           "{",
                           "[]",
                           "null",
                           "{\"v\":2,\"id\":1,\"op\":\"page\",\"page\":0}",
                           "{\"v\":1,\"op\":\"page\",\"page\":0}",
                           "{\"v\":1,\"id\":-1,\"op\":\"page\",\"page\":0}",
                           "{\"v\":1,\"id\":1,\"op\":\"format\"}",
                           "{\"v\":1,\"id\":1,\"op\":\"page\",\"page\":-1}",
                           "{\"v\":1,\"id\":1,\"op\":\"page\",\"page\":1e300}",
                           "{\"v\":1,\"id\":1,\"op\":\"page\",\"page\":0.5}",
                           "{\"v\":1,\"id\":1,\"op\":\"page\",\"page\":\"0\"}",
                           "{\"v\":1,\"id\":1,\"op\":\"render\",\"page\":0,\"scale\":1e9,\"turns\":0,\"x\":0,\"y\":0,"
                           "\"width\":1,\"height\":1}",
                           "{\"v\":1,\"id\":1,\"op\":\"render\",\"page\":0,\"scale\":1,\"turns\":9,\"x\":0,\"y\":0,"
                           "\"width\":1,\"height\":1}",
                           "{\"v\":1,\"id\":1,\"op\":\"render\",\"page\":0,\"scale\":1,\"turns\":0,\"x\":0.5,\"y\":0,"
                           "\"width\":1,\"height\":1}",
                           "{\"v\":1,\"id\":1,\"op\":\"search\",\"needle\":\"\",\"page\":0,\"count\":1}",
                           "{\"v\":1,\"id\":1,\"op\":\"open\"}",
                           "{\"v\":1,\"id\":1,\"op\":\"layouts\",\"page\":0,\"count\":1000000}"};
    for (const char* line : lines) {
        EXPECT_FALSE(decodeRequest(line).ok()) << line;
    }
    EXPECT_FALSE(decodeRequest(QByteArray(kMaximumRequestBytes + 1, '[')).ok());
    EXPECT_FALSE(decodeRequest(QByteArray(20000, '[')).ok());
    EXPECT_TRUE(encodeRequest({1, OpenRequest{QString(kMaximumRequestBytes, u'x'), {}}}).isEmpty());
}

TEST(Protocol, LinksRoundTripAndAreBounded) {
    EXPECT_EQ(roundTrip(LinksRequest{12}).page, 12);
    EXPECT_FALSE(decodeRequest("{\"v\":1,\"id\":1,\"op\":\"links\",\"page\":-1}").ok());
    PageLinks links;
    links.page = 3;
    links.links = {{{0.1f, 0.2f, 0.5f, 0.25f}, 40, 0.5f, {}}, {{0, 0, 1, 1}, -1, 0, QStringLiteral("https://a.b/ä")}};
    const Result<Reply> back = decodeReply(encodeReply({9, links}));
    ASSERT_TRUE(back.ok());
    const auto& body = std::get<PageLinks>(back->body);
    EXPECT_EQ(body.page, 3);
    ASSERT_EQ(body.links.size(), 2);
    EXPECT_EQ(body.links[0].area, links.links[0].area);
    EXPECT_EQ(body.links[0].page, 40);
    EXPECT_EQ(body.links[1].address, links.links[1].address);
    // Places outside the page are brought inside, whatever is not a page is none.
    const Result<Reply> odd =
        decodeReply("{\"v\":1,\"id\":9,\"kind\":\"links\",\"page\":0,\"links\":[[-5,2,0.5,\"x\",-9,7,3],null]}");
    ASSERT_TRUE(odd.ok());
    EXPECT_EQ(std::get<PageLinks>(odd->body).links[0].page, -1);
    EXPECT_EQ(std::get<PageLinks>(odd->body).links[0].area.x0, 0);
    QByteArray many = "{\"v\":1,\"id\":9,\"kind\":\"links\",\"page\":0,\"links\":[[]";
    many += QByteArray(",[]").repeated(kMaximumLinksPerPage) + "]}";
    EXPECT_FALSE(decodeReply(many).ok());
}

DocumentPage samplePage() {
    DocumentPage page;
    page.index = 4;
    page.label = "iv";
    page.size = {612, 792};
    page.text = "Grüße \u4e16\n";
    page.boxes.words.push_back({0, 7, {0.25f, 0.5f, 0.75f, 1.0f}, 0, 2, false});
    page.boxes.edges = {0, 100, 65535};
    return page;
}

TEST(Protocol, RepliesRoundTrip) {
    const Result<Reply> back = decodeReply(encodeReply({9, samplePage()}));
    ASSERT_TRUE(back.ok()) << back.error().message;
    const auto& page = std::get<DocumentPage>(back->body);
    EXPECT_EQ(back->id, 9);
    EXPECT_EQ(page.text, samplePage().text);
    EXPECT_EQ(page.label, "iv");
    ASSERT_EQ(page.boxes.words.size(), 1u);
    EXPECT_EQ(page.boxes.edges, samplePage().boxes.edges);

    DocumentInfo info;
    info.pageCount = 5;
    info.outline = {{"Chapter", 4, 0.5f, 0, 0}, {"Elsewhere", 900, 0, 1, 0}};
    const Result<Reply> infoBack = decodeReply(encodeReply({1, info}));
    ASSERT_TRUE(infoBack.ok());
    const auto& outline = std::get<DocumentInfo>(infoBack->body).outline;
    EXPECT_EQ(outline[0], info.outline[0]);
    EXPECT_EQ(outline[1].page, -1) << "targets beyond the document are unknown";

    const Result<Reply> error = decodeReply(encodeReply({1, Error{ErrorCode::PasswordNeeded, "Say the word."}}));
    ASSERT_TRUE(error.ok());
    EXPECT_EQ(std::get<Error>(error->body).code, ErrorCode::PasswordNeeded);
}

TEST(Protocol, SurvivesRandomDamageOfReplies) {
    std::mt19937 random(3);
    SearchHits hits;
    hits.hits.append({3, {1, 5}, {{0, 0, 1, 1}}, QStringLiteral("snippet")});
    const QByteArray lines[] = {encodeReply({9, samplePage()}), encodeReply({1, hits}),
                                encodeReply({2, Frame{10, 10, QRect(0, 0, 10, 10), QSize(20, 20)}})};
    int accepted = 0;
    for (int trial = 0; trial < 9000; ++trial) {
        QByteArray line = lines[trial % 3];
        for (int i = 0; i < 2; ++i) {
            line[static_cast<qsizetype>(random() % static_cast<size_t>(line.size()))] = static_cast<char>(random());
        }
        const Result<Reply> reply = decodeReply(line);
        if (!reply) {
            EXPECT_FALSE(reply.error().message.empty());
            continue;
        }
        ++accepted;
        if (const auto* page = std::get_if<DocumentPage>(&reply->body)) {
            for (const WordBox& word : page->boxes.words) {
                ASSERT_LE(word.byteEnd, page->text.size());
            }
        }
    }
    EXPECT_GT(accepted, 0);
}

}  // namespace
}  // namespace lectern::app::protocol
