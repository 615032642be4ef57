// lectern-document-worker: parses, draws and searches one document for Lectern. Requests and replies:
// app/document_worker/protocol.h.

#include "app/document_worker/worker/run_worker.h"

int main(int argc, char** argv) {
    return lectern::app::worker::runWorker(argc, argv, {});
}
