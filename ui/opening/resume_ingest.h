#pragma once
// After a crash: what was being taken in goes on.

#include <QString>
#include <functional>

#include "ui/documents/open_documents.h"

namespace lectern::ui {

/// Queues what a process that is gone was reading into the library, from where it stopped; documents that are open go
/// on by themselves, files that are gone are left alone. `say` gets one sentence for each.
void resumeUnfinished(Services& services, OpenDocuments* documents, QObject* context,
                      std::function<void(const QString& sentence)> say);

}  // namespace lectern::ui
