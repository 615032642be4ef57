#include "engine/formats/vocabulary_checks.h"

#include "engine/formats/format_errors.h"
#include "engine/text/sentencepiece_proto.h"

namespace lectern {

Result<void> checkVocabulary(std::string_view modelProto, const ModelConfig& config,
                             const std::filesystem::path& path) {
    const auto model = parseSentencePieceModel(modelProto);
    if (!model) {
        return inFile(path, model.error());
    }
    if (const auto checked = checkSentencePieceModel(*model); !checked) {
        return inFile(path, checked.error());
    }
    const auto pieceCount = static_cast<int64_t>(model->pieces.size());
    if (pieceCount > config.vocabSize) {
        return damagedFile(path, "its vocabulary has " + std::to_string(pieceCount) + " tokens, the model only " +
                                     std::to_string(config.vocabSize));
    }
    return {};
}

}  // namespace lectern
