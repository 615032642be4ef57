#include "ui/services/engine_options.h"

#include "app/library/saved_contexts.h"

namespace lectern::ui {
namespace {

/// A few questions with their answers fit beside the document when the conversation is kept.
constexpr int64_t kConversationTokens = 2048;

std::optional<std::string> chosen(const app::Settings& settings, const char* key) {
    const QString text = settings.text(QLatin1String(key));
    return text == QLatin1String("profile") ? std::nullopt : std::optional(text.toStdString());
}

}  // namespace

RunOptions runOptions(const app::Settings& settings) {
    RunOptions options;
    options.model = settings.text(QStringLiteral("model/current")).toStdString();
    options.adapter = settings.text(QStringLiteral("model/adapter")).toStdString();
    options.device = settings.text(QStringLiteral("model/device")).toStdString();
    options.threads = static_cast<int32_t>(settings.integer(QStringLiteral("model/threads")));
    options.kvType = chosen(settings, "model/kv_type");
    if (const double gibibytes = settings.real(QStringLiteral("model/memory_gibibytes")); gibibytes > 0) {
        options.kvMemory = std::to_string(static_cast<int64_t>(gibibytes * 1024)) + "M";
    }
    options.attention = chosen(settings, "attention/mode");
    options.scorer = chosen(settings, "attention/scorer");
    if (const int64_t budget = settings.integer(QStringLiteral("attention/budget")); budget > 0) {
        options.budget = static_cast<int32_t>(budget);
    }
    return options;
}

app::AnswerOptions answerOptions(const app::Settings& settings) {
    app::AnswerOptions options;
    options.maxTokens = static_cast<int32_t>(settings.integer(QStringLiteral("answer/max_tokens")));
    options.sampler.temperature = static_cast<float>(settings.real(QStringLiteral("answer/temperature")));
    options.sampler.topK = static_cast<int32_t>(settings.integer(QStringLiteral("answer/top_k")));
    options.sampler.topP = static_cast<float>(settings.real(QStringLiteral("answer/top_p")));
    options.sampler.seed = static_cast<uint64_t>(settings.integer(QStringLiteral("answer/seed")));
    return options;
}

app::AskSessionOptions sessionOptions(const app::Settings& settings, const std::filesystem::path& dataDirectory,
                                      const QString& title) {
    app::AskSessionOptions options;
    const int64_t reply = settings.integer(QStringLiteral("answer/max_tokens"));
    options.conversationTokens = std::max(kConversationTokens, 2 * reply);
    options.recordDocumentTrace = settings.boolean(QStringLiteral("attention/record"));
    options.title = title.toStdString();
    if (settings.boolean(QStringLiteral("storage/snapshots")) && !dataDirectory.empty()) {
        options.snapshotFolder = app::contextsFolder(dataDirectory);
        options.snapshotBytes = static_cast<int64_t>(settings.real(QStringLiteral("storage/snapshot_gibibytes")) *
                                                     static_cast<double>(int64_t{1} << 30));
    }
    return options;
}

bool changesModel(const QString& settingKey) {
    static const QStringList keys = {QStringLiteral("model/current"),         QStringLiteral("model/adapter"),
                                     QStringLiteral("model/device"),          QStringLiteral("model/threads"),
                                     QStringLiteral("model/kv_type"),         QStringLiteral("attention/mode"),
                                     QStringLiteral("attention/scorer"),      QStringLiteral("attention/budget"),
                                     QStringLiteral("model/memory_gibibytes")};
    return keys.contains(settingKey);
}

}  // namespace lectern::ui
