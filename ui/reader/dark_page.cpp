#include "ui/reader/dark_page.h"

#include <algorithm>
#include <bitset>
#include <cstdint>
#include <vector>

namespace lectern::ui {
namespace {

/// White becomes this grey rather than black: black beside white text glares.
constexpr int kPaper = 0x1d;
/// Blocks of so many pixels a side are judged as a whole.
constexpr int kBlock = 16;
/// A photograph fills blocks with pixels that are neither paper nor ink, in many different tones. Text, even bold text
/// with soft edges, stays below both.
constexpr int kMiddlePixels = kBlock * kBlock / 2;
constexpr int kTones = 10;
/// Fewer blocks than this side by side are no photograph.
constexpr int kSmallestArea = 12;

int lightness(QRgb pixel) {
    return (std::max({qRed(pixel), qGreen(pixel), qBlue(pixel)}) +
            std::min({qRed(pixel), qGreen(pixel), qBlue(pixel)})) /
           2;
}

struct Blocks {
    int columns = 0;
    int rows = 0;
    std::vector<uint8_t> photo;
    uint8_t& at(int column, int row) {
        return photo[static_cast<size_t>(row) * static_cast<size_t>(columns) + static_cast<size_t>(column)];
    }
};

bool looksLikePhoto(const QImage& page, int column, int row) {
    const int right = std::min(page.width(), (column + 1) * kBlock);
    const int bottom = std::min(page.height(), (row + 1) * kBlock);
    int middle = 0;
    std::bitset<32> tones;
    for (int y = row * kBlock; y < bottom; ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(page.constScanLine(y));
        for (int x = column * kBlock; x < right; ++x) {
            const int light = lightness(line[x]);
            if (light > 24 && light < 232) {
                ++middle;
                tones.set(static_cast<size_t>(light / 8));
            }
        }
    }
    return middle >= kMiddlePixels && static_cast<int>(tones.count()) >= kTones;
}

/// Takes away areas that are too small, by flooding each.
void dropSmallAreas(Blocks& blocks) {
    std::vector<uint8_t> seen(blocks.photo.size());
    for (size_t start = 0; start < blocks.photo.size(); ++start) {
        if (blocks.photo[start] == 0 || seen[start] != 0) {
            continue;
        }
        std::vector<size_t> area{start};
        seen[start] = 1;
        for (size_t i = 0; i < area.size(); ++i) {
            const int column = static_cast<int>(area[i] % static_cast<size_t>(blocks.columns));
            const int row = static_cast<int>(area[i] / static_cast<size_t>(blocks.columns));
            for (const auto& [dx, dy] : {std::pair{1, 0}, std::pair{-1, 0}, std::pair{0, 1}, std::pair{0, -1}}) {
                if (column + dx < 0 || column + dx >= blocks.columns || row + dy < 0 || row + dy >= blocks.rows) {
                    continue;
                }
                const size_t next = static_cast<size_t>(row + dy) * static_cast<size_t>(blocks.columns) +
                                    static_cast<size_t>(column + dx);
                if (blocks.photo[next] != 0 && seen[next] == 0) {
                    seen[next] = 1;
                    area.push_back(next);
                }
            }
        }
        if (area.size() < kSmallestArea) {
            for (const size_t block : area) {
                blocks.photo[block] = 0;
            }
        }
    }
}

/// Smooth parts of a photograph (a sky) have few tones: what lies between two parts of it in its row belongs to it.
void fillGaps(Blocks& blocks) {
    constexpr int kGap = 8;
    for (int row = 0; row < blocks.rows; ++row) {
        int last = -1;
        for (int column = 0; column < blocks.columns; ++column) {
            if (blocks.at(column, row) == 0) {
                continue;
            }
            for (int between = last + 1; last >= 0 && column - last <= kGap && between < column; ++between) {
                blocks.at(between, row) = 1;
            }
            last = column;
        }
    }
}

Blocks photographs(const QImage& page) {
    Blocks blocks;
    blocks.columns = (page.width() + kBlock - 1) / kBlock;
    blocks.rows = (page.height() + kBlock - 1) / kBlock;
    blocks.photo.resize(static_cast<size_t>(blocks.columns) * static_cast<size_t>(blocks.rows));
    for (int row = 0; row < blocks.rows; ++row) {
        for (int column = 0; column < blocks.columns; ++column) {
            blocks.at(column, row) = looksLikePhoto(page, column, row) ? 1 : 0;
        }
    }
    dropSmallAreas(blocks);
    fillGaps(blocks);
    return blocks;
}

/// Lightness l becomes its mirror, from white = kPaper to black = 255; adding the same to all three keeps the hue.
QRgb turned(QRgb pixel) {
    const int light = lightness(pixel);
    const int wanted = 255 - light * (255 - kPaper) / 255;
    const int shift = wanted - light;
    const auto moved = [shift](int value) { return std::clamp(value + shift, 0, 255); };
    return qRgb(moved(qRed(pixel)), moved(qGreen(pixel)), moved(qBlue(pixel)));
}

}  // namespace

QColor darkPaper() {
    return {kPaper, kPaper, kPaper};
}

QImage darkPage(const QImage& page) {
    Blocks blocks = photographs(page);
    QImage dark(page.size(), QImage::Format_RGB32);
    for (int y = 0; y < page.height(); ++y) {
        const auto* from = reinterpret_cast<const QRgb*>(page.constScanLine(y));
        auto* to = reinterpret_cast<QRgb*>(dark.scanLine(y));
        for (int x = 0; x < page.width(); ++x) {
            to[x] = blocks.at(x / kBlock, y / kBlock) != 0 ? from[x] : turned(from[x]);
        }
    }
    dark.setDevicePixelRatio(page.devicePixelRatio());
    return dark;
}

}  // namespace lectern::ui
