#include "ui/reader/reader_commands.h"

#include <QLabel>
#include <QLineEdit>
#include <QToolBar>
#include <cmath>

#include "ui/reader/view_names.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {
const double kZoomStep = std::pow(2.0, 0.25);
}  // namespace

ReaderCommands::ReaderCommands(app::Settings& settings, MainActions& actions, OpenDocuments* documents,
                               Navigator* navigator, QObject* parent)
    : QObject(parent),
      m_settings(settings),
      m_actions(actions),
      m_documents(documents),
      m_navigator(navigator),
      m_page(new QLineEdit),
      m_pageCount(new QLabel),
      m_zoom(new QLabel) {
    m_page->setObjectName(QStringLiteral("page"));
    m_page->setAccessibleName(tr("Page"));
    m_page->setToolTip(tr("Page number or label (Ctrl+G)"));
    m_page->setAlignment(Qt::AlignRight);
    m_page->setFixedWidth(9 * m_page->fontMetrics().averageCharWidth() + 2 * kSpacing);
    m_pageCount->setMargin(kSpacing / 2);
    m_zoom->setMargin(kSpacing / 2);
    m_zoom->setAlignment(Qt::AlignCenter);
    m_zoom->setMinimumWidth(m_zoom->fontMetrics().horizontalAdvance(QStringLiteral("0000 %")) + kSpacing);
    m_zoom->setAccessibleName(tr("Zoom"));
    connect(m_page, &QLineEdit::returnPressed, this, &ReaderCommands::goToTyped);
    connect(documents, &OpenDocuments::currentTabChanged, this, &ReaderCommands::setTab);
    connect(navigator, &Navigator::changed, this, &ReaderCommands::update);
    connectActions();
    setTab(nullptr);
}

void ReaderCommands::fill(QToolBar* bar) {
    bar->addAction(m_actions.open);
    bar->addSeparator();
    bar->addAction(m_actions.back);
    bar->addAction(m_actions.forward);
    bar->addSeparator();
    bar->addAction(m_actions.previousPage);
    m_withDocument = {bar->addWidget(m_page), bar->addWidget(m_pageCount)};
    bar->addAction(m_actions.nextPage);
    bar->addSeparator();
    bar->addAction(m_actions.zoomOut);
    m_withDocument.push_back(bar->addWidget(m_zoom));
    bar->addAction(m_actions.zoomIn);
    bar->addAction(m_actions.fitWidth);
    bar->addAction(m_actions.fitPage);
    bar->addSeparator();
    bar->addAction(m_actions.find);
    update();
}

void ReaderCommands::connectActions() {
    const auto onTab = [this](QAction* action, auto work) {
        connect(action, &QAction::triggered, this, [this, work] {
            if (m_tab != nullptr) {
                work(*m_tab);
            }
        });
    };
    const auto onView = [this](QAction* action, auto work) {
        connect(action, &QAction::triggered, this, [this, work] {
            if (m_tab != nullptr && m_tab->view() != nullptr) {
                work(*m_tab->view());
            }
        });
    };
    onTab(m_actions.find, [](ReaderTab& tab) { tab.find(); });
    onTab(m_actions.findNext, [](ReaderTab& tab) { tab.stepHit(1); });
    onTab(m_actions.findPrevious, [](ReaderTab& tab) { tab.stepHit(-1); });
    onView(m_actions.copy, [](DocumentView& view) { view.copySelection(); });
    onView(m_actions.nextLink, [](DocumentView& view) { view.stepLink(1); });
    onView(m_actions.previousLink, [](DocumentView& view) { view.stepLink(-1); });
    onView(m_actions.zoomIn, [](DocumentView& view) { view.zoomBy(kZoomStep); });
    onView(m_actions.zoomOut, [](DocumentView& view) { view.zoomBy(1 / kZoomStep); });
    onView(m_actions.actualSize, [](DocumentView& view) { view.setZoom(ZoomMode::Custom); });
    onView(m_actions.fitWidth, [](DocumentView& view) { view.setZoom(ZoomMode::FitWidth); });
    onView(m_actions.fitPage, [](DocumentView& view) { view.setZoom(ZoomMode::FitPage); });
    onView(m_actions.rotateLeft, [](DocumentView& view) { view.rotate(-1); });
    onView(m_actions.rotateRight, [](DocumentView& view) { view.rotate(1); });
    for (const PageFlow flow : {PageFlow::Continuous, PageFlow::Single, PageFlow::Facing}) {
        connect(flowAction(flow), &QAction::triggered, this, [this, flow] { setFlow(flow); });
    }
    connect(m_actions.back, &QAction::triggered, m_navigator, &Navigator::back);
    connect(m_actions.forward, &QAction::triggered, m_navigator, &Navigator::forward);
    connect(m_actions.previousPage, &QAction::triggered, this, [this] { turn(-1); });
    connect(m_actions.nextPage, &QAction::triggered, this, [this] { turn(1); });
    connect(m_actions.firstPage, &QAction::triggered, this, [this] {
        if (m_tab != nullptr) {
            m_navigator->goTo(m_tab, {});
        }
    });
    connect(m_actions.lastPage, &QAction::triggered, this, [this] {
        if (m_tab != nullptr && m_tab->view() != nullptr) {
            m_navigator->goTo(m_tab, {.page = m_tab->view()->pageCount() - 1});
        }
    });
    connect(m_actions.goToPage, &QAction::triggered, this, [this] {
        m_page->setFocus();
        m_page->selectAll();
    });
    flowAction(flowNamed(m_settings.text(QStringLiteral("reading/layout"))))->setChecked(true);
    m_actions.darkPages->setChecked(m_settings.boolean(QStringLiteral("reading/dark_pages")));
    connect(m_actions.darkPages, &QAction::triggered, this,
            [this](bool on) { static_cast<void>(m_settings.setValue(QStringLiteral("reading/dark_pages"), on)); });
    connect(&m_settings, &app::Settings::changed, this, [this](const QString& key, const QVariant& value) {
        if (key == QLatin1String("reading/dark_pages")) {
            m_actions.darkPages->setChecked(value.toBool());
        }
    });
}

