#include "ui/shell/search_panel.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QVBoxLayout>

#include "ui/reader/find_bar.h"
#include "ui/reader/search_hit_model.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {
constexpr int kHitsAtOnce = 100;
}  // namespace

SearchPanel::SearchPanel(OpenDocuments* documents, QWidget* parent)
    : QWidget(parent), m_field(new QLineEdit), m_status(new QLabel), m_list(new QListView) {
    m_field->setPlaceholderText(tr("Search the document"));
    m_field->setAccessibleName(tr("Search the document"));
    m_field->setClearButtonEnabled(true);
    m_status->setForegroundRole(QPalette::PlaceholderText);
    m_status->setWordWrap(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setWordWrap(true);
    m_list->setResizeMode(QListView::Adjust);
    // Thousands of wrapped hits are measured little by little: at once they held the window up for 90 ms.
    m_list->setLayoutMode(QListView::Batched);
    m_list->setBatchSize(kHitsAtOnce);
    m_list->setAlternatingRowColors(true);
    m_list->setAccessibleName(tr("Search results"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kSpacing / 2, 0, 0);
    layout->setSpacing(kSpacing / 2);
    auto* top = new QVBoxLayout;
    top->setContentsMargins(kSpacing, 0, kSpacing, 0);
    top->addWidget(m_field);
    top->addWidget(m_status);
    layout->addLayout(top);
    layout->addWidget(m_list, 1);

    connect(m_field, &QLineEdit::textEdited, this, [this](const QString& text) {
        if (m_tab != nullptr) {
            m_tab->findBar()->field()->setText(text);
        }
    });
    connect(m_field, &QLineEdit::returnPressed, this, [this] { m_list->setFocus(); });
    const auto show = [this](const QModelIndex& index) {
        if (m_tab != nullptr && index.isValid()) {
            m_tab->showHit(index.row());
        }
    };
    connect(m_list, &QListView::activated, this, show);
    connect(m_list, &QListView::clicked, this, show);
    connect(documents, &OpenDocuments::currentTabChanged, this, &SearchPanel::setTab);
    connect(documents, &OpenDocuments::closing, this, [this](ReaderTab* tab) {
        if (tab == m_tab) {
            setTab(nullptr);
        }
    });
    setTab(nullptr);
}

void SearchPanel::setTab(ReaderTab* tab) {
    for (const QMetaObject::Connection& link : m_links) {
        disconnect(link);
    }
    m_links.clear();
    m_tab = tab;
    m_field->setEnabled(tab != nullptr);
    m_list->setModel(tab == nullptr ? nullptr : tab->hits());
    if (tab != nullptr) {
        m_field->setText(tab->findBar()->field()->text());
        m_links.push_back(connect(tab->findBar()->field(), &QLineEdit::textChanged, this, [this](const QString& text) {
            if (m_field->text() != text) {
                m_field->setText(text);
            }
            updateStatus();
        }));
        m_links.push_back(connect(tab, &ReaderTab::searchProgressed, this, &SearchPanel::updateStatus));
    } else {
        m_field->clear();
    }
    updateStatus();
}

void SearchPanel::updateStatus() {
    m_status->setText(m_tab == nullptr ? tr("Open a document to search it.") : m_tab->findStatus());
    m_status->setVisible(!m_status->text().isEmpty());
}

}  // namespace lectern::ui
