#include "ui/reader/reader_tab.h"

#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/reader/find_bar.h"
#include "ui/reader/index_search.h"
#include "ui/reader/message_bar.h"
#include "ui/reader/outline_model.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/search_hit_model.h"
#include "ui/reader/symbol_outline.h"
#include "ui/reader/view_names.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {
/// The place is written down when the reader has rested for so long.
constexpr int kRestMs = 400;
}  // namespace

ReaderTab::ReaderTab(Services& services, const QString& path, QWidget* parent)
    : QWidget(parent),
      m_services(services),
      m_session(new DocumentSession(services, path, this)),
      m_outline(new OutlineModel(this)),
      m_symbols(new SymbolOutline(this)),
      m_hits(new SearchHitModel(this)),
      m_stack(new QStackedWidget),
      m_placeholder(emptyLabel(8 * kSpacing)),
      m_messages(new MessageBar),
      m_findBar(new FindBar),
      m_index(new IndexSearch(services.library.directory(), this)) {
    m_placeholder->setText(tr("Opening %1\xe2\x80\xa6").arg(m_session->fileName()));
    m_stack->addWidget(m_placeholder);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_messages);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_findBar);

    connect(m_session, &DocumentSession::opened, this, &ReaderTab::showPdf);
    connect(m_session, &DocumentSession::textReady, this, &ReaderTab::showText);
    connect(m_session, &DocumentSession::passwordNeeded, this, &ReaderTab::askPassword);
    connect(m_session, &DocumentSession::troubled, this, &ReaderTab::showProblem);
    connect(m_session, &DocumentSession::mustNotBeKept, this, &ReaderTab::mustNotBeKept, Qt::QueuedConnection);
    connect(m_symbols, &SymbolOutline::changed, this, [this] {
        if (m_symbols->outline() != m_outline->entries()) {
            m_outline->setOutline(m_symbols->outline(),
                                  [this](int page) { return m_view == nullptr ? QString() : m_view->pageLabel(page); });
        }
    });
    connect(m_session, &DocumentSession::outlineChanged, this, [this] {
        const bool text = !m_session->isPdf() && m_session->record();
        m_symbols->setDocument(m_session->textPages(), text ? m_session->record()->header.kind : app::DocumentKind::Pdf,
                               m_session->fileName(), m_session->outline());
        if (text && m_view != nullptr) {
            m_symbols->showPage(m_view->currentPage());
        }
    });
    connect(this, &ReaderTab::currentPageChanged, m_symbols, &SymbolOutline::showPage);
    connect(m_session, &DocumentSession::phaseChanged, this, [this] {
        emit titleChanged();
        if (m_session->phase() == IngestPhase::Failed) {
            showProblem(m_session->problem());
        }
        if (m_session->phase() == IngestPhase::Done) {
            useStoredPages();
        }
        if (m_session->phase() == IngestPhase::Done && m_session->record() && !m_positionRestored) {
            restorePosition();
            offerRecognition();
        }
    });
    connect(m_session, &DocumentSession::fileChanged, this, [this] {
        m_messages->say(tr("%1 has changed on disk.").arg(m_session->fileName()), tr("Read again"),
                        [this] { m_session->reload(); });
    });
    connect(m_session, &DocumentSession::fileGone, this, [this] {
        m_messages->say(
            tr("%1 is no longer where it was. What has been read of it stays usable.").arg(m_session->fileName()));
    });

    connect(m_findBar, &FindBar::searchRequested, this, &ReaderTab::startSearch);
    connect(m_findBar, &FindBar::stepRequested, this, &ReaderTab::stepHit);
    connect(m_findBar, &FindBar::closed, this, [this] {
        if (m_view != nullptr) {
            m_view->setHighlights(HighlightKind::Find, {});
            m_view->setHighlights(HighlightKind::FindCurrent, {});
            m_view->setFocus();
        }
    });
    connect(&services.settings, &app::Settings::changed, this, &ReaderTab::applySettings);
    connect(m_index, &IndexSearch::found, this, [this](const QVector<ReaderHit>& hits) {
        if (m_byIndex) {
            hitsArrived(hits, hits.isEmpty() ? m_pagesSearched : hits.back().place.page + 1, false);
        } else {
            m_merger.addRecognised(hits);
        }
    });
    connect(m_index, &IndexSearch::finished, this, [this](const QString& problem) {
        m_findProblem = problem;
        if (m_byIndex) {
            hitsArrived({}, m_view == nullptr ? 0 : m_view->pageCount(), true);
        } else {
            m_merger.endRecognised();
            showMerged();
        }
    });
    m_remember.setSingleShot(true);
    m_remember.setInterval(kRestMs);
    connect(&m_remember, &QTimer::timeout, this, &ReaderTab::rememberPosition);
}

ReaderTab::~ReaderTab() {
    if (m_remember.isActive()) {
        rememberPosition();
    }
    // The view uses the session's document worker, and both are children: the view goes first.
    delete m_view;
}

void ReaderTab::start(const QString& password) {
    m_session->setPassword(password);
    m_session->start();
}

