#include "ui/shell/thumbnails_panel.h"

#include <QLabel>
#include <QListView>

#include "ui/reader/thumbnail_model.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {
constexpr QSize kThumbnail(92, 120);
}  // namespace

ThumbnailsPanel::ThumbnailsPanel(OpenDocuments* documents, Navigator* navigator, QWidget* parent)
    : QStackedWidget(parent), m_navigator(navigator), m_empty(emptyLabel(2 * kSpacing)), m_list(new QListView) {
    m_list->setViewMode(QListView::IconMode);
    m_list->setMovement(QListView::Static);
    m_list->setResizeMode(QListView::Adjust);
    m_list->setUniformItemSizes(true);
    m_list->setLayoutMode(QListView::Batched);
    m_list->setIconSize(kThumbnail);
    m_list->setGridSize(
        {kThumbnail.width() + 3 * kSpacing, kThumbnail.height() + fontMetrics().height() + 3 * kSpacing});
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setAccessibleName(tr("Thumbnails of the pages"));
    addWidget(m_empty);
    addWidget(m_list);
    setFocusProxy(m_list);
    const auto go = [this](const QModelIndex& index) {
        if (m_tab != nullptr && index.isValid()) {
            m_navigator->goTo(m_tab, {.page = index.row()});
        }
    };
    connect(m_list, &QListView::clicked, this, go);
    connect(m_list, &QListView::activated, this, go);
    connect(documents, &OpenDocuments::currentTabChanged, this, &ThumbnailsPanel::setTab);
    connect(documents, &OpenDocuments::closing, this, [this](ReaderTab* tab) {
        if (tab == m_tab) {
            setTab(nullptr);
        }
    });
    setTab(nullptr);
}

ThumbnailsPanel::~ThumbnailsPanel() = default;

void ThumbnailsPanel::setTab(ReaderTab* tab) {
    for (const QMetaObject::Connection& link : m_links) {
        disconnect(link);
    }
    m_links.clear();
    m_tab = tab;
    if (tab != nullptr) {
        m_links.push_back(connect(tab, &ReaderTab::viewReady, this, &ThumbnailsPanel::makeModel));
        m_links.push_back(connect(tab, &ReaderTab::labelsChanged, m_list->viewport(), qOverload<>(&QWidget::update)));
        m_links.push_back(connect(tab, &ReaderTab::currentPageChanged, this, &ThumbnailsPanel::followPage));
    }
    makeModel();
}

void ThumbnailsPanel::makeModel() {
    m_list->setModel(nullptr);
    m_model.reset();
    const DocumentView* view = m_tab == nullptr ? nullptr : m_tab->view();
    app::DocumentClient* client = m_tab == nullptr ? nullptr : m_tab->session().client();
    if (view == nullptr || client == nullptr || view->pageCount() == 0) {
        m_empty->setText(m_tab == nullptr ? tr("Small pages of a PDF appear here.")
                                          : tr("This document has no pages to show small."));
        setCurrentWidget(m_empty);
        return;
    }
    m_model = std::make_unique<ThumbnailModel>(
        client, view->pageCount(), [view](int page) { return view->pageLabel(page); }, kThumbnail, devicePixelRatioF());
    m_list->setModel(m_model.get());
    setCurrentWidget(m_list);
    followPage(view->currentPage());
}

void ThumbnailsPanel::followPage(int page) {
    if (m_model != nullptr && !m_list->hasFocus()) {
        m_list->setCurrentIndex(m_model->index(page));
    }
}

}  // namespace lectern::ui
