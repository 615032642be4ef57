#pragma once
// Text of page pictures, by Tesseract.

#include <QImage>
#include <memory>
#include <string>

#include "app/ingest/document.h"
#include "engine/core/result.h"

namespace lectern::app::worker {

/// One language (or several, "eng+deu") loaded once. One thread.
class Recogniser {
  public:
    Recogniser();
    ~Recogniser();
    Recogniser(const Recogniser&) = delete;
    Recogniser& operator=(const Recogniser&) = delete;

    /// Fills text and boxes of `page` from its picture at `pixelsPerInch`: words joined by a space, lines by '\n',
    /// paragraphs by an empty line; words that Tesseract itself hardly believes are left out. Errors: Unsupported (the
    /// language is not installed), Internal.
    Result<void> recognise(const QImage& picture, double pixelsPerInch, const std::string& language,
                           DocumentPage& page);

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace lectern::app::worker
