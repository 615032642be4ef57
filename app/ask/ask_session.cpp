#include "app/ask/ask_session.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "app/core/format.h"
#include "app/library/saved_contexts.h"
#include "engine/attention/citation.h"
#include "engine/text/chat_template.h"
#include "engine/text/sentences.h"

namespace lectern::app {
namespace {

using Clock = std::chrono::steady_clock;

/// Reading that was cut short after less than this is sooner done again than saved and restored.
constexpr double kWorthSavingSeconds = 5;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

bool isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

PromptTemplate promptOf(const LoadedModel& model) {
    if (const std::optional<ChatPrompt> chat = promptFromChatTemplate(model.model->source().chatTemplate)) {
        return chat->prompt;
    }
    PromptTemplate prompt = defaultPromptTemplate();
    // Models that do not know when to end go on with a question of their own, or answer again.
    prompt.stopStrings.push_back(prompt.questionSuffix);
    prompt.stopStrings.emplace_back("\nQuestion:");
    return prompt;
}

/// Regions kept out of sight for the object's lifetime.
class ScopedExclusion {
  public:
    ScopedExclusion(Session& session, std::vector<RegionId> regions) : m_session(session) {
        m_session.setExcludedRegions(std::move(regions));
    }
    ~ScopedExclusion() { m_session.setExcludedRegions({}); }
    ScopedExclusion(const ScopedExclusion&) = delete;
    ScopedExclusion& operator=(const ScopedExclusion&) = delete;

