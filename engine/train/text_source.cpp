// Documents joined by EOS and cut into sequences that begin with BOS, as contexts do at inference.

#include <mutex>

#include "engine/core/thread_pool.h"
#include "engine/train/sequence_builder.h"
#include "engine/train/text_corpus.h"

namespace lectern {
namespace {

constexpr uint64_t kOrderStream = 0x74657874, kHoldStream = 0x686f6c64;

class TextSource final : public DataSource {
  public:
    TextSource(const DataSpec& spec, const DataContext& context) : m_spec(spec), m_context(context) {
        m_report.kind = name(spec.kind);
    }

    Result<void> load() {
        LECTERN_ASSIGN(const std::vector<CorpusDocument> documents, readCorpus(m_spec.paths));
        std::vector<std::vector<TokenId>> encoded(documents.size());
        {
            ThreadPool pool(m_context.threads);
            pool.parallelFor(static_cast<int64_t>(documents.size()), [&](int64_t i) {
                encoded[static_cast<size_t>(i)] =
                    m_context.tokenizer->encode(documents[static_cast<size_t>(i)].text, {});
            });
        }
        const auto window = static_cast<size_t>(m_context.sequenceTokens - 1);
        for (size_t i = 0; i < documents.size(); ++i) {
            std::vector<TokenId>& tokens = encoded[i];
            countLength(m_report, static_cast<int64_t>(tokens.size()));
            if (tokens.size() > window) {
                if (m_spec.overlong == Overlong::Drop) {
                    ++m_report.dropped;
                    continue;
                }
                if (m_spec.overlong == Overlong::Truncate) {
                    ++m_report.truncated;
                    tokens.resize(window);
                } else {
                    ++m_report.split;
                }
            }
            add(documents[i].name, std::move(tokens));
        }
        if (m_trained.empty() && m_held.empty()) {
            return Error{ErrorCode::InvalidInput, "Every document is longer than a training sequence and was dropped."};
        }
        holdOutSomething();
        for (const Document& document : m_trained) {
            m_streamTokens += static_cast<int64_t>(document.tokens.size()) + 1;
        }
        m_report.documents = static_cast<int64_t>(m_trained.size() + m_held.size());
        m_report.heldOut = static_cast<int64_t>(m_held.size());
        m_report.tokens = m_streamTokens;
        m_report.sequencesPerPass = passSequences();
        return {};
    }

    Result<DataSequence> sequence(int64_t index) override {
        const int64_t pass = index / passSequences();
        const std::lock_guard lock(m_mutex);
        if (pass != m_pass) {
            arrange(pass);
        }
        return window(index % passSequences());
    }

    Result<DataSequence> heldOut(int64_t index) override {
        DataSequence made;
        // Held-out documents are read in windows one after another, document by document.
        const int64_t width = m_context.sequenceTokens - 1;
        for (const Document& document : m_held) {
            const auto length = static_cast<int64_t>(document.tokens.size());
            const int64_t windows = (length + width - 1) / width;
            if (index >= windows) {
                index -= windows;
                continue;
            }
            SequenceBuilder builder(*m_context.tokenizer);
            builder.bos();
            const int64_t begin = index * width;
            builder.add(std::span(document.tokens)
                            .subspan(static_cast<size_t>(begin), static_cast<size_t>(std::min(width, length - begin))),
                        true);
            return DataSequence{builder.take(), "held out: " + document.name};
        }
        return made;
    }

    const DataReport& report() const override { return m_report; }

  private:
    struct Document {
        std::string name;
        std::vector<TokenId> tokens;
    };

    void add(std::string name, std::vector<TokenId> tokens) {
        const auto index = static_cast<int64_t>(m_trained.size() + m_held.size());
        auto& list = isHeldOut(m_context, kHoldStream, index) ? m_held : m_trained;
        list.push_back({std::move(name), std::move(tokens)});
    }

    /// Few documents: the draw may have taken none or all. Then the last tokens of the longest one are held out.
    void holdOutSomething() {
        if (m_trained.empty()) {
            m_trained.swap(m_held);
        }
        if (!m_held.empty() || m_context.heldOutShare <= 0) {
            return;
        }
        auto longest = std::max_element(m_trained.begin(), m_trained.end(),
                                        [](const auto& a, const auto& b) { return a.tokens.size() < b.tokens.size(); });
        const size_t size = longest->tokens.size();
        const auto held = static_cast<size_t>(static_cast<double>(size) * m_context.heldOutShare);
        if (held < 32) {
            return;
        }
        m_held.push_back({"the end of " + longest->name,
                          {longest->tokens.end() - static_cast<std::ptrdiff_t>(held), longest->tokens.end()}});
        longest->tokens.resize(size - held);
    }

    int64_t passSequences() const {
        const int64_t width = m_context.sequenceTokens - 1;
        return std::max<int64_t>(1, (m_streamTokens + width - 1) / width);
    }

    void arrange(int64_t pass) {
        m_order = shuffledOrder(static_cast<int64_t>(m_trained.size()),
                                streamKey({m_context.seed, kOrderStream, static_cast<uint64_t>(pass)}));
        m_begins.clear();
        int64_t at = 0;
        for (const int64_t document : m_order) {
            m_begins.push_back(at);
            at += static_cast<int64_t>(m_trained[static_cast<size_t>(document)].tokens.size()) + 1;
        }
        m_pass = pass;
    }

    DataSequence window(int64_t index) const {
        const int64_t width = m_context.sequenceTokens - 1;
        int64_t at = index * width;
        const int64_t end = std::min(at + width, m_streamTokens);
        auto slot = static_cast<size_t>(std::upper_bound(m_begins.begin(), m_begins.end(), at) - m_begins.begin()) - 1;
        SequenceBuilder builder(*m_context.tokenizer);
        DataSequence made;
        made.origin = m_trained[static_cast<size_t>(m_order[slot])].name;
        builder.bos();
        for (; at < end; ++slot) {
            const std::vector<TokenId>& tokens = m_trained[static_cast<size_t>(m_order[slot])].tokens;
            const int64_t offset = at - m_begins[slot], length = static_cast<int64_t>(tokens.size());
            const int64_t count = std::min(length - offset, end - at);
            builder.add(std::span(tokens).subspan(static_cast<size_t>(offset), static_cast<size_t>(count)), true);
            at += count;
            if (at < end) {
                builder.eos(true);
                ++at;
            }
        }
        made.sequence = builder.take();
        return made;
    }

    DataSpec m_spec;
    DataContext m_context;
    DataReport m_report;
    std::vector<Document> m_trained, m_held;
    int64_t m_streamTokens = 0;  ///< every document followed by EOS
    std::mutex m_mutex;          ///< of the arrangement
    int64_t m_pass = -1;
    std::vector<int64_t> m_order, m_begins;
};

}  // namespace

Result<std::unique_ptr<DataSource>> openTextSource(const DataSpec& spec, const DataContext& context) {
    auto source = std::make_unique<TextSource>(spec, context);
    LECTERN_TRY(source->load());
    return std::unique_ptr<DataSource>(std::move(source));
}

}  // namespace lectern
