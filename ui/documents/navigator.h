#pragma once
// Going to places in documents, with one history for the reader, the outline, citations and the map.

#include <QObject>
#include <deque>

#include "ui/documents/open_documents.h"

namespace lectern::ui {

/// A place in a file, open or not.
struct HistoryEntry {
    QString path;
    ReaderPlace place;
};

/// GUI thread.
class Navigator : public QObject {
    Q_OBJECT

  public:
    static constexpr size_t kMaxEntries = 200;

    explicit Navigator(OpenDocuments* documents, QObject* parent = nullptr);

    void goTo(ReaderTab* tab, const ReaderPlace& place);
    /// Cited places: highlighted together, `current` shown and flashed.
    void showCitation(ReaderTab* tab, const QVector<ReaderPlace>& all, const ReaderPlace& current);
    void back();
    void forward();
    bool canGoBack() const { return !m_back.empty(); }
    bool canGoForward() const { return !m_forward.empty(); }

  signals:
    void changed();

  private:
    void remember(ReaderTab* tab);
    void move(std::deque<HistoryEntry>& from, std::deque<HistoryEntry>& to);
    std::optional<HistoryEntry> here() const;

    OpenDocuments* m_documents;
    std::deque<HistoryEntry> m_back;
    std::deque<HistoryEntry> m_forward;
};

}  // namespace lectern::ui
