#include "ui/reader/tile_cache.h"

#include <algorithm>
#include <cmath>

namespace lectern::ui {

size_t qHash(const TileKey& key, size_t seed) {
    return qHashMulti(seed, key.page, key.scalePermille, key.quarterTurns, key.column, key.row, key.dark);
}

void TileCache::setLimitBytes(qint64 bytes) {
    m_limitBytes = bytes;
    trim();
}

void TileCache::insert(const TileKey& key, const QImage& image) {
    const auto old = m_entries.find(key);
    if (old != m_entries.end()) {
        m_bytes -= old->image.sizeInBytes();
        m_uses.erase(old->use);
        m_entries.erase(old);
    }
    m_uses.push_front(key);
    m_entries.insert(key, {image, m_uses.begin()});
    m_bytes += image.sizeInBytes();
    trim();
}

QImage TileCache::find(const TileKey& key) {
    const auto entry = m_entries.find(key);
    if (entry == m_entries.end()) {
        return {};
    }
    m_uses.splice(m_uses.begin(), m_uses, entry->use);
    return entry->image;
}

void TileCache::clear() {
    m_entries.clear();
    m_uses.clear();
    m_bytes = 0;
}

void TileCache::trim() {
    // The newest piece always stays, however large: it is the one that is being looked at.
    while (m_bytes > m_limitBytes && m_uses.size() > 1) {
        const auto oldest = m_entries.find(m_uses.back());
        m_bytes -= oldest->image.sizeInBytes();
        m_entries.erase(oldest);
        m_uses.pop_back();
    }
}

TileGrid TileGrid::of(QSizeF pixels) {
    const auto pieces = [](double length) { return std::max(1, static_cast<int>(std::ceil(length / kTilePixels))); };
    return {pieces(pixels.width()), pieces(pixels.height())};
}

QRectF TileGrid::rect(int column, int row) const {
    return {double(column) / columns, double(row) / rows, 1.0 / columns, 1.0 / rows};
}

}  // namespace lectern::ui
