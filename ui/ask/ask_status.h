#pragma once
// How far the model has got with the current document. A plain value for the Ask panel.

#include <QString>

#include "app/ask/ask_session.h"

namespace lectern::ui {

struct AskStatus {
    enum class Stage {
        NoDocument,  ///< nothing is open
        Ingesting,   ///< the text is being read into the library
        Stopped,     ///< that was cancelled; it can go on
        Problem,     ///< it cannot be asked about; `detail` says why
        Unread,      ///< known size, the model has not read it
        Queued,      ///< waiting for the engine, or building the context
        Prefilling,
        Ready,
        Answering,
    };
    Stage stage = Stage::NoDocument;
    QString headline;
    QString detail;
    double progress = -1;  ///< 0..1; negative: unknown
    bool canRead = false;  ///< "Read document" can be pressed
    bool goesOn = false;   ///< then it goes on where it stopped
    bool canPause = false;

    bool isBusy() const { return stage == Stage::Ingesting || stage == Stage::Queued || stage == Stage::Prefilling; }
    bool operator==(const AskStatus&) const = default;
};

}  // namespace lectern::ui
