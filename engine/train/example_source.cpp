// Prompts with completions, documents with questions, and chats, one JSON object a line.

#include <mutex>
#include <nlohmann/json.hpp>

#include "engine/train/sequence_builder.h"
#include "engine/train/text_corpus.h"

namespace lectern {
namespace {

constexpr uint64_t kOrderStream = 0x65786d70, kHoldStream = 0x68656c64;

Error badLine(const std::string& path, int64_t line, const std::string& what) {
    return {ErrorCode::InvalidInput, "Line " + std::to_string(line) + " of " + path + " " + what + "."};
}

class ExampleSource final : public DataSource {
  public:
    ExampleSource(const DataSpec& spec, const DataContext& context) : m_spec(spec), m_context(context) {
        m_report.kind = name(spec.kind);
    }

    Result<void> load() {
        for (const std::string& path : m_spec.paths) {
            LECTERN_TRY(readJsonLines(path, [&](const nlohmann::json& object, int64_t line) -> Result<void> {
                LECTERN_ASSIGN(TrainSequence example, encode(object, path, line));
                countLength(m_report, static_cast<int64_t>(example.tokens.size()));
                return place(std::move(example), path + ":" + std::to_string(line));
            }));
        }
        if (m_trained.empty()) {
            m_trained.swap(m_held);
        }
        if (m_trained.empty()) {
            return Error{ErrorCode::InvalidInput,
                         "No example is left to train on: the files hold none, or all were "
                         "longer than a training sequence and dropped."};
        }
        for (const DataSequence& example : m_trained) {
            m_report.tokens += static_cast<int64_t>(example.sequence.tokens.size());
        }
        m_report.documents = static_cast<int64_t>(m_trained.size() + m_held.size());
        m_report.heldOut = static_cast<int64_t>(m_held.size());
        // The number of sequences depends on how a pass's order packs; the report gives that of the first.
        arrange(0);
        m_report.sequencesPerPass = static_cast<int64_t>(m_bins.size());
        return {};
    }

    Result<DataSequence> sequence(int64_t index) override {
        const std::lock_guard lock(m_mutex);
        // Passes differ in their number of bins: walk to the one that holds the index.
        if (index < m_passBegin) {
            arrange(0);
        }
        while (index >= m_passBegin + static_cast<int64_t>(m_bins.size())) {
            const int64_t next = m_passBegin + static_cast<int64_t>(m_bins.size());
            arrange(m_pass + 1);
            m_passBegin = next;
        }
        const std::vector<int64_t>& bin = m_bins[static_cast<size_t>(index - m_passBegin)];
        DataSequence made = m_trained[static_cast<size_t>(bin.front())];
        for (size_t i = 1; i < bin.size(); ++i) {
            const TrainSequence& more = m_trained[static_cast<size_t>(bin[i])].sequence;
            made.sequence.tokens.insert(made.sequence.tokens.end(), more.tokens.begin(), more.tokens.end());
            made.sequence.trained.insert(made.sequence.trained.end(), more.trained.begin(), more.trained.end());
        }
        return made;
    }

    Result<DataSequence> heldOut(int64_t index) override {
        return index < static_cast<int64_t>(m_held.size()) ? m_held[static_cast<size_t>(index)] : DataSequence{};
    }

    const DataReport& report() const override { return m_report; }

  private:
    Result<TrainSequence> encode(const nlohmann::json& object, const std::string& path, int64_t line) const {
        const auto text = [&](const char* key) -> const std::string* {
            const auto found = object.find(key);
            return found != object.end() && found->is_string() ? found->get_ptr<const std::string*>() : nullptr;
        };
        SequenceBuilder builder(*m_context.tokenizer);
        builder.bos();
        if (text("prompt") && text("completion")) {
            builder.document(*text("prompt"), m_spec.trainContext);
            builder.continuation(*text("completion"), true);
            builder.eos(true);
            return builder.take();
        }
        if (text("document") && text("question") && text("answer")) {
            builder.document(m_context.prompt.renderDocument(*text("document")), m_spec.trainContext);
            const EncodedQuestion encoded = encodeQuestion(m_context, *text("question"), *text("answer"));
            builder.add(encoded.question, false);
            builder.add(encoded.answer, true);
            return builder.take();
        }
        const auto messages = object.find("messages");
        if (messages == object.end() || !messages->is_array() || messages->empty()) {
            return badLine(path, line,
                           "needs \"prompt\" and \"completion\", or \"document\", \"question\" and \"answer\", or "
                           "\"messages\"");
        }
        for (const auto& message : *messages) {
            const auto role = message.is_object() ? message.find("role") : message.end();
            const auto content = message.is_object() ? message.find("content") : message.end();
            if (!message.is_object() || role == message.end() || !role->is_string() || content == message.end() ||
                !content->is_string()) {
                return badLine(path, line, "has a message without \"role\" and \"content\"");
            }
            const auto& who = role->get_ref<const std::string&>();
            const auto& words = content->get_ref<const std::string&>();
            if (who == "system") {
                if (builder.size() == 1) {
                    builder.document(m_context.prompt.renderDocument(words), m_spec.trainContext);
                } else {
                    builder.continuation(words, m_spec.trainContext);
                }
            } else if (who == "user") {
                builder.continuation(m_context.prompt.renderQuestion(words), false);
            } else if (who == "assistant") {
                builder.continuation(" " + words, true);
                builder.eos(true);
            } else {
                return badLine(path, line, "has a message of the unknown role \"" + who.substr(0, 40) + "\"");
            }
        }
        return builder.take();
    }