void ReaderTab::showMessage(const QString& sentence) {
    m_messages->say(sentence);
}

void ReaderTab::showPdf(const app::DocumentInfo& info) {
    auto* pdf = qobject_cast<PdfView*>(m_view);
    if (pdf == nullptr) {
        pdf = new PdfView(m_session->client());
        showView(pdf);
    }
    pdf->showDocument(info);
    applySettings();
    if (m_pendingPlace) {
        goTo(*std::exchange(m_pendingPlace, std::nullopt));
    }
    emit titleChanged();
    emit viewReady();
}

void ReaderTab::showView(DocumentView* view) {
    m_view = view;
    m_stack->addWidget(view);
    m_stack->setCurrentWidget(view);
    connect(view, &DocumentView::currentPageChanged, this, [this](int page) { emit currentPageChanged(page); });
    connect(view, &DocumentView::moved, &m_remember, qOverload<>(&QTimer::start));
    connect(view, &DocumentView::zoomChanged, &m_remember, qOverload<>(&QTimer::start));
    connect(view, &DocumentView::outsideLinkActivated, this, &ReaderTab::showOutsideLink);
    connect(view, &DocumentView::visiblePagesChanged, this, &ReaderTab::visiblePagesChanged);
    connect(view, &DocumentView::zoomChanged, this, &ReaderTab::zoomChanged);
    connect(view, &DocumentView::labelsChanged, m_outline, &OutlineModel::refreshLabels);
    connect(view, &DocumentView::labelsChanged, this, &ReaderTab::labelsChanged);
    connect(view, &DocumentView::jumped, this, &ReaderTab::jumped);
    connect(view, &DocumentView::searchHits, this,
            [this](const QVector<ReaderHit>& hits, int pagesSearched, bool finished) {
                m_merger.addPrinted(hits, pagesSearched, finished);
                showMerged();
            });
    connect(view, &DocumentView::troubled, this, [this](const QString& sentence) { m_messages->say(sentence); });
    view->setZoom(zoomNamed(m_services.settings.text(QStringLiteral("reading/zoom"))));
    view->setFlow(flowNamed(m_services.settings.text(QStringLiteral("reading/layout"))));
    setFocusProxy(view);
    emit viewMade(view);
}

void ReaderTab::restorePosition() {
    m_positionRestored = true;
    const app::DocumentRecord& record = *m_session->record();
    const bool untouched = m_view == nullptr || (m_view->currentPage() == 0 && m_view->currentPlace().top < 0.02F);
    if (!untouched || m_pendingPlace || !m_services.settings.boolean(QStringLiteral("reading/remember_position"))) {
        return;
    }
    if (m_view != nullptr && !record.viewState.empty()) {
        m_view->restoreViewState(QString::fromStdString(record.viewState));
    }
    if (record.lastPage > 0 || record.lastTop > 0) {
        goTo({.page = record.lastPage, .top = static_cast<float>(record.lastTop)});
    }
}

void ReaderTab::offerRecognition() {
    const app::DocumentRecord& record = *m_session->record();
    if (!m_session->isPdf() || record.pagesWithoutText == 0) {
        return;
    }
    m_messages->say(tr("%1 of %2 pages are pictures without text: nothing on them can be found or asked about.")
                        .arg(record.pagesWithoutText)
                        .arg(record.header.pageCount),
                    tr("Recognise text (OCR)"), [this] { m_session->recogniseScans(); });
}

void ReaderTab::rememberPosition() {
    m_remember.stop();
    if (m_positionRestored && m_view != nullptr && m_view->pageCount() > 0) {
        m_session->rememberPlace(m_view->currentPlace(), m_view->viewState());
    }
}

void ReaderTab::applySettings() {
    const app::Settings& settings = m_services.settings;
    if (auto* pdf = qobject_cast<PdfView*>(m_view)) {
        pdf->setCacheBytes(settings.integer(QStringLiteral("reading/cache_mebibytes")) << 20);
        pdf->setDarkPages(settings.boolean(QStringLiteral("reading/dark_pages")));
    } else if (auto* text = qobject_cast<TextView*>(m_view)) {
        text->setFontPoints(static_cast<int>(settings.integer(QStringLiteral("reading/code_font_points"))));
    }
}

void ReaderTab::showProblem(const QString& sentence) {
    if (m_view == nullptr) {
        m_placeholder->setText(sentence);
    } else {
        m_messages->say(sentence);
    }
}

void ReaderTab::askPassword(bool afterWrongOne) {
    m_placeholder->setText(tr("%1 is protected by a password.").arg(m_session->fileName()));
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Password"));
    dialog->setLabelText(afterWrongOne ? tr("That was not the password of %1. Password:").arg(m_session->fileName())
                                       : tr("Password of %1:").arg(m_session->fileName()));
    dialog->setTextEchoMode(QLineEdit::Password);
    connect(dialog, &QInputDialog::textValueSelected, m_session, &DocumentSession::givePassword);
    connect(dialog, &QInputDialog::rejected, this, [this] {
        m_messages->say(tr("%1 needs its password to be shown.").arg(m_session->fileName()), tr("Enter password"),
                        [this] { askPassword(false); });
    });
    dialog->open();
}

