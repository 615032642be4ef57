#include "ui/reader/hit_merger.h"

#include <algorithm>
#include <utility>

namespace lectern::ui {

void HitMerger::start(bool waits) {
    *this = {};
    m_waits = waits;
}

void HitMerger::addPrinted(const QVector<ReaderHit>& hits, int pagesSearched, bool finished) {
    m_printed.hits += hits;
    m_printed.pagesSearched = pagesSearched;
    m_printed.finished = finished;
    m_news = true;
}

void HitMerger::addRecognised(const QVector<ReaderHit>& hits) {
    m_recognised += hits;
}

void HitMerger::endRecognised() {
    m_waits = false;
}

std::optional<HitMerger::Step> HitMerger::take() {
    if (m_waits || !std::exchange(m_news, false)) {
        return std::nullopt;
    }
    Step step = m_printed;
    m_printed.hits.clear();
    const auto due = std::find_if(m_recognised.begin(), m_recognised.end(), [&step](const ReaderHit& hit) {
        return !step.finished && hit.place.page >= step.pagesSearched;
    });
    const auto middle = step.hits.size();
    step.hits += QVector<ReaderHit>(m_recognised.begin(), due);
    m_recognised.erase(m_recognised.begin(), due);
    std::inplace_merge(step.hits.begin(), step.hits.begin() + middle, step.hits.end(),
                       [](const ReaderHit& a, const ReaderHit& b) { return a.place.page < b.place.page; });
    return step;
}

}  // namespace lectern::ui
