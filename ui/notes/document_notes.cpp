#include "ui/notes/document_notes.h"

#include <QUndoCommand>
#include <algorithm>
#include <tuple>

namespace lectern::ui {
namespace {

using app::AnnotationRecord;
using app::BookmarkRecord;

auto placeOf(const BookmarkRecord& record) {
    return std::tuple(record.page, record.top, int64_t{0});
}

auto placeOf(const AnnotationRecord& record) {
    const double top = record.rects.empty() ? 0.0 : double(record.rects.front().y0);
    return std::tuple(record.page, top, record.bytes.begin);
}

Result<int64_t> store(app::Library& library, const BookmarkRecord& record) {
    LECTERN_ASSIGN(const BookmarkRecord stored, library.storeBookmark(record));
    return stored.id;
}

Result<int64_t> store(app::Library& library, const AnnotationRecord& record) {
    LECTERN_ASSIGN(const AnnotationRecord stored, library.storeAnnotation(record));
    return stored.id;
}

Result<void> remove(app::Library& library, int64_t id, const BookmarkRecord*) {
    LECTERN_TRY(library.removeBookmark(id));
    return {};
}

Result<void> remove(app::Library& library, int64_t id, const AnnotationRecord*) {
    LECTERN_TRY(library.removeAnnotation(id));
    return {};
}

}  // namespace

/// From one state of a record to another; nothing stands for "not there".
template <typename Record>
class DocumentNotes::Change : public QUndoCommand {
  public:
    Change(DocumentNotes& notes, const QString& text, int key, std::optional<Record> before,
           std::optional<Record> after, bool merges)
        : QUndoCommand(text),
          m_notes(notes),
          m_key(key),
          m_before(std::move(before)),
          m_after(std::move(after)),
          m_merges(merges) {}

    void redo() override { m_notes.apply<Record>(m_key, m_after); }
    void undo() override { m_notes.apply<Record>(m_key, m_before); }
    int id() const override { return m_merges ? 1 : -1; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = dynamic_cast<const Change<Record>*>(other);
        if (next == nullptr || next->m_key != m_key) {
            return false;
        }
        m_after = next->m_after;
        return true;
    }

