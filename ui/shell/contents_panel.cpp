#include "ui/shell/contents_panel.h"

#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTreeView>
#include <QVBoxLayout>
#include <limits>

#include "ui/reader/outline_model.h"
#include "ui/reader/symbol_outline.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {
/// The entry shown follows when the reader has rested for so long.
constexpr int kFollowMs = 80;
}  // namespace

ContentsPanel::ContentsPanel(OpenDocuments* documents, Navigator* navigator, QWidget* parent)
    : QStackedWidget(parent), m_navigator(navigator) {
    m_empty = emptyLabel(2 * kSpacing);
    m_filter = new QLineEdit;
    m_filter->setPlaceholderText(tr("Filter headings"));
    m_filter->setAccessibleName(tr("Filter headings"));
    m_filter->setClearButtonEnabled(true);
    m_proxy = new QSortFilterProxyModel(this);
    m_proxy->setRecursiveFilteringEnabled(true);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tree = new QTreeView;
    m_tree->setModel(m_proxy);
    m_tree->setHeaderHidden(true);
    m_tree->setUniformRowHeights(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setAccessibleName(tr("Table of contents"));
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->header()->setStretchLastSection(false);

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, kSpacing / 2, 0, 0);
    layout->setSpacing(kSpacing / 2);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kSpacing, 0, kSpacing, 0);
    row->addWidget(m_filter);
    layout->addLayout(row);
    layout->addWidget(m_tree, 1);
    m_hint = new QLabel;
    m_hint->setWordWrap(true);
    m_hint->setMargin(kSpacing);
    m_hint->setForegroundRole(QPalette::PlaceholderText);
    m_hint->hide();
    layout->addWidget(m_hint);
    addWidget(m_empty);
    addWidget(page);

    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_proxy->setFilterFixedString(text);
        if (!text.isEmpty()) {
            m_tree->expandAll();
        }
    });
    connect(m_tree, &QTreeView::activated, this, &ContentsPanel::go);
    connect(m_tree, &QTreeView::clicked, this, &ContentsPanel::go);
    connect(documents, &OpenDocuments::currentTabChanged, this, &ContentsPanel::setTab);
    connect(documents, &OpenDocuments::closing, this, [this](ReaderTab* tab) {
        if (tab == m_tab) {
            setTab(nullptr);
        }
    });
    m_follow.setSingleShot(true);
    m_follow.setInterval(kFollowMs);
    connect(&m_follow, &QTimer::timeout, this, &ContentsPanel::followReader);
    outlineChanged();
}

void ContentsPanel::setTab(ReaderTab* tab) {
    for (const QMetaObject::Connection& link : m_links) {
        disconnect(link);
    }
    m_links.clear();
    m_tab = tab;
    m_filter->clear();
    m_proxy->setSourceModel(tab == nullptr ? nullptr : tab->outline());
    m_expanded.clear();
    if (tab != nullptr) {
        m_links.push_back(
            connect(tab->outline(), &QAbstractItemModel::modelAboutToBeReset, this, &ContentsPanel::rememberExpanded));
        m_links.push_back(
            connect(tab->outline(), &QAbstractItemModel::modelReset, this, &ContentsPanel::outlineChanged));
        m_links.push_back(connect(tab->symbols(), &SymbolOutline::changed, this, &ContentsPanel::showHint));
        m_links.push_back(connect(tab, &ReaderTab::currentPageChanged, this, &ContentsPanel::followReader));
        m_links.push_back(connect(tab, &ReaderTab::viewMade, this, &ContentsPanel::watchView));
    }
    watchView(tab == nullptr ? nullptr : tab->view());
    outlineChanged();
}

void ContentsPanel::watchView(DocumentView* view) {
    disconnect(m_viewLink);
    m_follow.stop();
    if (view != nullptr) {
        m_viewLink = connect(view, &DocumentView::moved, &m_follow, qOverload<>(&QTimer::start));
    }
}

QStringList ContentsPanel::pathOf(const QModelIndex& index) const {
    QStringList path;
    for (QModelIndex at = index; at.isValid(); at = at.parent()) {
        path.push_front(at.data().toString());
    }
    return path;
}

/// The symbols of a file come when it is shown: what the reader has opened stays open.
void ContentsPanel::rememberExpanded() {
    m_expanded.clear();
    QList<QModelIndex> open{QModelIndex()};
    while (!open.isEmpty()) {
        const QModelIndex parent = open.takeLast();
        for (int row = 0; row < m_proxy->rowCount(parent); ++row) {
            const QModelIndex index = m_proxy->index(row, 0, parent);
            if (m_tree->isExpanded(index)) {
                m_expanded.insert(pathOf(index));
                open.push_back(index);
            }
        }
    }
}

void ContentsPanel::restoreExpanded() {
    QList<QModelIndex> open{QModelIndex()};
    while (!open.isEmpty() && !m_expanded.isEmpty()) {
        const QModelIndex parent = open.takeLast();
        for (int row = 0; row < m_proxy->rowCount(parent); ++row) {
            const QModelIndex index = m_proxy->index(row, 0, parent);
            if (m_expanded.remove(pathOf(index))) {
                m_tree->expand(index);
                open.push_back(index);
            }
        }
    }
    m_expanded.clear();
}

void ContentsPanel::showHint() {
    const QString hint = m_tab == nullptr ? QString() : m_tab->symbols()->hint();
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
    if (!hint.isEmpty() && m_tab->outline()->isEmpty()) {
        m_empty->setText(hint);
    }
}

void ContentsPanel::outlineChanged() {
    const bool none = m_tab == nullptr || m_tab->outline()->isEmpty();
    m_empty->setText(m_tab == nullptr ? tr("The contents of a document appear here.")
                                      : tr("This document has no table of contents."));
    setCurrentIndex(none ? 0 : 1);
    showHint();
    if (none) {
        return;
    }
    restoreExpanded();
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    // The first choice there is stands open: lectern > ui > its classes.
    for (QModelIndex only; m_proxy->rowCount(only) == 1;) {
        only = m_proxy->index(0, 0, only);
        m_tree->expand(only);
    }
    followReader();
}

void ContentsPanel::followReader() {
    if (m_tree->hasFocus() || m_tab == nullptr || m_tab->view() == nullptr) {
        return;  // the user is choosing here
    }
    const ReaderPlace place = m_tab->view()->readingPlace();
    const int line = place.lines ? place.lines->first : std::numeric_limits<int>::max();
    const QModelIndex index = m_proxy->mapFromSource(m_tab->outline()->indexForPage(place.page, line, place.top));
    // Within a section the list stays where the reader has scrolled it to.
    if (index.isValid() && index != m_tree->currentIndex()) {
        m_tree->setCurrentIndex(index);
        m_tree->scrollTo(index);
    }
}

void ContentsPanel::resizeEvent(QResizeEvent* event) {
    QStackedWidget::resizeEvent(event);
    m_tree->scrollTo(m_tree->currentIndex());
}

void ContentsPanel::go(const QModelIndex& index) {
    if (m_tab == nullptr || !index.isValid()) {
        return;
    }
    const app::OutlineEntry& entry = m_tab->outline()->entryAt(m_proxy->mapToSource(index.siblingAtColumn(0)));
    if (entry.page < 0) {
        m_tree->setExpanded(index.siblingAtColumn(0), true);
        return;
    }
    ReaderPlace place{.page = entry.page, .top = entry.top};
    if (entry.line > 0) {
        place.lines = app::LineRange{entry.line, entry.line};
    }
    m_navigator->goTo(m_tab, place);
}

}  // namespace lectern::ui
