#pragma once
// Hits of printed text and of text recognised in pictures, put into one order.

#include <optional>

#include "ui/reader/document_view.h"

namespace lectern::ui {

/// Printed text is searched by the document worker, page by page; what OCR read is in the library. A plain value.
class HitMerger {
  public:
    struct Step {
        QVector<ReaderHit> hits;
        int pagesSearched = 0;
        bool finished = false;
    };

    /// `waits`: recognised text is searched too, and nothing is in order before that has ended.
    void start(bool waits);
    void addPrinted(const QVector<ReaderHit>& hits, int pagesSearched, bool finished);
    void addRecognised(const QVector<ReaderHit>& hits);
    void endRecognised();
    /// What can be shown since the last call; nothing where there is no news.
    std::optional<Step> take();

  private:
    Step m_printed;
    bool m_news = false;
    bool m_waits = false;
    QVector<ReaderHit> m_recognised;  ///< in page order
};

}  // namespace lectern::ui
