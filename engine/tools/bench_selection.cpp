// bench selection: one context, its last tokens decoded under every way of searching. Speed, the share of regions that
// were scored, and how much of the flat search's attention mass the others find. With --snapshot the context is kept in
// a file and restored the next time: saving and restoring are timed too.

#include <algorithm>
#include <chrono>
#include <map>

#include "engine/backend/timing_backend.h"
#include "engine/core/resources.h"
#include "engine/tools/tools.h"

namespace lectern::tools {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Flags {
    RunOptions options;
    std::string text, snapshot;
    int64_t context = 65536;
    int32_t tokens = 32;
    std::vector<double> probes{1, 2, 4, 8};
};

class SelectionBench {
  public:
    SelectionBench(const Flags& flags, std::stop_token stop) : m_flags(flags), m_stop(std::move(stop)) {}

    Result<void> run() {
        LECTERN_TRY(open());
        LECTERN_TRY(fill());
        nlohmann::json rows = nlohmann::json::array();
        LECTERN_TRY(addRow(rows, SearchLevel::Flat, 1));
        LECTERN_TRY(addRow(rows, SearchLevel::Exact, 1));
        for (const double probe : m_flags.probes) {
            LECTERN_TRY(addRow(rows, SearchLevel::Approximate, probe));
        }
        m_report["bench"] = "selection";
        m_report["context"] = m_flags.context;
        m_report["rows"] = rows;
        m_report["peak_memory_bytes"] = peakMemoryBytes();
        m_report["kv_bytes"] = m_session->cacheBytes();
        m_report["profile"] = profileEcho(m_loaded, *m_session);
        printJson(m_report);
        return {};
    }

  private:
    using Masses = std::vector<std::map<RegionId, AnswerTrace::Entry>>;  ///< per step, layer and group

    Result<void> open() {
        LECTERN_ASSIGN(m_loaded, loadModel(m_flags.options));
        if (!m_loaded.model->hasTokenizer()) {
            return Error{ErrorCode::InvalidInput, "This bench needs a model with a tokenizer."};
        }
        constexpr int64_t kMaxBytes = int64_t{1} << 30;
        LECTERN_ASSIGN(const std::string text, readFile(m_flags.text, kMaxBytes));
        m_tokens = m_loaded.model->tokenizer().encode(text, {});
        const int64_t wanted = m_flags.context + m_flags.tokens + 1;
        if (std::ssize(m_tokens) < wanted) {
            return Error{ErrorCode::InvalidInput, m_flags.text + " has " + std::to_string(m_tokens.size()) +
                                                      " tokens; " + std::to_string(wanted) + " are needed."};
        }
        m_timing = std::make_shared<TimingBackend>(m_loaded.backend);
        // A whole block more than is used: the capacity class must not depend on the number of decoded tokens.
        SessionOptions options = m_loaded.sessionOptions(wanted + m_loaded.profile.blockTokens());
        options.traceLimits.entriesPerGroup = 1 << 20;
        LECTERN_ASSIGN(m_session, Session::create(m_loaded.model, m_timing, std::move(options)));
        return {};
    }

    Result<void> fill() {
        const std::span<const TokenId> document(m_tokens.data(), static_cast<size_t>(m_flags.context));
        std::error_code missing;
        const Clock::time_point start = Clock::now();
        if (!m_flags.snapshot.empty() && std::filesystem::exists(m_flags.snapshot, missing)) {
            LECTERN_ASSIGN(const int64_t restored, m_session->restoreSnapshot(m_flags.snapshot, document));
            m_report["restore_seconds"] = secondsSince(start);
            m_report["restored_tokens"] = restored;
            LECTERN_TRY(m_session->decode({m_tokens.data() + m_flags.context, 1}, m_stop));
            m_report["restore_to_first_token_seconds"] = secondsSince(start);
            return m_session->truncate(m_flags.context);
        }
        LECTERN_TRY(m_session->prefill(document, nullptr, m_stop));
        m_report["prefill_seconds"] = secondsSince(start);
        if (!m_flags.snapshot.empty()) {
            const Clock::time_point saving = Clock::now();
            LECTERN_TRY(m_session->saveSnapshot(m_flags.snapshot, document, "bench"));
            m_report["save_seconds"] = secondsSince(saving);
        }
        return {};
    }

