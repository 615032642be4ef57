#pragma once
// One tab: a document's view with its message bar and find bar.

#include <QTimer>
#include <QWidget>
#include <memory>

#include "ui/documents/document_session.h"
#include "ui/reader/document_view.h"
#include "ui/reader/hit_merger.h"

class QLabel;
class QStackedWidget;

namespace lectern::ui {

class FindBar;
class IndexSearch;
class MessageBar;
class OutlineModel;
class PdfView;
class SearchHitModel;
class SymbolOutline;

/// Owns the DocumentSession. The view appears as soon as the document can be shown; until then view() is null.
class ReaderTab : public QWidget {
    Q_OBJECT

  public:
    ReaderTab(Services& services, const QString& path, QWidget* parent = nullptr);
    ~ReaderTab() override;

    DocumentSession& session() const { return *m_session; }
    DocumentView* view() const { return m_view; }
    OutlineModel* outline() const { return m_outline; }
    /// What stands in outline() of a text.
    SymbolOutline* symbols() const { return m_symbols; }
    SearchHitModel* hits() const { return m_hits; }
    MessageBar* messages() const { return m_messages; }
    FindBar* findBar() const { return m_findBar; }

    /// `password`: known from another window; empty: asked for where one is needed.
    void start(const QString& password = {});
    void showMessage(const QString& sentence);
    void find();
    void stepHit(int direction);
    void showHit(int row);
    const QString& findStatus() const { return m_findStatus; }
    /// Goes there now, or as soon as there is a view.
    void goTo(const ReaderPlace& place);
    /// Cited places: highlighted together, `current` shown and flashed.
    void showCitation(const QVector<ReaderPlace>& all, const ReaderPlace& current);
    void clearCitations();

  signals:
    /// Once for each view, before its first viewReady().
    void viewMade(lectern::ui::DocumentView* view);
    /// The document is shown, the first time and after each reading of a changed file.
    void viewReady();
    void titleChanged();
    void mustNotBeKept(const QString& password);
    void currentPageChanged(int page);
    void visiblePagesChanged(lectern::ui::PageSpan pages);
    void zoomChanged(double percent);
    void labelsChanged();
    void jumped(const lectern::ui::ReaderPlace& from);
    /// findStatus() is another.
    void searchProgressed();

  private:
    void showView(DocumentView* view);
    void showPdf(const app::DocumentInfo& info);
    void showText();
    void useStoredPages();
    void showProblem(const QString& sentence);
    void askPassword(bool afterWrongOne);
    void applySettings();
    void startSearch(const SearchOptions& options);
    void showMerged();
    void hitsArrived(const QVector<ReaderHit>& hits, int pagesSearched, bool finished);
    void updateFindStatus();
    void restorePosition();
    void rememberPosition();
    void offerRecognition();
    void showOutsideLink(const QString& address);

    Services& m_services;
    DocumentSession* m_session;
    DocumentView* m_view = nullptr;
    OutlineModel* m_outline;
    SymbolOutline* m_symbols;
    SearchHitModel* m_hits;
    QStackedWidget* m_stack;
    QLabel* m_placeholder;
    MessageBar* m_messages;
    FindBar* m_findBar;
    IndexSearch* m_index;
    HitMerger m_merger;
    bool m_byIndex = false;
    QTimer m_remember;
    QString m_findProblem;
    std::optional<ReaderPlace> m_pendingPlace;
    QString m_findStatus;
    int m_currentHit = -1;
    int m_pagesSearched = 0;
    bool m_searching = false;
    bool m_positionRestored = false;
};

}  // namespace lectern::ui
