#include "app/jobs/evaluation.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/jobs/training_runs.h"

namespace lectern::app {
namespace {

using nlohmann::json;

constexpr size_t kMaximumJsonBytes = 64 << 20;

double number(const json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() && found->is_number() ? found->get<double>() : std::nan("");
}

std::vector<PerplexityBucket> bucketsOf(const json& object, const char* key) {
    std::vector<PerplexityBucket> buckets;
    if (!object.contains(key) || !object[key].is_object() || !object[key].contains("buckets")) {
        return buckets;
    }
    for (const json& each : object[key]["buckets"]) {
        const double begin = number(each, "begin"), end = number(each, "end"), perplexity = number(each, "perplexity");
        if (begin >= 0 && end > begin && end < 1e15 && std::isfinite(perplexity)) {
            const double tokens = number(each, "tokens");
            buckets.push_back({static_cast<int64_t>(begin), static_cast<int64_t>(end),
                               tokens >= 0 && tokens < 1e15 ? static_cast<int64_t>(tokens) : 0, perplexity});
        }
    }
    return buckets;
}

}  // namespace

Result<void> EvaluationResult::add(const std::string& text) {
    const Error foreign{ErrorCode::InvalidInput,
                        "This is not the JSON of an evaluation (lectern-engine eval … --json)."};
    const json object = text.size() < kMaximumJsonBytes ? json::parse(text, nullptr, false) : json();
    if (!object.is_object() || !object.contains("task") || !object["task"].is_string()) {
        return foreign;
    }
    const std::string kind = object["task"].get<std::string>();
    if (kind == "perplexity") {
        blockwise = bucketsOf(object, "blockwise");
        decodeConsistent = bucketsOf(object, "decode_consistent");
        task = kind;
        return blockwise.empty() && decodeConsistent.empty() ? Result<void>(foreign) : Result<void>();
    }
    const double context = number(object, "context");
    if ((kind != "passkey" && kind != "needle") || !(context > 0 && context < 1e15) || !object.contains("depths") ||
        !object["depths"].is_array()) {
        return foreign;
    }
    const auto tokens = static_cast<int64_t>(context);
    if (task != kind) {
        cells.clear();
        task = kind;
    }
    std::erase_if(cells, [&](const RetrievalCell& cell) { return cell.contextTokens == tokens; });
    for (const json& each : object["depths"]) {
        const double depth = number(each, "depth"), trials = number(each, "trials"), correct = number(each, "correct");
        if (depth >= 0 && depth <= 1 && trials > 0 && trials < 1e9 && correct >= 0 && correct <= trials) {
            cells.push_back({tokens, depth, static_cast<int64_t>(trials), static_cast<int64_t>(correct)});
        }
    }
    std::sort(cells.begin(), cells.end(), [](const RetrievalCell& a, const RetrievalCell& b) {
        return std::pair(a.contextTokens, a.depth) < std::pair(b.contextTokens, b.depth);
    });
    return {};
}

EvaluationRun::~EvaluationRun() {
    cancel();
}

Result<void> EvaluationRun::start(const EvaluationRequest& request) {
    cancel();
    LECTERN_ASSIGN(m_engine, enginePath());
    m_result = {};
    m_problem.clear();
    const auto text = [](const std::string& value) { return QString::fromStdString(value); };
    const bool perplexity = request.task == "perplexity";
    for (const int64_t context : request.contexts) {
        if (perplexity && context != request.contexts.back()) {
            continue;
        }
        QStringList arguments{QStringLiteral("eval"), text(request.task), QStringLiteral("--json"),
                              QStringLiteral("--context"), QString::number(context)};
        if (!request.model.empty()) {
            arguments << QStringLiteral("--model") << text(request.model);
        }
        if (!request.adapter.empty()) {
            arguments << QStringLiteral("--adapter") << text(request.adapter);
        }
        if (!request.text.empty() && request.task != "passkey") {
            arguments << QStringLiteral("--text") << text(request.text);
        }
        if (perplexity) {
            arguments << QStringLiteral("--windows") << QStringLiteral("1");
        } else {
            arguments << QStringLiteral("--depths") << QString::number(request.depths) << QStringLiteral("--trials")
                      << QString::number(request.trials);
        }
        m_waiting.push_back(arguments);
    }
    next();
    return {};
}

void EvaluationRun::next() {
    m_process = std::make_unique<QProcess>();
    connect(m_process.get(), &QProcess::finished, this, &EvaluationRun::ended);
    whenNotStarted(m_process, this, [this] { ended(); });
    connect(m_process.get(), &QProcess::readyReadStandardError, this, [this] {
        const QString lines = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
        if (!lines.isEmpty()) {
            emit said(lines.section(u'\n', -1));
        }
    });
    const QStringList arguments = m_waiting.front();
    m_waiting.pop_front();
    m_process->start(m_engine, arguments);
}

void EvaluationRun::ended() {
    const bool started = m_process->error() != QProcess::FailedToStart;
    const bool good = started && m_process->exitStatus() == QProcess::NormalExit && m_process->exitCode() == 0;
    const std::string output = m_process->readAllStandardOutput().toStdString();
    const QString errors = QString::fromUtf8(m_process->readAllStandardError()).trimmed();
    m_process.release()->deleteLater();
    const Result<void> added = good ? m_result.add(output) : Result<void>();
    if (!good || !added) {
        m_problem = !added             ? added.error().message
                    : !started         ? kEngineNotStarted
                    : errors.isEmpty() ? "The evaluation ended without a result."
                                       : errors.section(u'\n', -1).toStdString();
        m_waiting.clear();
    }
    emit progressed();
    if (m_waiting.empty()) {
        emit finished();
    } else {
        next();
    }
}

void EvaluationRun::cancel() {
    m_waiting.clear();
    if (m_process != nullptr) {
        m_process->disconnect(this);
        m_process->kill();
        m_process->waitForFinished(1000);
        m_process.reset();
    }
}

}  // namespace lectern::app