void ReaderCommands::setTab(ReaderTab* tab) {
    for (const QMetaObject::Connection& link : m_links) {
        disconnect(link);
    }
    m_links.clear();
    m_tab = tab;
    if (tab != nullptr) {
        m_links.push_back(connect(tab, &ReaderTab::viewReady, this, &ReaderCommands::update));
        m_links.push_back(connect(tab, &ReaderTab::currentPageChanged, this, &ReaderCommands::update));
        m_links.push_back(connect(tab, &ReaderTab::zoomChanged, this, &ReaderCommands::update));
        m_links.push_back(connect(tab, &ReaderTab::labelsChanged, this, &ReaderCommands::update));
        m_links.push_back(connect(tab, &QObject::destroyed, this, [this] { m_tab = nullptr; }));
    }
    update();
}

QAction* ReaderCommands::flowAction(PageFlow flow) const {
    return flow == PageFlow::Single   ? m_actions.single
           : flow == PageFlow::Facing ? m_actions.facing
                                      : m_actions.continuous;
}

void ReaderCommands::setFlow(PageFlow flow) {
    static_cast<void>(m_settings.setValue(QStringLiteral("reading/layout"), nameOf(flow)));
    if (m_tab != nullptr && m_tab->view() != nullptr) {
        m_tab->view()->setFlow(flow);
    }
}

void ReaderCommands::turn(int pages) {
    if (m_tab != nullptr && m_tab->view() != nullptr) {
        const int page = m_tab->view()->currentPage() + pages;
        if (page >= 0 && page < m_tab->view()->pageCount()) {
            m_tab->goTo({.page = page});
        }
    }
}

void ReaderCommands::goToTyped() {
    if (m_tab == nullptr || m_tab->view() == nullptr) {
        return;
    }
    const int page = m_tab->view()->pageOfLabel(m_page->text());
    if (page < 0) {
        m_tab->showMessage(tr("There is no page \xe2\x80\x9c%1\xe2\x80\x9d.").arg(m_page->text().trimmed()));
        update();
        return;
    }
    m_navigator->goTo(m_tab, {.page = page});
    m_tab->view()->setFocus();
}

void ReaderCommands::update() {
    const DocumentView* view = m_tab == nullptr ? nullptr : m_tab->view();
    const bool any = view != nullptr && view->pageCount() > 0;
    const bool pages = any && view->hasPageLayout();
    for (QAction* action : {m_actions.find, m_actions.findNext, m_actions.findPrevious, m_actions.copy,
                            m_actions.zoomIn, m_actions.zoomOut, m_actions.actualSize, m_actions.goToPage,
                            m_actions.firstPage, m_actions.lastPage, m_actions.nextLink, m_actions.previousLink}) {
        action->setEnabled(any);
    }
    for (QAction* action : {m_actions.fitWidth, m_actions.fitPage, m_actions.rotateLeft, m_actions.rotateRight,
                            m_actions.continuous, m_actions.single, m_actions.facing}) {
        action->setEnabled(pages);
    }
    if (pages) {
        flowAction(view->flow())->setChecked(true);
    }
    m_actions.previousPage->setEnabled(any && view->currentPage() > 0);
    m_actions.nextPage->setEnabled(any && view->currentPage() + 1 < view->pageCount());
    m_actions.closeTab->setEnabled(m_tab != nullptr);
    m_actions.back->setEnabled(m_navigator->canGoBack());
    m_actions.forward->setEnabled(m_navigator->canGoForward());
    for (QAction* field : m_withDocument) {
        field->setVisible(any);
    }
    const QString number = any ? QString::number(view->currentPage() + 1) : QString();
    const QString label = any ? view->pageLabel(view->currentPage()) : QString();
    m_page->setText(label.isEmpty() ? number : label);
    m_pageCount->setText(!any                       ? QString()
                         : m_page->text() == number ? tr("of %1").arg(view->pageCount())
                                                    : tr("(%1 of %2)").arg(number).arg(view->pageCount()));
    // The button after it stays under the pointer from page to page.
    const int count = any ? view->pageCount() : 0;
    m_pageCount->setMinimumWidth(m_pageCount->fontMetrics().horizontalAdvance(tr("(%1 of %2)").arg(count).arg(count)) +
                                 kSpacing);
    m_zoom->setText(any ? tr("%1 %").arg(qRound(view->zoomPercent())) : QString());
}

}  // namespace lectern::ui
