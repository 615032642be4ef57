#pragma once
// What the worker programs do between main() and the end of input.

#include "app/document_worker/worker/server.h"

namespace lectern::app::worker {

/// Restricts the process, maps the shared frame and serves requests. Returns the exit code.
int runWorker(int argc, char** argv, const Recognise& recognise);

}  // namespace lectern::app::worker
