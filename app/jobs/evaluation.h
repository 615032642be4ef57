#pragma once
// Evaluations of a model, run by lectern-engine, and their results as values.

#include <QObject>
#include <QProcess>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace lectern::app {

/// Accuracy at one context length and depth.
struct RetrievalCell {
    int64_t contextTokens = 0;
    double depth = 0;  ///< 0: start of the document, 1: its end
    int64_t trials = 0, correct = 0;
};

/// Perplexity of the tokens at positions begin .. end - 1.
struct PerplexityBucket {
    int64_t begin = 0, end = 0, tokens = 0;
    double perplexity = 0;
};

/// What one or several JSON outputs of `lectern-engine eval ... --json` say.
struct EvaluationResult {
    std::string task;  ///< "passkey", "needle", "perplexity"
    std::vector<RetrievalCell> cells;
    std::vector<PerplexityBucket> blockwise, decodeConsistent;

    /// Adds one output; cells of a context that is there already are replaced. Errors: InvalidInput, with what is
    /// missing.
    Result<void> add(const std::string& json);
};

struct EvaluationRequest {
    std::string task = "passkey";
    std::string model, adapter;                  ///< paths; empty: the default, none
    std::vector<int64_t> contexts{4096, 16384};  ///< passkey, needle: one after the other; perplexity: the last
    int depths = 5;
    int trials = 2;
    std::string text;  ///< file; perplexity, needle; empty: the sample document
};

/// Runs a request, one process per context length. GUI thread; destroying it ends the process.
class EvaluationRun : public QObject {
    Q_OBJECT

  public:
    using QObject::QObject;
    ~EvaluationRun() override;

    Result<void> start(const EvaluationRequest& request);
    void cancel();
    bool isRunning() const { return m_process != nullptr; }
    const EvaluationResult& result() const { return m_result; }
    const std::string& problem() const { return m_problem; }

  signals:
    /// One context length is done.
    void progressed();
    /// What the process says about a trial.
    void said(const QString& line);
    void finished();

  private:
    void next();
    void ended();

    std::unique_ptr<QProcess> m_process;
    QString m_engine;
    std::deque<QStringList> m_waiting;
    EvaluationResult m_result;
    std::string m_problem;
};

}  // namespace lectern::app
