#include "engine/formats/vocabulary_checks.h"

#include "engine/formats/format_errors.h"
#include "engine/text/sentencepiece_proto.h"

namespace lectern {

namespace {

Error named(const std::filesystem::path& path, const Error& error) {
    return {error.code, path.filename().string() + ": " + error.message};
}

}  // namespace

Result<void> checkVocabulary(std::string_view modelProto, const ModelConfig& config,
                             const std::filesystem::path& path) {
    const auto model = parseSentencePieceModel(modelProto);
    if (!model) {
        return named(path, model.error());
    }
    if (const auto checked = checkSentencePieceModel(*model); !checked) {
        return named(path, checked.error());
    }
    const auto pieceCount = static_cast<int64_t>(model->pieces.size());
    if (pieceCount > config.vocabSize) {
        return damagedFile(path, "its vocabulary has " + std::to_string(pieceCount) + " tokens, the model only " +
                                     std::to_string(config.vocabSize));
    }
    return {};
}

}  // namespace lectern
