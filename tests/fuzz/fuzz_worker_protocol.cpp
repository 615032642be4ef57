// The document worker's lines, both directions.

#include "app/document_worker/protocol.h"
#include "tests/fuzz/fuzz.h"

using namespace lectern;
using namespace lectern::app;

std::vector<std::string> fuzzSeeds() {
    std::vector<std::string> seeds;
    const auto add = [&](const QByteArray& line) { seeds.push_back(line.toStdString()); };
    for (const protocol::RequestBody& body :
         {protocol::RequestBody(protocol::OpenRequest{QStringLiteral("/a.pdf"), QStringLiteral("p")}),
          protocol::RequestBody(protocol::LayoutsRequest{0, 4}), protocol::RequestBody(protocol::PageRequest{3}),
          protocol::RequestBody(RenderRequest{}), protocol::RequestBody(SearchRequest{})}) {
        add(protocol::encodeRequest({7, body}));
    }
    DocumentPage page;
    page.text = "One word";
    page.boxes.words.resize(1);
    page.boxes.words[0].byteEnd = 3;
    for (const protocol::ReplyBody& body :
         {protocol::ReplyBody(Error{ErrorCode::Corrupt, "Damaged."}), protocol::ReplyBody(DocumentInfo{}),
          protocol::ReplyBody(PageLayouts{}), protocol::ReplyBody(page), protocol::ReplyBody(protocol::Frame{}),
          protocol::ReplyBody(protocol::SearchHits{})}) {
        add(protocol::encodeReply({7, body}));
    }
    return seeds;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const QByteArray line(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    (void)protocol::decodeRequest(line);
    (void)protocol::requestId(line);
    (void)protocol::decodeReply(line);
    return 0;
}
