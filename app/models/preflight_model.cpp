#include "app/models/preflight_model.h"

#include "app/models/model_card.h"
#include "engine/formats/model_source.h"

namespace lectern::app {
namespace {

constexpr int64_t kProbeTokens = 65536;

}  // namespace

Result<OpenedPreflightModel> openPreflightModel(const std::filesystem::path& path, Library* library,
                                                const std::string& device) {
    LECTERN_ASSIGN(const ModelSource source, openModelSource(path));
    const ModelCard card = readModelCard(describeModel(path));
    if (!card.entry.problem.empty()) {
        return Error{ErrorCode::Unsupported, card.entry.problem};
    }
    OpenedPreflightModel opened;
    if (!source.tokenizerModel.empty()) {
        LECTERN_ASSIGN(Tokenizer tokenizer, Tokenizer::create(source.tokenizerModel));
        opened.tokenizer = std::make_shared<const Tokenizer>(std::move(tokenizer));
    }
    const MemoryNeed need = memoryNeed(card, kProbeTokens, {});
    opened.model.name = source.config.name;
    opened.model.tokenizer = opened.tokenizer.get();
    opened.model.trainedContext = card.trainedContext;
    opened.model.largestContext = card.extendedContext;
    opened.model.cacheBytesPerToken = (need.keysAndValues + need.summaries) / kProbeTokens;
    if (library != nullptr) {
        LECTERN_ASSIGN(const std::optional<double> speed,
                       library->measurement(prefillSpeedName(opened.model.name, device)));
        opened.model.tokensPerSecond = speed.value_or(0);
    }
    return opened;
}

}  // namespace lectern::app
