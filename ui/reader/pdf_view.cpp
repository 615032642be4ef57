#include "ui/reader/pdf_view.h"

#include <QApplication>
#include <QClipboard>
#include <QJsonDocument>
#include <QJsonObject>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/reader/page_text_store.h"
#include "ui/reader/pdf_canvas.h"
#include "ui/reader/view_names.h"

namespace lectern::ui {
namespace {
constexpr int kLayoutBatch = 4096;
/// 100 % shows a page as large as paper on a screen of 96 dots per inch.
constexpr double kActualScale = 96.0 / 72.0;
}  // namespace

PdfView::PdfView(app::DocumentClient* client, QWidget* parent)
    : DocumentView(parent), m_client(client), m_texts(new PageTextStore(client, this)) {
    m_canvas = new PdfCanvas(client, m_texts);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_canvas);
    setFocusProxy(m_canvas);

    connect(m_canvas, &PdfCanvas::firstPageShown, this, &PdfView::firstPageShown);
    connect(m_canvas, &PdfCanvas::selectionChanged, this, &PdfView::selectionChanged);
    connect(m_canvas, &PdfCanvas::markActivated, this, &PdfView::markActivated);
    connect(m_canvas, &PdfCanvas::linkActivated, this, [this](const app::PageLink& link) {
        if (link.page < 0) {
            emit outsideLinkActivated(link.address);
        } else {
            emit jumped(currentPlace());
            goTo({.page = link.page, .top = link.top});
        }
    });
    connect(m_canvas, &PdfCanvas::zoomRequested, this, &PdfView::zoomBy);
    connect(m_canvas, &PdfCanvas::scaleChanged, this, [this] { emit zoomChanged(zoomPercent()); });
    connect(m_canvas, &PdfCanvas::scrolled, this, [this, page = -1, span = PageSpan{}]() mutable {
        emit moved();
        if (page != currentPage()) {
            page = currentPage();
            emit currentPageChanged(page);
        }
        if (!(span == visiblePages())) {
            span = visiblePages();
            emit visiblePagesChanged(span);
        }
    });
    connect(client, &app::DocumentClient::layoutsReady, this, [this](app::JobId, const app::PageLayouts& layouts) {
        std::vector<app::PageSize> sizes;
        for (int i = 0; i < layouts.pages.size(); ++i) {
            sizes.push_back(layouts.pages[i].size);
            if (layouts.firstPage + i < m_labels.size()) {
                m_labels[layouts.firstPage + i] = layouts.pages[i].label;
            }
        }
        m_canvas->setSizes(layouts.firstPage, sizes);
        emit labelsChanged();
    });
    connect(client, &app::DocumentClient::searchHits, this,
            [this](app::JobId job, const QVector<app::SearchHit>& found, int pagesSearched, bool finished) {
                if (job != m_searchJob) {
                    return;
                }
                QVector<ReaderHit> hits;
                for (const app::SearchHit& hit : found) {
                    hits.push_back({{.page = hit.page, .rects = hit.rects}, hit.snippet});
                }
                m_searchJob = finished ? 0 : m_searchJob;
                emit searchHits(hits, pagesSearched, finished);
            });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_searchJob && job != 0) {
            m_searchJob = 0;
            emit troubled(QString::fromStdString(error.message));
            emit searchHits({}, pageCount(), true);
        }
    });
}

PdfView::~PdfView() = default;

void PdfView::showDocument(const app::DocumentInfo& info) {
    m_labels = QStringList();
    for (int page = 0; page < info.pageCount; ++page) {
        m_labels.push_back(QString::number(page + 1));
    }
    m_texts->clear();
    m_canvas->reset(info.pageCount, info.firstPageSize);
    for (int page = 0; page < info.pageCount; page += kLayoutBatch) {
        m_client->requestLayouts(page, kLayoutBatch, app::JobPriority::Nearby);
    }
}

