#include "ui/documents/navigator.h"

namespace lectern::ui {

Navigator::Navigator(OpenDocuments* documents, QObject* parent) : QObject(parent), m_documents(documents) {
    connect(documents, &OpenDocuments::opened, this, [this](ReaderTab* tab) {
        connect(tab, &ReaderTab::jumped, this, [this, tab](const ReaderPlace& from) {
            m_back.push_back({tab->session().path(), from});
            if (m_back.size() > kMaxEntries) {
                m_back.pop_front();
            }
            m_forward.clear();
            emit changed();
        });
    });
}

std::optional<HistoryEntry> Navigator::here() const {
    ReaderTab* tab = m_documents->current();
    if (tab == nullptr || tab->view() == nullptr || tab->view()->pageCount() == 0) {
        return std::nullopt;
    }
    return HistoryEntry{tab->session().path(), tab->view()->currentPlace()};
}

void Navigator::remember(ReaderTab* tab) {
    if (const auto place = here()) {
        m_back.push_back(*place);
        if (m_back.size() > kMaxEntries) {
            m_back.pop_front();
        }
        m_forward.clear();
        emit changed();
    }
    m_documents->setCurrentWidget(tab);
}

void Navigator::goTo(ReaderTab* tab, const ReaderPlace& place) {
    remember(tab);
    tab->goTo(place);
}

void Navigator::showCitation(ReaderTab* tab, const QVector<ReaderPlace>& all, const ReaderPlace& current) {
    remember(tab);
    tab->showCitation(all, current);
}

void Navigator::back() {
    move(m_back, m_forward);
}
void Navigator::forward() {
    move(m_forward, m_back);
}

void Navigator::move(std::deque<HistoryEntry>& from, std::deque<HistoryEntry>& to) {
    if (from.empty()) {
        return;
    }
    const HistoryEntry entry = from.back();
    from.pop_back();
    if (const auto place = here()) {
        to.push_back(*place);
    }
    m_documents->open(entry.path)->goTo(entry.place);
    emit changed();
}

}  // namespace lectern::ui
