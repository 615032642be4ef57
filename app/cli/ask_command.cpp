// lectern-cli ask: documents into one context, then one answer per question.

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>

#include "app/ask/coverage.h"
#include "app/ask/export.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/json.h"
#include "app/ingest/preflight.h"
#include "engine/tools/tools.h"

namespace lectern::app::cli {
namespace {

// Unless --kv-memory says otherwise, what a context keeps beyond this lies in a file. The system holds that file in
// memory as long as memory is free, and gets it back when another program needs it. 1.5 GiB: with it a million tokens
// of the default model, its trace included, stay below 4 GiB.
constexpr int64_t kKvMemoryBytes = int64_t{3} << 29;

/// First and last page, from 1, of "12" or "12-20". Errors: InvalidInput.
Result<std::pair<int32_t, int32_t>> parsePageRange(const std::string& text) {
    const char* const end = text.data() + text.size();
    int32_t first = 0;
    auto read = std::from_chars(text.data(), end, first);
    int32_t last = first;
    if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-') {
        read = std::from_chars(read.ptr + 1, end, last);
    }
    if (read.ec != std::errc() || read.ptr != end || first < 1 || last < first) {
        return Error{ErrorCode::InvalidInput, "“" + text + "” names no pages; write 12 or 12-20."};
    }
    return std::pair(first, last);
}

struct AskFlags {
    ReadFlags read;
    RunOptions run;
    AnswerOptions answer;
    std::vector<std::string> questions;
    bool json = false;
    bool keepContext = false;
    bool verify = false;
    std::string pages;    ///< scope: "12" or "12-20" of the first document
    std::string section;  ///< scope: title in the first document's outline
};

class AskRun {
  public:
    AskRun(const AskFlags& flags, std::stop_token stop) : m_flags(flags), m_stop(std::move(stop)) {}

    Result<void> run() {
        LECTERN_ASSIGN(m_library, openLibrary(m_flags.read.temporary, m_report.warnings));
        LECTERN_TRY(readDocuments());
        LECTERN_ASSIGN(const LoadedModel model, loadModel(m_flags.run));
        if (!model.model->hasTokenizer()) {
            return Error{ErrorCode::Unsupported, "This model has no tokenizer."};
        }
        LECTERN_TRY(chooseScope());
        LECTERN_TRY(prepare(model));
        LECTERN_TRY(prefill());
        LECTERN_ASSIGN(m_conversation, m_library->createConversation(m_flags.questions.front(), m_documents));
        for (const std::string& question : m_flags.questions) {
            LECTERN_TRY(answer(model, question));
            m_report.prefillReused = true;
        }
        return {};
    }

  private:
    /// One bad file never stops the others; nothing readable at all does.
    Result<void> readDocuments() {
        std::optional<Error> first;
        for (const std::string& path : m_flags.read.paths) {
            ProgressLine line(m_flags.read.quiet);
            const Result<IngestOutcome> outcome =
                ingestPath(*m_library, path, m_flags.read.ingestOptions(m_stop), [&](const IngestProgress& p) {
                    line.show("Reading " + path + ": page " + thousands(p.pagesDone) + " of " + thousands(p.pageCount));
                });
            line.clear();
            if (!outcome && (outcome.error().code == ErrorCode::Cancelled || m_flags.read.paths.size() == 1)) {
                return outcome.error();
            }
            if (!outcome) {
                first = first ? first : std::optional(outcome.error());
                warn(outcome.error().message);
                continue;
            }
            for (const std::string& warning : outcome->record.warnings) {
                warn(warning);
            }
            if (std::find(m_documents.begin(), m_documents.end(), outcome->record.id) == m_documents.end()) {
                m_documents.push_back(outcome->record.id);
                m_records.push_back(outcome->record);
            }
        }
        return m_documents.empty() && first ? Result<void>(*first) : Result<void>();
    }

    Result<void> chooseScope() {
        m_answerOptions = m_flags.answer;
        if (m_records.empty() || (m_flags.pages.empty() && m_flags.section.empty())) {
            return {};
        }
        LECTERN_ASSIGN(const DocumentRecord record, m_library->document(m_records.front().id));
        if (!m_flags.section.empty()) {
            const auto& outline = record.header.outline;
            const auto entry = std::find_if(outline.begin(), outline.end(), [&](const OutlineEntry& each) {
                return each.title.find(m_flags.section) != std::string::npos;
            });
            if (entry == outline.end()) {
                return Error{ErrorCode::NotFound, "The document has no section “" + m_flags.section + "”."};
            }
            LECTERN_ASSIGN(m_answerOptions.scope,
                           sectionScope(record, static_cast<size_t>(entry - outline.begin()),
                                        [&](int32_t page) { return m_library->page(record.id, page); }));
            return {};
        }
        AskScope scope = documentScope(record);
        LECTERN_ASSIGN(const auto range, parsePageRange(m_flags.pages));
        if (range.second > record.header.pageCount) {
            return Error{ErrorCode::InvalidInput, "The document has no pages “" + m_flags.pages + "”, only " +
                                                      std::to_string(record.header.pageCount) + "."};
        }
        scope.firstPage = range.first - 1;
        scope.lastPage = range.second - 1;
        m_answerOptions.scope = scope;
        return {};
    }