void PdfView::setCacheBytes(qint64 bytes) {
    m_canvas->setCacheBytes(bytes);
}
void PdfView::setDarkPages(bool dark) {
    m_canvas->setDarkPages(dark);
}
int PdfView::pageCount() const {
    return m_canvas->layout().pageCount();
}
int PdfView::currentPage() const {
    return m_canvas->currentPage();
}
PageSpan PdfView::visiblePages() const {
    return m_canvas->visiblePages();
}
QString PdfView::pageLabel(int page) const {
    return m_labels.value(page);
}
bool PdfView::isFullyDrawn() const {
    return m_canvas->isFullyDrawn();
}

int PdfView::pageOfLabel(const QString& label) const {
    const QString wanted = label.trimmed();
    const auto byLabel = m_labels.indexOf(wanted);
    if (byLabel >= 0) {
        return static_cast<int>(byLabel);
    }
    bool isNumber = false;
    const int number = wanted.toInt(&isNumber);
    return isNumber && number >= 1 && number <= pageCount() ? number - 1 : -1;
}

void PdfView::goTo(const ReaderPlace& place) {
    m_canvas->goTo(place);
}
ReaderPlace PdfView::currentPlace() const {
    return m_canvas->currentPlace();
}

ReaderPlace PdfView::readingPlace() const {
    return m_canvas->readingPlace();
}

void PdfView::setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) {
    m_canvas->setHighlights(kind, places);
}

void PdfView::flash(HighlightKind kind) {
    m_canvas->flash(kind);
}

void PdfView::setZoom(ZoomMode mode, double scale) {
    m_canvas->setZoom(mode, scale > 0 ? scale : kActualScale);
    emit zoomChanged(zoomPercent());
}

void PdfView::zoomBy(double factor) {
    setZoom(ZoomMode::Custom, m_canvas->layout().scale() * factor);
}

double PdfView::zoomPercent() const {
    return m_canvas->layout().scale() / kActualScale * 100;
}

void PdfView::setFlow(PageFlow flow) {
    m_canvas->setFlow(flow);
}

PageFlow PdfView::flow() const {
    return m_canvas->layout().flow();
}

void PdfView::rotate(int quarterTurns) {
    m_canvas->setQuarterTurns(m_canvas->layout().quarterTurns() + quarterTurns);
}

QString PdfView::viewState() const {
    const ReaderLayout& layout = m_canvas->layout();
    return QString::fromUtf8(QJsonDocument(QJsonObject{{QStringLiteral("zoom"), nameOf(layout.zoomMode())},
                                                       {QStringLiteral("scale"), layout.scale()},
                                                       {QStringLiteral("flow"), nameOf(layout.flow())},
                                                       {QStringLiteral("turns"), layout.quarterTurns()}})
                                 .toJson(QJsonDocument::Compact));
}

void PdfView::restoreViewState(const QString& state) {
    const QJsonObject stored = QJsonDocument::fromJson(state.toUtf8()).object();
    const QString mode = stored.value(QStringLiteral("zoom")).toString();
    const QString flow = stored.value(QStringLiteral("flow")).toString();
    if (stored.contains(QStringLiteral("turns"))) {
        m_canvas->setQuarterTurns(stored.value(QStringLiteral("turns")).toInt());
    }
    if (!flow.isEmpty()) {
        setFlow(flowNamed(flow));
    }
    if (!mode.isEmpty()) {
        setZoom(zoomNamed(mode), stored.value(QStringLiteral("scale")).toDouble());
    }
}

void PdfView::setMarks(const QVector<ReaderMark>& marks) {
    m_canvas->setMarks(marks);
}

void PdfView::search(const SearchOptions& options) {
    if (m_searchJob != 0) {
        m_client->cancel(m_searchJob);
        m_searchJob = 0;
    }
    if (!options.needle.trimmed().isEmpty()) {
        m_searchJob = m_client->requestSearch(
            {.needle = options.needle, .caseSensitive = options.caseSensitive, .wholeWords = options.wholeWords});
    }
}

QString PdfView::selectedText() const {
    return m_canvas->selectedText();
}

QVector<SelectedText> PdfView::selection() const {
    return m_canvas->selection();
}

void PdfView::copySelection() {
    if (!selectedText().isEmpty()) {
        QApplication::clipboard()->setText(selectedText());
    }
}

}  // namespace lectern::ui
