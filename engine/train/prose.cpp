#include "engine/train/prose.h"

namespace lectern {
namespace {

constexpr uint64_t kHoldStream = 0x70726f73;
constexpr size_t kSampleBytes = 1 << 16;

}  // namespace

Result<Prose> Prose::load(const DataSpec& spec, const DataContext& context) {
    LECTERN_ASSIGN(std::vector<CorpusDocument> documents, readCorpus(spec.paths));
    Prose prose;
    const std::string_view sample = std::string_view(documents.front().text).substr(0, kSampleBytes);
    const size_t sampleTokens = context.tokenizer->encode(sample, {}).size();
    prose.m_bytesPerToken = static_cast<double>(sample.size()) / static_cast<double>(std::max<size_t>(1, sampleTokens));
    for (size_t i = 0; i < documents.size(); ++i) {
        auto& list = isHeldOut(context, kHoldStream, static_cast<int64_t>(i)) ? prose.m_held : prose.m_trained;
        list.push_back(std::move(documents[i]));
    }
    if (prose.m_trained.empty()) {
        prose.m_trained.swap(prose.m_held);
    }
    return prose;
}

Prose::Passage Prose::draw(KeyedRandom& random, int64_t tokens, bool heldOut) const {
    const auto& list = heldOut && !m_held.empty() ? m_held : m_trained;
    const CorpusDocument& document = list[random.below(list.size())];
    const std::string_view text = document.text;
    const auto wanted = static_cast<size_t>(static_cast<double>(tokens) * m_bytesPerToken);
    size_t begin = text.size() > wanted ? random.below(text.size() - wanted) : 0;
    // Start behind a sentence's end, so that the first sentence is whole.
    const size_t sentence = begin == 0 ? 0 : text.find(". ", begin);
    if (sentence != std::string_view::npos && sentence - begin < 2000) {
        begin = sentence == 0 && begin == 0 ? 0 : sentence + 2;
    }
    // Short documents are repeated until they suffice.
    std::string passage(text.substr(begin, wanted));
    while (passage.size() < wanted && passage.size() + 64 < wanted) {
        passage += "\n\n";
        passage += text.substr(0, wanted - passage.size());
    }
    return {document.name, std::move(passage)};
}

}  // namespace lectern