    Result<void> addRow(nlohmann::json& rows, SearchLevel level, double probe) {
        m_session->setSearch(level, probe);
        nlohmann::json row{{"search", name(level)}};
        if (level == SearchLevel::Approximate) {
            row["probe"] = probe;
        }
        LECTERN_TRY(decodeAll(false));  // once untimed: pages and page tables come in
        const SelectionCounts before = m_session->selectionCounts();
        m_timing->reset();
        const Clock::time_point start = Clock::now();
        LECTERN_TRY(decodeAll(false));
        row["tokens_per_second"] = m_flags.tokens / secondsSince(start);
        row["attention_ms_per_token"] = 1e3 * m_timing->stageSeconds().at("attention") / m_flags.tokens;
        const SelectionCounts after = m_session->selectionCounts();
        if (after.candidates > before.candidates) {
            row["visited_share"] = static_cast<double>(after.visited - before.visited) /
                                   static_cast<double>(after.candidates - before.candidates);
        }
        const Clock::time_point traced = Clock::now();
        LECTERN_TRY(decodeAll(true));
        row["traced_tokens_per_second"] = m_flags.tokens / secondsSince(traced);
        addRecall(row);
        rows.push_back(row);
        return {};
    }

    Result<void> decodeAll(bool traced) {
        m_session->clearAnswerTrace();
        m_session->setRecordAnswerTrace(traced);
        for (int32_t i = 0; i < m_flags.tokens; ++i) {
            LECTERN_TRY(m_session->decode({m_tokens.data() + m_flags.context + i, 1}, m_stop));
        }
        return m_session->truncate(m_flags.context);
    }

    /// Against the first row, which is the flat search.
    void addRecall(nlohmann::json& row) {
        Masses masses;
        for (const AnswerTrace::Step& step : m_session->answerTrace().steps) {
            for (const auto& group : step.groups) {
                auto& regions = masses.emplace_back();
                for (const AnswerTrace::Entry& entry : group) {
                    regions[entry.region] = entry;
                }
            }
        }
        if (m_flat.empty()) {
            m_flat = std::move(masses);
            return;
        }
        double all = 0, found = 0, chosen = 0, chosenFound = 0, worst = 1;
        for (size_t i = 0; i < m_flat.size() && i < masses.size(); ++i) {
            double groupAll = 0, groupFound = 0;
            for (const auto& [region, entry] : m_flat[i]) {
                const bool has = masses[i].contains(region);
                groupAll += entry.mass;
                groupFound += has ? entry.mass : 0;
                // Regions that are kept anyway have no score.
                chosen += entry.score != 0 ? entry.mass : 0;
                chosenFound += entry.score != 0 && has ? entry.mass : 0;
            }
            all += groupAll;
            found += groupFound;
            worst = groupAll > 0 ? std::min(worst, groupFound / groupAll) : worst;
        }
        row["mass_recall"] = all > 0 ? found / all : 1.0;
        row["mass_recall_of_chosen"] = chosen > 0 ? chosenFound / chosen : 1.0;
        row["worst_head_recall"] = worst;
    }

    const Flags& m_flags;
    std::stop_token m_stop;
    LoadedModel m_loaded;
    std::shared_ptr<TimingBackend> m_timing;
    std::unique_ptr<Session> m_session;
    std::vector<TokenId> m_tokens;
    nlohmann::json m_report;
    Masses m_flat;
};

}  // namespace

Command addBenchSelection(CLI::App& parent) {
    auto flags = std::make_shared<Flags>();
    CLI::App* app = parent.add_subcommand("selection", "Decode under flat, exact and approximate search");
    addCommonFlags(*app, flags->options);
    app->add_option("--text", flags->text, "Text file; its first tokens are the context")->required();
    app->add_option("--context", flags->context, "Tokens")->capture_default_str()->check(CLI::Range(1, 1 << 24));
    app->add_option("--tokens", flags->tokens, "Tokens to decode")->capture_default_str()->check(CLI::Range(1, 4096));
    app->add_option("--probes", flags->probes, "Probes of the approximate rows")->delimiter(',');
    app->add_option("--snapshot", flags->snapshot, "File that keeps the context between runs");
    return [flags](std::stop_token stop) { return SelectionBench(*flags, stop).run(); };
}

}  // namespace lectern::tools
