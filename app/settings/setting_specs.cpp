// The table of settings. A new setting is one new row here; names in Choice rows are the engine's own.

#include <QStringList>

#include "app/settings/settings.h"

namespace lectern::app {
namespace {

SettingSpec flag(const char* key, bool byDefault, const char* title, const char* description) {
    return {key, SettingType::Boolean, byDefault, title, description, 0, 1, {}};
}

SettingSpec integer(const char* key, int byDefault, int minimum, int maximum, const char* title, const char* text) {
    return {key, SettingType::Integer, qint64{byDefault}, title, text, double(minimum), double(maximum), {}};
}

SettingSpec real(const char* key, double byDefault, double minimum, double maximum, const char* title,
                 const char* text) {
    return {key, SettingType::Real, byDefault, title, text, minimum, maximum, {}};
}

SettingSpec choice(const char* key, std::vector<QString> choices, const char* title, const char* text) {
    const QVariant byDefault = choices.front();
    return {key, SettingType::Choice, byDefault, title, text, 0, 0, std::move(choices)};
}

SettingSpec path(const char* key, const char* title, const char* text) {
    return {key, SettingType::Path, QString(), title, text, 0, 0, {}};
}

SettingSpec state(const char* key) {
    return {key, SettingType::Bytes, QByteArray(), "", "", 0, 0, {}};
}

std::vector<SettingSpec> makeSpecs() {
    return {
        choice("general/theme", {"system", "light", "dark"}, "Theme", "Colours of the window."),
        choice("general/language", {"system", "en", "de", "zh"}, "Language", "Used from the next start on."),
        flag("general/reopen", true, "Reopen documents", "Open the documents of the last time again at start."),
        flag("general/tour_done", false, "Tour seen", "The first-run tour is not shown again."),

        choice("reading/layout", {"continuous", "single", "facing"}, "Page layout", "How pages follow each other."),
        choice("reading/zoom", {"fit_width", "fit_page", "actual"}, "Zoom",
               "Zoom of a document opened the first time."),
        flag("reading/dark_pages", false, "Dark pages", "Invert the lightness of pages; pictures keep their colours."),
        flag("reading/remember_position", true, "Remember position", "Open documents where they were left."),
        {"reading/ocr_language",
         SettingType::Text,
         QStringLiteral("eng"),
         "Language of scans",
         "Language of text recognition as Tesseract names it: eng, deu, eng+deu.",
         0,
         0,
         {}},
        integer("reading/cache_mebibytes", 256, 32, 8192, "Page cache (MiB)", "Memory for pages that were drawn."),
        integer("reading/code_font_points", 10, 6, 32, "Code font (points)", "Size of source files and plain text."),

        {"model/folders",
         SettingType::PathList,
         QStringList(),
         "Model folders",
         "Folders that are searched for models; nothing is copied.",
         0,
         0,
         {}},
        path("model/current", "Model", "The model that answers; empty for the one that comes with Lectern."),
        path("model/adapter", "Adapter", "A tuned adapter that is applied to the model; empty for none."),
        choice("model/device", {"auto", "cpu", "cuda"}, "Device", "Where the model runs."),
        integer("model/threads", 0, 0, 1024, "Threads", "Processor threads of the model; 0 uses all cores."),
        choice("model/kv_type", {"profile", "f32", "bf16", "int8", "int4"}, "Cache format",
               "Number format of cached keys and values; smaller formats hold longer documents."),
        real("model/memory_gibibytes", 0, 0, 4096, "Memory limit (GiB)",
             "The most memory that a document's cache may take, the rest lies in a temporary file; 0 leaves it to "
             "what is free."),

        choice("attention/mode", {"profile", "dense", "ms_prefill", "ms_decode"}, "Attention",
               "How documents are read; the model's profile knows what suits it."),
        integer("attention/budget", 0, 0, 1 << 20, "Budget (tokens)",
                "Tokens that each step attends to; 0 takes the profile's value."),
        choice("attention/scorer", {"profile", "mean", "bound"}, "Scorer", "How regions are ranked for an answer."),
        flag("attention/record", true, "Record selections", "Keep what each answer looked at, for the attention map."),

        integer("answer/max_tokens", 256, 1, 8192, "Longest answer (tokens)", "An answer ends there at the latest."),
        real("answer/temperature", 0, 0, 2, "Temperature", "0 always takes the likeliest word."),
        integer("answer/top_k", 40, 0, 1000, "Top k", "Words to choose from at each step; 0 for all."),
        real("answer/top_p", 0.95, 0.01, 1, "Top p", "Share of probability to choose from at each step."),
        integer("answer/seed", 1, 0, 2147483647, "Seed", "Equal seeds give equal answers."),

        flag("storage/snapshots", true, "Keep read documents",
             "Keep what the model computed for a document, so that it opens at once the next time."),
        real("storage/snapshot_gibibytes", 20, 0, 65536, "Space for read documents (GiB)",
             "The oldest are deleted beyond this."),
        flag("storage/keep_encrypted", true, "Keep text of encrypted documents",
             "Off: documents that need a password open in a window of their own, of which nothing is left on disk."),

        state("window/geometry"),
        state("window/sources"),
        state("window/docks"),
        state("window/documents"),
        state("window/shortcuts"),
    };
}

}  // namespace

std::span<const SettingSpec> settingSpecs() {
    static const std::vector<SettingSpec> specs = makeSpecs();
    return specs;
}

const SettingSpec* findSetting(const QString& key) {
    for (const SettingSpec& spec : settingSpecs()) {
        if (key == QLatin1String(spec.key)) {
            return &spec;
        }
    }
    return nullptr;
}

}  // namespace lectern::app
