// lectern-ocr-worker: the document worker that can also read pictures of pages. A program of its own, because what
// Tesseract brings along would make every document slower to open.

#include "app/document_worker/ocr_worker/recogniser.h"
#include "app/document_worker/worker/run_worker.h"

int main(int argc, char** argv) {
    using namespace lectern::app;
    worker::Recogniser recogniser;
    return worker::runWorker(
        argc, argv, [&](const QImage& picture, double pixelsPerInch, const std::string& language, DocumentPage& page) {
            return recogniser.recognise(picture, pixelsPerInch, language, page);
        });
}
