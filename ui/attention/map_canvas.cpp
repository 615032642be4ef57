#include "ui/attention/map_canvas.h"

#include <QAccessible>
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "ui/attention/map_painter.h"
#include "ui/attention/token_texts.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {
/// The horizontal bar counts in steps of this share of the axis, because tokens times pixels outgrow an int.
constexpr int kBarSteps = 1 << 20;
}  // namespace

MapCanvas::MapCanvas(QWidget* parent) : QAbstractScrollArea(parent) {
    setAccessibleName(tr("Attention map"));
    setAccessibleDescription(
        tr("Arrow keys move the cursor, plus and minus zoom, Return opens the place in the reader. "
           "The table beside the map holds the same values."));
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    setMinimumHeight(120);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
}

void MapCanvas::setMap(std::shared_ptr<const AttentionMap> map) {
    const bool sameAxis =
        m_map != nullptr && map != nullptr && m_map->source.contextTokens == map->source.contextTokens;
    const bool sameRows = sameAxis && m_map->rows.size() == map->rows.size();
    m_map = std::move(map);
    m_hover = {};
    if (!sameAxis) {
        m_view.axis.setTotalTokens(m_map == nullptr ? 0 : m_map->source.contextTokens);
        m_view.cursorCells = {};
        m_view.cursorTokens = {};
        m_view.selectedBlock = -1;
    }
    m_view.mergingBlocks.clear();
    if (!sameRows) {
        m_view.cursorRow = 0;
        m_view.scrollY = 0;
        m_rowHeightChosen = false;
    }
    if (m_map != nullptr && m_map->options.layer != MapLayer::Document) {
        m_view.selectedBlock = -1;
    }
    m_view.axis.setWidth(geometryNow().cells.width());
    fitRows();
    axisChanged();
}

int MapCanvas::labelWidth() const {
    const QFontMetrics metrics(font());
    const bool words = m_map != nullptr && !m_map->rows.empty() && m_map->rows.front().step >= 0;
    return metrics.horizontalAdvance(words ? QStringLiteral("understand") : QStringLiteral("00.00")) + 2 * kSpacing;
}

MapGeometry MapCanvas::geometryNow() const {
    static const AttentionMap kEmpty;
    return layoutMap(m_map == nullptr ? kEmpty : *m_map, m_view, viewport()->size(), QFontMetrics(font()).height(),
                     labelWidth());
}

MapHit MapCanvas::hitAt(QPoint viewportPoint) const {
    return m_map == nullptr ? MapHit{} : hitTest(*m_map, m_view, geometryNow(), viewportPoint);
}

void MapCanvas::setTexts(TokenTexts* texts) {
    m_texts = texts;
    connect(texts, &TokenTexts::arrived, this, [this] {
        readWords();
        viewport()->update();
    });
}

void MapCanvas::readWords() {
    m_view.words.clear();
    if (m_map == nullptr || m_texts == nullptr || !showsTokens(*m_map, m_view.axis)) {
        return;
    }
    const TokenRange visible = m_view.axis.visibleTokens();
    m_view.firstWord = visible.begin;
    for (int64_t token = visible.begin; token < visible.end; ++token) {
        m_view.words.push_back(m_texts->text(token));
    }
}

QString MapCanvas::wordAt(TokenRange tokens) const {
    return tokens.size() == 1 ? m_view.words.value(static_cast<int>(tokens.begin - m_view.firstWord)) : QString();
}

void MapCanvas::setReaderRange(TokenRange tokens) {
    if (!(tokens == m_view.readerRange)) {
        m_view.readerRange = tokens;
        viewport()->update();
    }
}

void MapCanvas::setMarks(std::vector<TokenRange> marks) {
    m_view.marks = std::move(marks);
    viewport()->update();
}

void MapCanvas::setNormaliseRows(bool on) {
    m_view.normaliseRows = on;
    viewport()->update();
}

void MapCanvas::setShowMean(bool on) {
    m_view.showMean = on;
    viewport()->update();
}

void MapCanvas::selectBlock(int64_t block) {
    if (m_map == nullptr || m_map->options.layer != MapLayer::Document || block >= m_map->blockCount()) {
        block = -1;
    }
    if (m_view.selectedBlock != block) {
        m_view.selectedBlock = block;
        emit blockSelected(block);
        viewport()->update();
    }
}

void MapCanvas::showTokens(TokenRange tokens) {
    m_view.axis.ensureVisible(tokens);
    axisChanged();
}

std::function<void(QPainter&, double)> MapCanvas::painting() const {
    return [map = m_map, view = m_view, geometry = geometryNow(), colors = palette(), letters = font(),
            size = viewport()->size()](QPainter& painter, double scale) {
        painter.fillRect(QRect(QPoint(0, 0), size), colors.color(QPalette::Window));
        if (map != nullptr) {
            painter.setFont(letters);
            paintMap(painter, {*map, view, geometry, colors, scale, false});
        }
    };
}

void MapCanvas::zoomIn() {
    m_view.axis.zoomAbout(m_view.axis.width() / 2.0, 1.5);
    axisChanged();
}

void MapCanvas::zoomOut() {
    m_view.axis.zoomAbout(m_view.axis.width() / 2.0, 1 / 1.5);
    axisChanged();
}

void MapCanvas::zoomToFit() {
    m_view.axis.fit();
    axisChanged();
}

void MapCanvas::axisChanged() {
    updateScrollBars();
    readWords();
    viewport()->update();
    emit viewChanged(m_view.axis.visibleTokens());
}