    Result<void> prepare(const LoadedModel& model) {
        ProgressLine line(m_flags.read.quiet);
        ContextBuilder builder(*m_library, model.model->tokenizer(),
                               tokenizerHash(model.model->source().tokenizerModel));
        LECTERN_ASSIGN(m_context,
                       builder.build(
                           m_documents,
                           [&](int64_t done, int64_t total) {
                               line.show("Counting tokens: page " + thousands(done) + " of " + thousands(total));
                           },
                           m_stop));
        line.clear();
        AskSessionOptions options;
        options.conversationTokens = 0;
        for (const std::string& question : m_flags.questions) {
            const int64_t tokens = AskSession::questionTokens(model, question) + m_flags.answer.maxTokens;
            options.conversationTokens = std::max(options.conversationTokens, tokens);
        }
        options.title = m_records.front().header.title;
        if (m_flags.keepContext) {
            LECTERN_ASSIGN(const std::filesystem::path data, dataDirectory());
            options.snapshotFolder = data / "contexts";
        }
        LECTERN_ASSIGN(m_session, createSession(model, options));
        m_report.documents = nlohmann::json::array();
        for (size_t i = 0; i < m_records.size(); ++i) {
            m_report.documents.push_back(documentJson(m_records[i], m_context->documents()[i].tokens.size()));
        }
        return {};
    }

    Result<std::unique_ptr<AskSession>> createSession(const LoadedModel& model, const AskSessionOptions& options) {
        // Beyond a GPU's budget pages lie in pinned host memory, which no other program gets back.
        if (m_flags.run.kvMemory.empty() && model.backend->info().kind == DeviceKind::Cpu) {
            LoadedModel modest = model;
            modest.kvMemoryBytes = kKvMemoryBytes;
            auto session = AskSession::create(modest, m_context, options);
            const ErrorCode code = session ? ErrorCode::Internal : session.error().code;
            // No room for the file, or summaries that alone pass the budget: then all of memory.
            if (session || (code != ErrorCode::DiskFull && code != ErrorCode::LimitExceeded)) {
                return session;
            }
        }
        return AskSession::create(model, m_context, options);
    }

    Result<void> prefill() {
        ProgressLine line(m_flags.read.quiet);
        const auto progress = [&](const PrefillProgress& p) {
            const double speed = static_cast<double>(p.doneTokens) / std::max(p.seconds, 1e-3);
            const double left = static_cast<double>(p.totalTokens - p.doneTokens) / std::max(speed, 1e-3);
            line.show("The model reads: " + thousands(p.doneTokens) + " of " + thousands(p.totalTokens) + " tokens, " +
                      thousands(static_cast<int64_t>(speed)) + " tokens/s, " + duration(left) + " left");
        };
        LECTERN_ASSIGN(m_report.prefill, m_session->prefill(progress, m_stop));
        line.clear();
        if (!m_report.prefill.warning.empty()) {
            warn(m_report.prefill.warning);
        }
        m_report.profile = m_session->profileEcho();
        const int64_t read = m_report.prefill.tokens - m_report.prefill.restoredTokens;
        if (read > 0 && m_report.prefill.seconds > 0) {
            const std::string model = m_session->session().model().config().name;
            LECTERN_TRY(m_library->setMeasurement(prefillSpeedName(model, m_flags.run.device),
                                                  static_cast<double>(read) / m_report.prefill.seconds));
        }
        return {};
    }

    Result<void> answer(const LoadedModel& model, const std::string& question) {
        const bool stream = !m_flags.json;
        if (stream && m_flags.questions.size() > 1) {
            std::printf("%s%s\n", m_report.prefillReused ? "\n" : "", question.c_str());
        }
        bool begun = false;
        const auto print = [&](std::string_view text) {
            // The model begins with a space.
            const size_t from = begun ? 0 : std::min(text.find_first_not_of(" \n"), text.size());
            begun = begun || from < text.size();
            std::fwrite(text.data() + from, 1, text.size() - from, stdout);
            std::fflush(stdout);
        };
        LECTERN_ASSIGN(Answer answer, m_session->ask(question, m_answerOptions, pageSource(),
                                                     stream ? TextCallback(print) : TextCallback(), m_stop));
        if (m_flags.verify && answer.finish != FinishReason::Cancelled) {
            LECTERN_ASSIGN(m_report.verdicts,
                           m_session->verify(question, answer.text, answer.citations, m_answerOptions.scope, m_stop));
            applyVerdicts(m_report.verdicts, answer.citations);
        }
        if (stream) {
            printCitations(answer);
        } else {
            tools::printJson(answerJson(question, answer, *m_context, m_report));
        }
        LECTERN_TRY(store(model, question, answer));
        if (answer.finish == FinishReason::Cancelled) {
            return Error{ErrorCode::Cancelled, "The answer was cancelled."};
        }
        return {};
    }

