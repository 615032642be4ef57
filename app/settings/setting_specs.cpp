// The table of settings. A new setting is one new row here; names in Choice rows are the engine's own.

#include <QStringList>
#include <QtGlobal>

#include "app/settings/reading_names.h"
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
        choice("general/theme", {"system", "light", "dark"}, QT_TRANSLATE_NOOP("Settings", "Theme"),
               QT_TRANSLATE_NOOP("Settings", "Colours of the window.")),
        choice("general/language", {"system", "en", "de", "zh"}, QT_TRANSLATE_NOOP("Settings", "Language"),
               QT_TRANSLATE_NOOP("Settings", "Used from the next start on.")),
        flag("general/reopen", true, QT_TRANSLATE_NOOP("Settings", "Reopen documents"),
             QT_TRANSLATE_NOOP("Settings", "Open the documents of the last time again at start.")),
        flag("general/tour_done", false, QT_TRANSLATE_NOOP("Settings", "Tour seen"),
             QT_TRANSLATE_NOOP("Settings", "The first-run tour is not shown again.")),

        choice("reading/layout", {kPageFlowNames.begin(), kPageFlowNames.end()},
               QT_TRANSLATE_NOOP("Settings", "Page layout"),
               QT_TRANSLATE_NOOP("Settings", "How pages follow each other.")),
        choice("reading/zoom", {kZoomNames.begin(), kZoomNames.end()}, QT_TRANSLATE_NOOP("Settings", "Zoom"),
               QT_TRANSLATE_NOOP("Settings", "Zoom of a document opened the first time.")),
        flag("reading/dark_pages", false, QT_TRANSLATE_NOOP("Settings", "Dark pages"),
             QT_TRANSLATE_NOOP("Settings", "Invert the lightness of pages; pictures keep their colours.")),
        flag("reading/remember_position", true, QT_TRANSLATE_NOOP("Settings", "Remember position"),
             QT_TRANSLATE_NOOP("Settings", "Open documents where they were left.")),
        {"reading/ocr_language",
         SettingType::Text,
         QStringLiteral("eng"),
         QT_TRANSLATE_NOOP("Settings", "Language of scans"),
         QT_TRANSLATE_NOOP("Settings", "Language of text recognition as Tesseract names it: eng, deu, eng+deu."),
         0,
         0,
         {}},
        integer("reading/cache_mebibytes", 256, 32, 8192, QT_TRANSLATE_NOOP("Settings", "Page cache (MiB)"),
                QT_TRANSLATE_NOOP("Settings", "Memory for pages that were drawn.")),
        integer("reading/code_font_points", 10, 6, 32, QT_TRANSLATE_NOOP("Settings", "Code font (points)"),
                QT_TRANSLATE_NOOP("Settings", "Size of source files and plain text.")),

        {"model/folders",
         SettingType::PathList,
         QStringList(),
         QT_TRANSLATE_NOOP("Settings", "Model folders"),
         QT_TRANSLATE_NOOP("Settings", "Folders that are searched for models; nothing is copied."),
         0,
         0,
         {}},
        path("model/current", QT_TRANSLATE_NOOP("Settings", "Model"),
             QT_TRANSLATE_NOOP("Settings", "The model that answers; empty for the one that comes with Lectern.")),
        path("model/adapter", QT_TRANSLATE_NOOP("Settings", "Adapter"),
             QT_TRANSLATE_NOOP("Settings", "A tuned adapter that is applied to the model; empty for none.")),
        choice("model/device", {"auto", "cpu", "cuda"}, QT_TRANSLATE_NOOP("Settings", "Device"),
               QT_TRANSLATE_NOOP("Settings", "Where the model runs.")),
        integer("model/threads", 0, 0, 1024, QT_TRANSLATE_NOOP("Settings", "Threads"),
                QT_TRANSLATE_NOOP("Settings", "Processor threads of the model; 0 uses all cores.")),
        choice("model/kv_type", {"profile", "f32", "bf16", "int8", "fp8", "int4"},
               QT_TRANSLATE_NOOP("Settings", "Cache format"),
               QT_TRANSLATE_NOOP("Settings",
                                 "Number format of cached keys and values; smaller formats hold longer documents.")),
        real("model/memory_gibibytes", 0, 0, 4096, QT_TRANSLATE_NOOP("Settings", "Memory limit (GiB)"),
             QT_TRANSLATE_NOOP(
                 "Settings",
                 "The most memory that a document's cache may take, the rest lies in a temporary file; 0 leaves it to "
                 "what is free.")),

        choice("attention/mode", {"profile", "dense", "ms_prefill", "ms_decode"},
               QT_TRANSLATE_NOOP("Settings", "Attention"),
               QT_TRANSLATE_NOOP("Settings", "How documents are read; the model's profile knows what suits it.")),
        integer("attention/budget", 0, 0, 1 << 20, QT_TRANSLATE_NOOP("Settings", "Budget (tokens)"),
                QT_TRANSLATE_NOOP("Settings", "Tokens that each step attends to; 0 takes the profile's value.")),
        choice("attention/scorer", {"profile", "mean", "bound"}, QT_TRANSLATE_NOOP("Settings", "Scorer"),
               QT_TRANSLATE_NOOP("Settings", "How regions are ranked for an answer.")),
        flag("attention/record", true, QT_TRANSLATE_NOOP("Settings", "Record selections"),
             QT_TRANSLATE_NOOP("Settings", "Keep what each answer looked at, for the attention map.")),

        integer("answer/max_tokens", 256, 1, 8192, QT_TRANSLATE_NOOP("Settings", "Longest answer (tokens)"),
                QT_TRANSLATE_NOOP("Settings", "An answer ends there at the latest.")),
        real("answer/temperature", 0, 0, 2, QT_TRANSLATE_NOOP("Settings", "Temperature"),
             QT_TRANSLATE_NOOP("Settings", "0 always takes the likeliest word.")),
        integer("answer/top_k", 40, 0, 1000, QT_TRANSLATE_NOOP("Settings", "Top k"),
                QT_TRANSLATE_NOOP("Settings", "Words to choose from at each step; 0 for all.")),
        real("answer/top_p", 0.95, 0.01, 1, QT_TRANSLATE_NOOP("Settings", "Top p"),
             QT_TRANSLATE_NOOP("Settings", "Share of probability to choose from at each step.")),
        integer("answer/seed", 1, 0, 2147483647, QT_TRANSLATE_NOOP("Settings", "Seed"),
                QT_TRANSLATE_NOOP("Settings", "Equal seeds give equal answers.")),

        flag("storage/snapshots", true, QT_TRANSLATE_NOOP("Settings", "Keep read documents"),
             QT_TRANSLATE_NOOP("Settings",
                               "Keep what the model computed for a document, so that it opens at once the next time.")),
        real("storage/snapshot_gibibytes", 20, 0, 65536,
             QT_TRANSLATE_NOOP("Settings", "Space for read documents (GiB)"),
             QT_TRANSLATE_NOOP("Settings", "The oldest are deleted beyond this.")),
        flag("storage/keep_encrypted", true, QT_TRANSLATE_NOOP("Settings", "Keep text of encrypted documents"),
             QT_TRANSLATE_NOOP("Settings",
                               "Off: documents that need a password open in a window of their own, of which nothing is "
                               "left on disk.")),

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