  private:
    Session& m_session;
};

/// The largest context the model is run with.
int64_t largestContext(const LoadedModel& model) {
    const auto& capacity = model.profile.capacity;
    return capacity.empty() ? model.model->config().trainedContext : capacity.back().contextTokens;
}

}  // namespace

AskSession::AskSession(LoadedModel model, std::shared_ptr<const Context> context, AskSessionOptions options)
    : m_model(std::move(model)),
      m_context(std::move(context)),
      m_options(std::move(options)),
      m_prompt(promptOf(m_model)) {}

Result<std::unique_ptr<AskSession>> AskSession::create(const LoadedModel& model, std::shared_ptr<const Context> context,
                                                       const AskSessionOptions& options) {
    std::unique_ptr<AskSession> ask(new AskSession(model, std::move(context), options));
    const auto documentTokens = static_cast<int64_t>(ask->m_context->tokens().size());
    const int64_t capacity = documentTokens + options.conversationTokens;
    if (model.ropeScale <= 0 && capacity > largestContext(model)) {
        return Error{ErrorCode::LimitExceeded, "The documents have " + thousands(documentTokens) +
                                                   " tokens; with room for questions this model reads at most " +
                                                   thousands(largestContext(model)) + "."};
    }
    SessionOptions sessionOptions = model.sessionOptions(capacity);
    sessionOptions.recordDocumentTrace = options.recordDocumentTrace;
    sessionOptions.recordAnswerTrace = true;
    LECTERN_ASSIGN(ask->m_session, Session::create(model.model, model.backend, std::move(sessionOptions)));
    return ask;
}

std::optional<SnapshotInfo> AskSession::savedContext() const {
    if (m_options.snapshotFolder.empty() || m_session->tokens() != 0) {
        return std::nullopt;
    }
    return SnapshotStore(m_options.snapshotFolder).longestPrefix(m_session->snapshotKey(), m_context->tokens());
}

int64_t AskSession::savedTokens() const {
    const std::optional<SnapshotInfo> saved = savedContext();
    return saved ? saved->tokens : 0;
}

Result<void> AskSession::saveContext(int64_t tokens) const {
    const SnapshotStore store(m_options.snapshotFolder);
    std::error_code ignored;
    std::filesystem::create_directories(store.folder(), ignored);
    const auto prefix = std::span(m_context->tokens()).first(static_cast<size_t>(tokens));
    const std::filesystem::path target = store.pathFor(m_session->snapshotKey(), prefix);
    LECTERN_TRY(m_session->saveSnapshot(target, prefix, m_options.title));
    if (m_options.snapshotBytes > 0) {
        store.trim(m_options.snapshotBytes, target);
    }
    return {};
}

Result<AskSession::PrefillReport> AskSession::prefill(const ProgressCallback& progress, std::stop_token stop) {
    const std::vector<TokenId>& tokens = m_context->tokens();
    const auto total = static_cast<int64_t>(tokens.size());
    PrefillReport report;
    const Clock::time_point start = Clock::now();
    const bool keeps = !m_options.snapshotFolder.empty();
    if (const auto saved = savedContext()) {
        const Result<int64_t> restored = m_session->restoreSnapshot(saved->path, tokens);
        if (restored) {
            m_restoredTokens = *restored;
        } else {
            report.warning = restored.error().message;
        }
    }
    const int64_t before = m_session->tokens();
    if (before < total) {
        const auto moved = [&](const PrefillProgress& each) {
            if (progress) {
                progress({before + each.doneTokens, total, m_prefillSeconds + secondsSince(start)});
            }
        };
        const Result<void> read =
            m_session->prefill(std::span(tokens).subspan(static_cast<size_t>(before)), moved, stop);
        m_prefillSeconds += secondsSince(start);
        if (!read && read.error().code == ErrorCode::Cancelled && keeps && secondsSince(start) > kWorthSavingSeconds) {
            // Best effort: the user hears of the cancel, not of this.
            static_cast<void>(saveContext(m_session->tokens()));
        }
        LECTERN_TRY(read);
        if (keeps) {
            const Result<void> saved = saveContext(total);
            const Result<void> noted = saved ? noteDocuments() : saved;
            report.warning = noted ? report.warning : noted.error().message;
        }
    }
    report.tokens = total;
    report.restoredTokens = m_restoredTokens;
    report.seconds = m_prefillSeconds;
    return report;
}

Result<void> AskSession::savePartial() const {
    const int64_t tokens = m_session->tokens();
    if (m_options.snapshotFolder.empty() || tokens <= 0 || tokens >= static_cast<int64_t>(m_context->tokens().size())) {
        return {};
    }
    const auto kept =
        SnapshotStore(m_options.snapshotFolder).longestPrefix(m_session->snapshotKey(), m_context->tokens());
    return kept && kept->tokens >= tokens ? Result<void>() : saveContext(tokens);
}

Result<void> AskSession::noteDocuments() const {
    std::vector<DocumentId> documents;
    for (const Context::DocumentPart& part : m_context->documents()) {
        documents.push_back(part.document);
    }
    const SnapshotStore store(m_options.snapshotFolder);
    return describeSavedContext(store.pathFor(m_session->snapshotKey(), m_context->tokens()), documents,
                                m_model.model->source().path);
}

std::vector<TokenId> AskSession::encodeQuestion(const LoadedModel& model, const std::string& question) {
    return model.model->tokenizer().encode(promptOf(model).renderQuestion(trimmed(question)),
                                           {.bos = false, .dummyPrefix = false});
}

int64_t AskSession::questionTokens(const LoadedModel& model, const std::string& question) {
    return static_cast<int64_t>(encodeQuestion(model, question).size());
}

TokenBudget AskSession::budget(int32_t replyTokens) const {
    TokenBudget budget;
    budget.document = static_cast<int64_t>(m_context->tokens().size());
    budget.conversation = std::max<int64_t>(0, m_session->tokens() - budget.document);
    budget.reply = replyTokens;
    budget.capacity = m_session->capacityTokens();
    return budget;
}

Result<Answer> AskSession::ask(const std::string& question, const AnswerOptions& options, const PageSource& pages,
                               const TextCallback& onText, std::stop_token stop) {
    const auto documentTokens = static_cast<int64_t>(m_context->tokens().size());
    if (m_session->tokens() < documentTokens) {
        return Error{ErrorCode::InvalidInput, "The documents have not been read to their end yet."};
    }
    if (trimmed(question).empty()) {
        return Error{ErrorCode::InvalidInput, "The question is empty."};
    }
    if (!options.keepConversation && m_session->tokens() > documentTokens) {
        LECTERN_TRY(m_session->truncate(documentTokens));
        m_conversation.clear();
    }
    const std::vector<TokenId> tokens = encodeQuestion(m_model, question);
    const int64_t room = m_session->capacityTokens() - m_session->tokens();
    if (static_cast<int64_t>(tokens.size()) + options.maxTokens > room) {
        return Error{ErrorCode::LimitExceeded, "The question has " + thousands(static_cast<int64_t>(tokens.size())) +
                                                   " tokens and its answer may take " + thousands(options.maxTokens) +
                                                   ", but only " + thousands(room) + " are free in the context."};
    }
    LECTERN_ASSIGN(std::vector<RegionId> outside, regionsOutOf(options.scope));
    const ScopedExclusion exclusion(*m_session, std::move(outside));
    m_session->clearAnswerTrace();
    const int64_t before = m_session->tokens();
    const Clock::time_point start = Clock::now();
    if (const Result<void> read = m_session->decode(tokens, stop); !read) {
        LECTERN_TRY(m_session->truncate(before));
        return read.error();
    }
    Answer answer;
    answer.questionSeconds = secondsSince(start);
    GenerateOptions generate;
    generate.maxTokens = options.maxTokens;
    generate.sampler = options.sampler;
    generate.stopStrings = m_prompt.stopStrings;
    LECTERN_ASSIGN(const Generation generation, m_session->generate(generate, onText, stop));
    m_conversation.insert(m_conversation.end(), tokens.begin(), tokens.end());
    m_conversation.insert(m_conversation.end(), generation.tokens.begin(), generation.tokens.end());
    m_conversation.resize(static_cast<size_t>(
        std::min(std::ssize(m_conversation), static_cast<std::ptrdiff_t>(m_session->tokens() - documentTokens))));
    const std::string_view text = trimmed(generation.text);
    answer.text = text;
    answer.finish = generation.finish;
    answer.tokens = static_cast<int64_t>(generation.tokens.size());
    answer.seconds = generation.seconds;
    LECTERN_TRY(cite(generation, text.data() - generation.text.data(), pages, answer));
    answer.trace = m_session->answerTrace();
    return answer;
}

Result<std::vector<RegionId>> AskSession::regionsOutOf(const std::optional<AskScope>& scope) const {
    if (!scope) {
        return std::vector<RegionId>{};
    }
    LECTERN_ASSIGN(const TokenRange tokens, scopeTokens(*m_context, *scope));
    const AttentionProfile& profile = m_session->profile();
    return regionsOutside(tokens, static_cast<int64_t>(m_context->tokens().size()), profile.region,
                          profile.decode.sink);
}

Result<void> AskSession::cite(const Generation& generation, int64_t trimmedBytes, const PageSource& pages,
                              Answer& answer) const {
    answer.sentences = splitSentences(answer.text);
    const TokenRange document{0, static_cast<int64_t>(m_context->tokens().size())};
    // Byte i of the generated text belongs to the token whose bytes reach over it.
    std::vector<int64_t> ends;
    int64_t bytes = 0;
    for (const TokenId token : generation.tokens) {
        bytes += static_cast<int64_t>(m_model.model->tokenizer().pieceBytes(token).size());
        ends.push_back(bytes);
    }
    for (size_t i = 0; i < answer.sentences.size(); ++i) {
        const ByteRange sentence = answer.sentences[i];
        const auto first = std::upper_bound(ends.begin(), ends.end(), sentence.begin + trimmedBytes) - ends.begin();
        const auto last = std::lower_bound(ends.begin(), ends.end(), sentence.end + trimmedBytes) - ends.begin();
        const int64_t begin = generation.contextTokens.begin;
        const TokenRange tokens{begin + first, begin + std::min<int64_t>(last + 1, std::ssize(ends))};
        const std::vector<CitedRange> ranges = rankCitations(m_session->answerTrace(), tokens, document);
        LECTERN_ASSIGN(std::vector<Citation> citations, citeRanges(*m_context, ranges, pages));
        for (Citation& citation : citations) {
            citation.sentence = static_cast<int32_t>(i);
            citation.sentenceBytes = sentence;
            answer.citations.push_back(std::move(citation));
        }
    }
    return {};
}

nlohmann::json AskSession::profileEcho() const {
    return lectern::profileEcho(m_model, *m_session);
}

}  // namespace lectern::app