  private:
    DocumentNotes& m_notes;
    int m_key;
    std::optional<Record> m_before;
    std::optional<Record> m_after;
    bool m_merges;
};

DocumentNotes::DocumentNotes(LibraryWorker& library, QObject* parent) : QObject(parent), m_library(library) {}

void DocumentNotes::load(app::DocumentId document) {
    m_document = document;
    m_undo.clear();
    m_bookmarks = {};
    m_annotations = {};
    emit changed();
    if (document == 0) {
        return;
    }
    using Loaded = std::pair<std::vector<BookmarkRecord>, std::vector<AnnotationRecord>>;
    m_library.run(
        this,
        [document](app::Library& library) -> Result<Loaded> {
            LECTERN_ASSIGN(std::vector<BookmarkRecord> bookmarks, library.bookmarks(document));
            LECTERN_ASSIGN(std::vector<AnnotationRecord> annotations, library.annotations(document));
            return Loaded(std::move(bookmarks), std::move(annotations));
        },
        [this, document](const Result<Loaded>& loaded) {
            if (!loaded) {
                emit troubled(QString::fromStdString(loaded.error().message));
                return;
            }
            // What was marked before the answer came stays: it has keys of its own.
            if (document != m_document) {
                return;
            }
            const auto take = [this](const auto& records) {
                using Record = typename std::decay_t<decltype(records)>::value_type;
                Collection<Record>& kept = collection<Record>();
                std::vector<std::pair<size_t, int64_t>> known;
                for (const Record& record : records) {
                    const int key = kept.nextKey++;
                    kept.items.push_back({key, record});
                    known.emplace_back(key, record.id);
                }
                std::stable_sort(kept.items.begin(), kept.items.end(),
                                 [](const auto& a, const auto& b) { return placeOf(a.record) < placeOf(b.record); });
                m_library.run([ids = kept.ids, known](app::Library&) -> Result<void> {
                    for (const auto& [key, id] : known) {
                        ids->resize(std::max(ids->size(), key + 1));
                        (*ids)[key] = id;
                    }
                    return {};
                });
            };
            take(loaded->first);
            take(loaded->second);
            emit changed();
        });
}

template <typename Record>
const Record* DocumentNotes::find(const Collection<Record>& collection, int key) {
    const auto& items = collection.items;
    const auto found = std::find_if(items.begin(), items.end(), [key](const auto& each) { return each.key == key; });
    return found == items.end() ? nullptr : &found->record;
}

const AnnotationRecord* DocumentNotes::annotation(int key) const {
    return find(m_annotations, key);
}
const BookmarkRecord* DocumentNotes::bookmark(int key) const {
    return find(m_bookmarks, key);
}

int DocumentNotes::bookmarkOfPage(int page) const {
    const auto& items = m_bookmarks.items;
    const auto found =
        std::find_if(items.begin(), items.end(), [page](const auto& each) { return each.record.page == page; });
    return found == items.end() ? -1 : found->key;
}

template <typename Record>
void DocumentNotes::push(const QString& text, int key, std::optional<Record> after, bool merges) {
    const Record* now = find(collection<Record>(), key);
    std::optional<Record> before = now == nullptr ? std::nullopt : std::optional<Record>(*now);
    m_undo.push(new Change<Record>(*this, text, key, std::move(before), std::move(after), merges));
}

template <typename Record>
void DocumentNotes::apply(int key, const std::optional<Record>& record) {
    Collection<Record>& kept = collection<Record>();
    std::erase_if(kept.items, [key](const auto& each) { return each.key == key; });
    if (record) {
        const auto at = std::find_if(kept.items.begin(), kept.items.end(),
                                     [&](const auto& each) { return placeOf(each.record) > placeOf(*record); });
        kept.items.insert(at, {key, *record});
    }
    m_library.run(
        this,
        [ids = kept.ids, key, record](app::Library& library) -> Result<void> {
            ids->resize(std::max(ids->size(), static_cast<size_t>(key) + 1));
            int64_t& id = (*ids)[static_cast<size_t>(key)];
            if (!record) {
                return id == 0 ? Result<void>() : remove(library, id, static_cast<const Record*>(nullptr));
            }
            Record stored = *record;
            stored.id = id;
            LECTERN_ASSIGN(id, store(library, stored));
            return {};
        },
        [this](const Result<void>& done) {
            if (!done) {
                emit troubled(tr("This is not kept: %1").arg(QString::fromStdString(done.error().message)));
            }
        });
    emit changed();
}

int DocumentNotes::addBookmark(int page, double top, const QString& label) {
    if (m_document == 0) {
        emit troubled(tr("The document is still being taken in; bookmarks can be set when that is done."));
        return -1;
    }
    const int key = m_bookmarks.nextKey++;
    BookmarkRecord record;
    record.document = m_document;
    record.page = page;
    record.top = top;
    record.label = label.toStdString();
    push<BookmarkRecord>(tr("bookmark"), key, record);
    return key;
}

void DocumentNotes::renameBookmark(int key, const QString& label) {
    if (const BookmarkRecord* now = bookmark(key); now != nullptr && now->label != label.toStdString()) {
        BookmarkRecord record = *now;
        record.label = label.toStdString();
        push<BookmarkRecord>(tr("renaming of a bookmark"), key, record);
    }
}

void DocumentNotes::removeBookmark(int key) {
    if (bookmark(key) != nullptr) {
        push<BookmarkRecord>(tr("removal of a bookmark"), key, std::nullopt);
    }
}

int DocumentNotes::annotate(app::AnnotationKind kind, const QVector<SelectedText>& selection, const QString& note) {
    if (m_document == 0) {
        emit troubled(tr("The document is still being taken in; it can be marked when that is done."));
        return -1;
    }
    int first = -1;
    const bool several = selection.size() > 1;
    if (several) {
        m_undo.beginMacro(tr("highlight"));
    }
    for (const SelectedText& part : selection) {
        const int key = m_annotations.nextKey++;
        AnnotationRecord record;
        record.document = m_document;
        record.page = part.page;
        record.kind = kind;
        record.bytes = part.bytes;
        record.quote = part.text.toStdString();
        record.rects.assign(part.rects.begin(), part.rects.end());
        record.note = first < 0 ? note.toStdString() : std::string();
        push<AnnotationRecord>(kind == app::AnnotationKind::Note ? tr("note") : tr("highlight"), key, record);
        first = first < 0 ? key : first;
    }
    if (several) {
        m_undo.endMacro();
    }
    return first;
}

void DocumentNotes::setNote(int key, const QString& note) {
    if (const AnnotationRecord* now = annotation(key); now != nullptr && now->note != note.toStdString()) {
        AnnotationRecord record = *now;
        record.note = note.toStdString();
        push<AnnotationRecord>(tr("change of a note"), key, record, true);
    }
}

void DocumentNotes::setColor(int key, uint32_t color) {
    if (const AnnotationRecord* now = annotation(key); now != nullptr && now->color != color) {
        AnnotationRecord record = *now;
        record.color = color;
        push<AnnotationRecord>(tr("change of colour"), key, record);
    }
}

void DocumentNotes::removeAnnotation(int key) {
    if (annotation(key) != nullptr) {
        push<AnnotationRecord>(tr("removal of a note"), key, std::nullopt);
    }
}

}  // namespace lectern::ui
