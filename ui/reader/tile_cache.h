#pragma once
// Drawn pieces of pages, the least recently used given up first.

#include <QHash>
#include <QImage>
#include <QRectF>
#include <list>

namespace lectern::ui {

/// One piece of a page at one scale. Large pages are drawn in columns x rows pieces.
struct TileKey {
    int page = 0;
    int scalePermille = 0;  ///< device pixels per point * 1000
    int quarterTurns = 0;
    int column = 0;
    int row = 0;
    bool dark = false;  ///< the same piece for dark pages
    bool operator==(const TileKey&) const = default;
};
size_t qHash(const TileKey& key, size_t seed = 0);

/// Bounded by bytes; the GUI thread's.
class TileCache {
  public:
    void setLimitBytes(qint64 bytes);
    void insert(const TileKey& key, const QImage& image);
    /// Null when it is not there; a hit counts as a use.
    QImage find(const TileKey& key);
    bool contains(const TileKey& key) const { return m_entries.contains(key); }
    void clear();
    qint64 sizeBytes() const { return m_bytes; }

  private:
    struct Entry {
        QImage image;
        std::list<TileKey>::iterator use;
    };
    void trim();

    QHash<TileKey, Entry> m_entries;
    std::list<TileKey> m_uses;  ///< latest first
    qint64 m_bytes = 0;
    qint64 m_limitBytes = qint64{256} << 20;
};

/// How a page of `pixels` is cut: pieces of at most kTilePixels a side.
struct TileGrid {
    static constexpr int kTilePixels = 1600;
    int columns = 1;
    int rows = 1;
    static TileGrid of(QSizeF pixels);
    /// Normalised place of a piece on the page as it is shown.
    QRectF rect(int column, int row) const;
};

}  // namespace lectern::ui