    /// Keeps an example, cut as the source's rule says.
    Result<void> place(TrainSequence example, std::string origin) {
        const auto most = static_cast<size_t>(m_context.sequenceTokens);
        if (example.trainedTokens() == 0) {
            ++m_report.dropped;
            return {};
        }
        if (example.tokens.size() <= most) {
            keep(std::move(example), std::move(origin));
            return {};
        }
        switch (m_spec.overlong) {
            case Overlong::Drop:
                ++m_report.dropped;
                return {};
            case Overlong::Truncate: {
                // BOS stays, the start of the prompt goes; an answer that is itself too long loses its end.
                ++m_report.truncated;
                const size_t firstTrained = static_cast<size_t>(
                    std::find(example.trained.begin(), example.trained.end(), uint8_t{1}) - example.trained.begin());
                const size_t cut = std::min(example.tokens.size() - most, std::max<size_t>(firstTrained, 1) - 1);
                example.tokens.erase(example.tokens.begin() + 1,
                                     example.tokens.begin() + 1 + static_cast<std::ptrdiff_t>(cut));
                example.trained.erase(example.trained.begin() + 1,
                                      example.trained.begin() + 1 + static_cast<std::ptrdiff_t>(cut));
                example.tokens.resize(std::min(example.tokens.size(), most));
                example.trained.resize(example.tokens.size());
                keep(std::move(example), std::move(origin));
                return {};
            }
            case Overlong::Split: {
                // Windows that begin with BOS; those without a trained token teach nothing.
                ++m_report.split;
                for (size_t begin = 1; begin < example.tokens.size(); begin += most - 1) {
                    const size_t end = std::min(begin + most - 1, example.tokens.size());
                    SequenceBuilder builder(*m_context.tokenizer);
                    builder.bos();
                    for (size_t i = begin; i < end; ++i) {
                        builder.add(example.tokens[i], example.trained[i] != 0);
                    }
                    TrainSequence part = builder.take();
                    if (part.trainedTokens() > 0) {
                        keep(std::move(part), origin);
                    }
                }
                return {};
            }
        }
        return {};
    }

    void keep(TrainSequence sequence, std::string origin) {
        const auto index = static_cast<int64_t>(m_trained.size() + m_held.size());
        auto& list = isHeldOut(m_context, kHoldStream, index) ? m_held : m_trained;
        list.push_back({std::move(sequence), std::move(origin)});
    }

    /// Fills sequences in the pass's order, an example never being cut.
    void arrange(int64_t pass) {
        m_pass = pass;
        m_passBegin = 0;
        m_bins.clear();
        int64_t room = 0;
        for (const int64_t example :
             shuffledOrder(static_cast<int64_t>(m_trained.size()),
                           streamKey({m_context.seed, kOrderStream, static_cast<uint64_t>(pass)}))) {
            const auto size = static_cast<int64_t>(m_trained[static_cast<size_t>(example)].sequence.tokens.size());
            if (m_bins.empty() || !m_spec.pack || size > room) {
                m_bins.emplace_back();
                room = m_context.sequenceTokens;
            }
            m_bins.back().push_back(example);
            room -= size;
        }
    }

    DataSpec m_spec;
    DataContext m_context;
    DataReport m_report;
    std::vector<DataSequence> m_trained, m_held;
    std::mutex m_mutex;  ///< of the arrangement
    int64_t m_pass = 0;
    int64_t m_passBegin = 0;
    std::vector<std::vector<int64_t>> m_bins;
};

}  // namespace

Result<std::unique_ptr<DataSource>> openExampleSource(const DataSpec& spec, const DataContext& context) {
    auto source = std::make_unique<ExampleSource>(spec, context);
    LECTERN_TRY(source->load());
    return std::unique_ptr<DataSource>(std::move(source));
}

}  // namespace lectern
