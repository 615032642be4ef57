#include "ui/notes/notes_controller.h"

#include <QMenu>

#include "app/ask/projector.h"
#include "ui/notes/notes_panel.h"
#include "ui/reader/outline_model.h"
#include "ui/reader/place_text.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {
namespace {

constexpr int kLabelCharacters = 80;

ReaderPlace placeOf(const app::AnnotationRecord& record, const TextPages& texts) {
    ReaderPlace place{.page = record.page};
    place.rects = QVector<app::PageRect>(record.rects.begin(), record.rects.end());
    place.top = record.rects.empty() ? 0 : record.rects.front().y0;
    if (texts != nullptr && record.page >= 0 && record.page < static_cast<int32_t>(texts->size())) {
        place.lines = app::projectToLines((*texts)[static_cast<size_t>(record.page)].text, record.bytes);
    }
    return place;
}

}  // namespace

NotesController::NotesController(LibraryWorker& library, MainActions& actions, OpenDocuments* documents,
                                 Navigator* navigator, NotesPanel* panel, QObject* parent)
    : QObject(parent),
      m_library(library),
      m_actions(actions),
      m_documents(documents),
      m_navigator(navigator),
      m_panel(panel) {
    connect(documents, &OpenDocuments::opened, this, &NotesController::add);
    connect(documents, &OpenDocuments::closing, this, [this](ReaderTab* tab) {
        if (m_documents->current() == tab) {
            setCurrent(nullptr);
        }
        m_notes.erase(tab);
    });
    connect(documents, &OpenDocuments::currentTabChanged, this, &NotesController::setCurrent);
    connect(panel, &NotesPanel::annotationActivated, this, &NotesController::goToAnnotation);
    connect(panel, &NotesPanel::bookmarkActivated, this, [this](int key) {
        const DocumentNotes* notes = current();
        const app::BookmarkRecord* bookmark = notes == nullptr ? nullptr : notes->bookmark(key);
        if (bookmark != nullptr) {
            m_navigator->goTo(m_documents->current(),
                              {.page = bookmark->page, .top = static_cast<float>(bookmark->top)});
        }
    });
    connectActions();
    setCurrent(documents->current());
}

NotesController::~NotesController() = default;

DocumentNotes* NotesController::current() const {
    const auto found = m_notes.find(m_documents->current());
    return found == m_notes.end() ? nullptr : found->second.get();
}

void NotesController::add(ReaderTab* tab) {
    auto made = std::make_unique<DocumentNotes>(m_library);
    DocumentNotes* notes = made.get();
    m_notes[tab] = std::move(made);
    connect(notes, &DocumentNotes::changed, this, [this, tab] {
        showMarks(tab);
        updateActions();
    });
    connect(&notes->undoStack(), &QUndoStack::indexChanged, this, &NotesController::updateActions);
    connect(notes, &DocumentNotes::troubled, tab, &ReaderTab::showMessage);
    const auto load = [tab, notes] {
        if (tab->session().documentId() != notes->document()) {
            notes->load(tab->session().documentId());
        }
    };
    connect(&tab->session(), &DocumentSession::phaseChanged, notes, load);
    connect(tab, &ReaderTab::viewMade, notes, [this, tab](DocumentView* view) { connectView(tab, view); });
    connect(tab, &ReaderTab::viewReady, notes, [this, tab] {
        showMarks(tab);
        updateActions();
    });
    connect(tab, &ReaderTab::currentPageChanged, this, &NotesController::updateActions);
    load();
}

void NotesController::connectView(ReaderTab* tab, DocumentView* view) {
    view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(view, &DocumentView::selectionChanged, this, &NotesController::updateActions);
    connect(view, &QWidget::customContextMenuRequested, this,
            [this, tab, view](QPoint point) { showMenu(tab, view->mapToGlobal(point)); });
    connect(view, &DocumentView::markActivated, this, [this](int key) {
        m_panel->showAnnotation(key);
        emit panelWanted();
    });
}

void NotesController::setCurrent(ReaderTab* tab) {
    const auto found = m_notes.find(tab);
    DocumentNotes* notes = found == m_notes.end() ? nullptr : found->second.get();
    m_panel->setNotes(notes,
                      [tab](int page) { return tab->view() == nullptr ? QString() : tab->view()->pageLabel(page); });
    updateActions();
}

