#include "app/library/records.h"

namespace lectern::app {

std::string citationStateName(CitationState state) {
    switch (state) {
        case CitationState::Selected:
            return "selected";
        case CitationState::Verified:
            return "verified";
        case CitationState::Unsupported:
            return "unsupported";
    }
    return {};
}

}  // namespace lectern::app