void MapCanvas::updateScrollBars() {
    m_updatingBars = true;
    const MapGeometry geometry = geometryNow();
    const int rows = m_map == nullptr ? 0 : static_cast<int>(m_map->rows.size());
    verticalScrollBar()->setRange(0, std::max(0, rows * m_view.rowHeight - geometry.cells.height()));
    verticalScrollBar()->setPageStep(geometry.cells.height());
    verticalScrollBar()->setSingleStep(std::max(8, m_view.rowHeight));
    m_view.scrollY = std::clamp(m_view.scrollY, 0, verticalScrollBar()->maximum());
    verticalScrollBar()->setValue(m_view.scrollY);

    const double total = std::max<double>(1.0, double(m_view.axis.totalTokens()));
    const double visible = std::min(total, m_view.axis.tokensPerPixel() * m_view.axis.width());
    const int page = std::max(1, static_cast<int>(visible / total * kBarSteps));
    horizontalScrollBar()->setRange(0, m_view.axis.isFitted() ? 0 : kBarSteps - page);
    horizontalScrollBar()->setPageStep(page);
    horizontalScrollBar()->setSingleStep(std::max(1, page / 10));
    horizontalScrollBar()->setValue(static_cast<int>(m_view.axis.firstToken() / total * kBarSteps));
    m_updatingBars = false;
}

void MapCanvas::scrollContentsBy(int dx, int dy) {
    if (m_updatingBars) {
        return;
    }
    if (dx != 0) {
        m_view.axis.setFirstToken(double(horizontalScrollBar()->value()) / kBarSteps *
                                  double(m_view.axis.totalTokens()));
        readWords();
        emit viewChanged(m_view.axis.visibleTokens());
    }
    if (dy != 0) {
        m_view.scrollY = verticalScrollBar()->value();
    }
    viewport()->update();
}

void MapCanvas::fitRows() {
    if (m_map == nullptr || m_map->rows.empty() || m_rowHeightChosen) {
        return;
    }
    const int rows = static_cast<int>(m_map->rows.size());
    m_view.rowHeight = std::clamp(geometryNow().cells.height() / rows, 2, 16);
}

void MapCanvas::setRowHeight(int height) {
    m_view.rowHeight = std::clamp(height, kMinRowHeight, kMaxRowHeight);
    m_rowHeightChosen = true;
    updateScrollBars();
    viewport()->update();
}

void MapCanvas::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    m_view.axis.setWidth(geometryNow().cells.width());
    fitRows();
    axisChanged();
}

void MapCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette().window());
    if (m_map == nullptr || m_map->rows.empty()) {
        return;
    }
    painter.setFont(font());
    paintMap(painter, {*m_map, m_view, geometryNow(), palette(), devicePixelRatioF(), hasFocus()});
    if (hasFocus()) {
        painter.setPen(tone(palette(), Tone::Accent));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void MapCanvas::describe(const MapHit& hit) {
    QString sentence = m_map == nullptr ? QString() : describeHit(*m_map, hit, wordAt(hit.tokens));
    if (m_map != nullptr && hit.area == MapArea::Cells && m_view.selectedBlock >= 0) {
        const QString nomination = describeNomination(*m_map, hit.row, m_view.selectedBlock, hit.cells);
        sentence += nomination.isEmpty() ? QString() : QStringLiteral(". ") + nomination;
    }
    emit described(sentence);
}

void MapCanvas::setCursorAt(int row, CellRange cells, TokenRange tokens) {
    m_view.cursorRow = row;
    m_view.cursorCells = cells;
    m_view.cursorTokens = tokens;
    m_view.mergingBlocks.clear();
    if (m_map->options.layer == MapLayer::Document && cells.size() > 0) {
        m_view.mergingBlocks = blocksMerging(*m_map, row, cells);
    }
    const MapGeometry geometry = geometryNow();
    if (geometry.rowTop(row) < geometry.cells.top()) {
        verticalScrollBar()->setValue(row * m_view.rowHeight);
    } else if (geometry.rowTop(row + 1) > geometry.cells.bottom()) {
        verticalScrollBar()->setValue((row + 1) * m_view.rowHeight - geometry.cells.height());
    }
    viewport()->update();
    MapHit hit;
    hit.area = MapArea::Cells;
    hit.row = row;
    hit.cells = cells;
    hit.tokens = tokens;
    hit.token = tokens.begin;
    describe(hit);
    setAccessibleDescription(describeHit(*m_map, hit, wordAt(tokens)));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void MapCanvas::activate(const MapHit& hit) {
    if (hit.area == MapArea::Brackets && hit.block >= 0) {
        if (hit.blockCount == 1) {
            selectBlock(hit.block == m_view.selectedBlock ? -1 : hit.block);
        } else {
            m_view.axis.showRange(
                {m_map->blockRange(hit.block).begin, m_map->blockRange(hit.block + hit.blockCount - 1).end});
            axisChanged();
        }
    } else if (hit.area == MapArea::Cells) {
        setCursorAt(hit.row, hit.cells, hit.tokens);
    } else if (hit.area == MapArea::RowLabels) {
        setCursorAt(hit.row, m_view.cursorCells, m_view.cursorTokens);
    }
}

void MapCanvas::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) {
        m_view.axis.setWidth(geometryNow().cells.width());
        updateScrollBars();
        viewport()->update();
    }
    QAbstractScrollArea::changeEvent(event);
}

void MapCanvas::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void MapCanvas::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

}  // namespace lectern::ui