void NotesController::connectActions() {
    const auto on = [this](QAction* action, auto work) {
        connect(action, &QAction::triggered, this, [this, work] {
            if (DocumentNotes* notes = current()) {
                work(*notes);
            }
        });
    };
    on(m_actions.undo, [](DocumentNotes& notes) { notes.undoStack().undo(); });
    on(m_actions.redo, [](DocumentNotes& notes) { notes.undoStack().redo(); });
    connect(m_actions.bookmark, &QAction::triggered, this, &NotesController::toggleBookmark);
    connect(m_actions.highlight, &QAction::triggered, this, [this] { annotate(app::AnnotationKind::Highlight); });
    connect(m_actions.underline, &QAction::triggered, this, [this] { annotate(app::AnnotationKind::Underline); });
    connect(m_actions.note, &QAction::triggered, this, [this] { annotate(app::AnnotationKind::Note); });
}

void NotesController::updateActions() {
    DocumentNotes* notes = current();
    const ReaderTab* tab = m_documents->current();
    const DocumentView* view = tab == nullptr ? nullptr : tab->view();
    const bool selected = view != nullptr && notes != nullptr && !view->selectedText().isEmpty();
    for (QAction* action : {m_actions.highlight, m_actions.underline, m_actions.note}) {
        action->setEnabled(selected);
    }
    m_actions.bookmark->setEnabled(view != nullptr && notes != nullptr);
    m_actions.bookmark->setChecked(view != nullptr && notes != nullptr &&
                                   notes->bookmarkOfPage(view->currentPage()) >= 0);
    const bool canUndo = notes != nullptr && notes->undoStack().canUndo();
    const bool canRedo = notes != nullptr && notes->undoStack().canRedo();
    m_actions.undo->setEnabled(canUndo);
    m_actions.redo->setEnabled(canRedo);
    m_actions.undo->setText(canUndo ? tr("&Undo %1").arg(notes->undoStack().undoText()) : tr("&Undo"));
    m_actions.redo->setText(canRedo ? tr("&Redo %1").arg(notes->undoStack().redoText()) : tr("&Redo"));
}

void NotesController::showMarks(ReaderTab* tab) {
    if (tab->view() == nullptr) {
        return;
    }
    QVector<ReaderMark> marks;
    for (const auto& [key, record] : m_notes.at(tab)->annotations()) {
        marks.push_back({key,
                         record.kind,
                         record.page,
                         record.bytes,
                         {record.rects.begin(), record.rects.end()},
                         QColor::fromRgb(record.color),
                         QString::fromStdString(record.note)});
    }
    tab->view()->setMarks(marks);
}

void NotesController::toggleBookmark() {
    DocumentNotes* notes = current();
    ReaderTab* tab = m_documents->current();
    if (notes == nullptr || tab == nullptr || tab->view() == nullptr) {
        return;
    }
    const ReaderPlace place = tab->view()->currentPlace();
    const int page = tab->view()->currentPage();
    if (const int there = notes->bookmarkOfPage(page); there >= 0) {
        notes->removeBookmark(there);
        return;
    }
    // Named by what is selected, else by the heading it stands under.
    QString label = tab->view()->selectedText().simplified().left(kLabelCharacters);
    if (label.isEmpty()) {
        const QModelIndex heading = tab->outline()->indexForPage(page);
        label = heading.isValid() ? heading.siblingAtColumn(0).data().toString() : QString();
    }
    if (label.isEmpty()) {
        label = tr("Page %1").arg(pageName(tab->view()->pageLabel(page), page));
    }
    notes->addBookmark(page, place.page == page ? double(place.top) : 0.0, label);
    updateActions();
}

void NotesController::annotate(app::AnnotationKind kind) {
    DocumentNotes* notes = current();
    const ReaderTab* tab = m_documents->current();
    if (notes == nullptr || tab == nullptr || tab->view() == nullptr) {
        return;
    }
    const int key = notes->annotate(kind, tab->view()->selection());
    if (key >= 0 && kind == app::AnnotationKind::Note) {
        emit panelWanted();
        m_panel->editNote(key);
    }
}

void NotesController::goToAnnotation(int key) {
    const DocumentNotes* notes = current();
    ReaderTab* tab = m_documents->current();
    const app::AnnotationRecord* record = notes == nullptr ? nullptr : notes->annotation(key);
    if (record != nullptr && tab != nullptr) {
        m_navigator->goTo(tab, placeOf(*record, tab->session().textPages()));
    }
}

void NotesController::showMenu(ReaderTab* tab, QPoint globalPoint) {
    QMenu* menu = new QMenu(tab);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_actions.copy, m_actions.highlight, m_actions.underline, m_actions.note, m_actions.bookmark});
    menu->addSeparator();
    QAction* ask = menu->addAction(m_actions.question->icon(), tr("Ask about the selection"));
    ask->setEnabled(!tab->view()->selectedText().isEmpty());
    connect(ask, &QAction::triggered, this, &NotesController::selectionToBeAsked);
    menu->addAction(m_actions.find);
    menu->popup(globalPoint);
}

}  // namespace lectern::ui
