#pragma once
// Bookmarks, highlights and notes of one document: kept in the library, every change can be undone.

#include <QObject>
#include <QUndoStack>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "ui/reader/document_view.h"
#include "ui/services/library_worker.h"

namespace lectern::ui {

/// A stored record with the key by which the window knows it: ids come later, keys never change.
template <typename Record>
struct Kept {
    int key = 0;
    Record record;
};

/// GUI thread. Changes show at once; the library follows on its own thread, in their order.
class DocumentNotes : public QObject {
    Q_OBJECT

  public:
    DocumentNotes(LibraryWorker& library, QObject* parent = nullptr);

    /// Reads what the library has of this document; what was there before goes, and so does what could be undone.
    void load(app::DocumentId document);
    app::DocumentId document() const { return m_document; }

    /// In page order.
    const std::vector<Kept<app::BookmarkRecord>>& bookmarks() const { return m_bookmarks.items; }
    const std::vector<Kept<app::AnnotationRecord>>& annotations() const { return m_annotations.items; }
    const app::AnnotationRecord* annotation(int key) const;
    const app::BookmarkRecord* bookmark(int key) const;
    /// Key of the bookmark of a page, -1: none.
    int bookmarkOfPage(int page) const;

    /// Each gives the key of what it made, -1 where the document is not in the library yet.
    int addBookmark(int page, double top, const QString& label);
    void renameBookmark(int key, const QString& label);
    void removeBookmark(int key);
    /// Marks every selected page's part.
    int annotate(app::AnnotationKind kind, const QVector<SelectedText>& selection, const QString& note = {});
    /// Words typed one after the other are one step of undo.
    void setNote(int key, const QString& note);
    void setColor(int key, uint32_t color);
    void removeAnnotation(int key);

    QUndoStack& undoStack() { return m_undo; }

  signals:
    void changed();
    void troubled(const QString& sentence);

  private:
    template <typename Record>
    struct Collection {
        std::vector<Kept<Record>> items;
        /// Never given twice: what was removed comes back under its key.
        int nextKey = 0;
        /// Ids by key. Read and written on the library's thread alone, where the changes run in their order.
        std::shared_ptr<std::vector<int64_t>> ids = std::make_shared<std::vector<int64_t>>();
    };
    template <typename Record>
    class Change;

    template <typename Record>
    Collection<Record>& collection() {
        if constexpr (std::is_same_v<Record, app::BookmarkRecord>) {
            return m_bookmarks;
        } else {
            return m_annotations;
        }
    }
    template <typename Record>
    static const Record* find(const Collection<Record>& collection, int key);
    template <typename Record>
    void push(const QString& text, int key, std::optional<Record> after, bool merges = false);
    /// Shows `record` under `key`, or takes it away, and stores that.
    template <typename Record>
    void apply(int key, const std::optional<Record>& record);

    LibraryWorker& m_library;
    app::DocumentId m_document = 0;
    Collection<app::BookmarkRecord> m_bookmarks;
    Collection<app::AnnotationRecord> m_annotations;
    QUndoStack m_undo;
};

}  // namespace lectern::ui
