// What a device says that keeps its context to itself. Apart from create_backend.cpp, so that a backend library links
// neither the other backends nor the loader.

#include "engine/backend/backend.h"

namespace lectern {

Result<void> KvStorage::save(SnapshotWriter&) const {
    return Error{ErrorCode::Unsupported, "This device cannot save its context yet."};
}

Result<void> KvStorage::restore(std::shared_ptr<SnapshotFile>, int64_t) {
    return Error{ErrorCode::Unsupported, "This device cannot restore a saved context yet."};
}

}  // namespace lectern