    void printCitations(const Answer& answer) const {
        std::printf("\n");
        int number = 0;
        for (const Citation& c : answer.citations) {
            const auto record = std::find_if(m_records.begin(), m_records.end(),
                                             [&](const DocumentRecord& each) { return each.id == c.document; });
            const std::string inside = placeOf(c, record->header.kind);
            const bool isTree = record->header.kind == DocumentKind::SourceTree;
            const std::string place =
                isTree ? inside : quotedName(record->header.sourcePath) + (inside.empty() ? "" : ", " + inside);
            std::string text = c.text;
            std::replace(text.begin(), text.end(), '\n', ' ');
            const std::string state = m_flags.verify ? ", " + citationStateName(c.state) : "";
            std::printf("  [%d] %s (%.0f%%%s): %s\n", ++number, place.c_str(), 100 * c.weight, state.c_str(),
                        text.c_str());
        }
        if (answer.citations.empty() && !answer.text.empty()) {
            std::printf("  No part of the documents stood out for this answer.\n");
        }
        if (isAbstention(answer.text)) {
            std::printf("  No answer was found; %.0f%% of the text was never looked at.\n",
                        100 * (1 - coverageOf(answer.trace, *m_context).lookedShare));
        }
        std::fflush(stdout);
    }

    Result<void> store(const LoadedModel& model, const std::string& question, const Answer& answer) {
        MessageRecord asked;
        asked.conversation = m_conversation.id;
        asked.text = question;
        LECTERN_ASSIGN(asked, m_library->addMessage(asked, {}));
        MessageRecord answered;
        answered.conversation = m_conversation.id;
        answered.role = MessageRole::Answer;
        answered.replyTo = asked.id;
        answered.text = answer.text;
        answered.finishReason = name(answer.finish);
        answered.modelName = model.model->config().name;
        answered.profileJson = m_report.profile.dump();
        LECTERN_ASSIGN(answered, m_library->addMessage(answered, answer.citations));
        return m_library->storeTrace(answered.id, serialize(answer.trace));
    }

    PageSource pageSource() {
        return [this](DocumentId document, int32_t page) -> Result<DocumentPage> {
            const auto key = std::pair(document, page);
            if (const auto found = m_pages.find(key); found != m_pages.end()) {
                return found->second;
            }
            LECTERN_ASSIGN(DocumentPage loaded, m_library->page(document, page));
            return m_pages.emplace(key, std::move(loaded)).first->second;
        };
    }

    void warn(const std::string& sentence) {
        note(sentence);
        m_report.warnings.push_back(sentence);
    }

    const AskFlags& m_flags;
    std::stop_token m_stop;
    std::unique_ptr<Library> m_library;
    std::vector<DocumentId> m_documents;
    std::vector<DocumentRecord> m_records;
    std::shared_ptr<const Context> m_context;
    std::unique_ptr<AskSession> m_session;
    AnswerOptions m_answerOptions;
    ConversationRecord m_conversation;
    std::map<std::pair<DocumentId, int32_t>, DocumentPage> m_pages;
    AskReport m_report;
};

}  // namespace

Command addAsk(CLI::App& parent) {
    auto flags = std::make_shared<AskFlags>();
    CLI::App* app = parent.add_subcommand("ask", "Put documents into the model's context and ask about them");
    addReadFlags(*app, flags->read);
    app->add_option("--question", flags->questions, "The question; repeated: several, the documents are read once")
        ->required()
        ->take_all()
        ->expected(1);
    app->add_flag("--json", flags->json, "One JSON object per question on standard output");
    app->add_option("--max-tokens", flags->answer.maxTokens, "Longest answer in tokens")->check(CLI::Range(1, 65536));
    app->add_option("--temperature", flags->answer.sampler.temperature, "0: always the likeliest word")
        ->check(CLI::Range(0.0, 10.0));
    app->add_option("--top-k", flags->answer.sampler.topK, "Words to choose from; 0: all")
        ->check(CLI::Range(0, 1 << 20));
    app->add_option("--top-p", flags->answer.sampler.topP, "Share of probability to choose from")
        ->check(CLI::Range(0.0, 1.0));
    app->add_option("--seed", flags->answer.sampler.seed, "Equal seeds give equal answers");
    app->add_flag("--keep-context", flags->keepContext,
                  "Save what the model has read, and go on from what an earlier run saved");
    CLI::Option* pages =
        app->add_option("--pages", flags->pages, "Attend to these pages of the first document only: 12 or 12-20");
    app->add_option("--section", flags->section, "Attend to this section of the first document's contents only")
        ->excludes(pages);
    app->add_flag("--verify", flags->verify,
                  "Score every sentence with and without the passages it cites: verified or unsupported");
    tools::addCommonFlags(*app, flags->run);
    return [flags](std::stop_token stop) { return AskRun(*flags, std::move(stop)).run(); };
}

}  // namespace lectern::app::cli