void ReaderTab::goTo(const ReaderPlace& place) {
    if (m_view == nullptr || m_view->pageCount() == 0) {
        m_pendingPlace = place;
    } else {
        m_view->goTo(place);
    }
}

void ReaderTab::showCitation(const QVector<ReaderPlace>& all, const ReaderPlace& current) {
    goTo(current);
    if (m_view != nullptr) {
        m_view->setHighlights(HighlightKind::Citation, all);
        m_view->flash(HighlightKind::Citation);
    }
}

void ReaderTab::clearCitations() {
    if (m_view != nullptr) {
        m_view->setHighlights(HighlightKind::Citation, {});
    }
}

void ReaderTab::find() {
    QString selected = m_view == nullptr ? QString() : m_view->selectedText();
    m_findBar->open(selected.contains(QLatin1Char('\n')) ? QString() : selected);
}

void ReaderTab::startSearch(const SearchOptions& options) {
    if (m_view == nullptr) {
        return;
    }
    m_currentHit = -1;
    m_pagesSearched = 0;
    m_searching = !options.needle.trimmed().isEmpty();
    m_hits->clear([this](int page) { return m_view == nullptr ? QString() : m_view->pageLabel(page); });
    m_view->setHighlights(HighlightKind::Find, {});
    m_view->setHighlights(HighlightKind::FindCurrent, {});
    m_findProblem.clear();
    m_index->stop();
    m_byIndex = options.byIndex;
    const bool recognised = !m_byIndex && m_searching && m_session->isPdf() && m_session->documentId() != 0;
    m_merger.start(recognised);
    m_view->search(options.byIndex ? SearchOptions() : options);
    app::TextQuery query{.text = options.needle.toStdString(), .documents = {m_session->documentId()}};
    query.maximumHits = SearchHitModel::kMaxHits;
    if (recognised) {
        query.mode = app::TextQuery::Mode::Literal;
        query.caseSensitive = options.caseSensitive;
        query.wholeWords = options.wholeWords;
        query.recognisedOnly = true;
        m_index->start(query, true);
    } else if (options.byIndex && m_searching) {
        if (m_session->documentId() == 0) {
            m_searching = false;
            m_findProblem = tr("The index is ready when the document has been taken in");
        } else {
            m_index->start(query, m_session->isPdf());
        }
    }
    updateFindStatus();
}

void ReaderTab::showMerged() {
    if (const std::optional<HitMerger::Step> step = m_merger.take()) {
        hitsArrived(step->hits, step->pagesSearched, step->finished);
    }
}

void ReaderTab::hitsArrived(const QVector<ReaderHit>& hits, int pagesSearched, bool finished) {
    m_pagesSearched = pagesSearched;
    m_searching = !finished;
    m_hits->append(hits);
    if (m_hits->isFull() && m_searching) {
        m_view->search({});
        m_index->stop();
        m_searching = false;
    }
    if (!hits.isEmpty()) {
        QVector<ReaderPlace> places;
        for (const ReaderHit& hit : m_hits->hits()) {
            places.push_back(hit.place);
        }
        m_view->setHighlights(HighlightKind::Find, places);
    }
    // The first hit from here on is shown as soon as it is known.
    if (m_currentHit < 0 && m_hits->rowCount() > 0) {
        const int first = m_hits->firstFrom(m_view->currentPage());
        const bool known = m_hits->hitAt(first).place.page >= m_view->currentPage();
        if (known || finished) {
            showHit(first);
        }
    }
    updateFindStatus();
}

void ReaderTab::showHit(int row) {
    if (row < 0 || row >= m_hits->rowCount() || m_view == nullptr) {
        return;
    }
    m_currentHit = row;
    const ReaderPlace& place = m_hits->hitAt(row).place;
    m_view->setHighlights(HighlightKind::FindCurrent, {place});
    m_view->goTo(place);
    updateFindStatus();
}

void ReaderTab::stepHit(int direction) {
    const int count = m_hits->rowCount();
    if (count > 0) {
        showHit(m_currentHit < 0 ? 0 : (m_currentHit + direction + count) % count);
    }
}

void ReaderTab::updateFindStatus() {
    const int count = m_hits->rowCount();
    QString text;
    if (count > 0) {
        const QString total = m_hits->isFull() ? tr("%1+").arg(count) : QString::number(count);
        text = m_currentHit < 0 ? tr("%1 hits").arg(total) : tr("%1 of %2").arg(m_currentHit + 1).arg(total);
    } else if (!m_searching && !m_findBar->options().needle.trimmed().isEmpty()) {
        text = tr("Not found");
    }
    if (!m_findProblem.isEmpty()) {
        text = m_findProblem;
    }
    if (m_searching && m_view != nullptr) {
        text += (text.isEmpty() ? QString() : QStringLiteral(", ")) +
                tr("searching page %1 of %2").arg(m_pagesSearched).arg(m_view->pageCount());
    }
    m_findBar->setStatus(text, count == 0 && !m_searching);
    m_findStatus = text;
    emit searchProgressed();
}

}  // namespace lectern::ui
