#pragma once
// The attention map as a widget: zoom, pan, hover, keyboard cursor. Draws what it is given, builds nothing.

#include <QAbstractScrollArea>
#include <functional>
#include <memory>

#include "ui/attention/map_view.h"

namespace lectern::ui {

class TokenTexts;

/// Wheel pans, Ctrl+wheel zooms at the pointer, Shift+wheel scrolls the rows, Ctrl+Shift+wheel changes their height.
/// Keys: arrows move the cursor, Shift+arrows pan, + and - zoom, 0 shows all, Home and End, Return opens the place in
/// the reader, B chooses the block under the cursor, Escape lets go of it. GUI thread.
class MapCanvas : public QAbstractScrollArea {
    Q_OBJECT

  public:
    explicit MapCanvas(QWidget* parent = nullptr);

    /// Shows another map; zoom and place stay where the axis is the same.
    void setMap(std::shared_ptr<const AttentionMap> map);
    const AttentionMap* map() const { return m_map.get(); }
    const MapView& view() const { return m_view; }
    MapGeometry geometryNow() const;
    MapHit hitAt(QPoint viewportPoint) const;

    /// Where the texts of single tokens come from.
    void setTexts(TokenTexts* texts);
    void setReaderRange(TokenRange tokens);
    void setMarks(std::vector<TokenRange> marks);
    void setNormaliseRows(bool on);
    void setShowMean(bool on);
    void selectBlock(int64_t block);
    void showTokens(TokenRange tokens);

    /// Draws the viewport as it is now, at `scale` device pixels per pixel, with the painter's origin in its top left
    /// corner. Holds all it needs: for any thread.
    std::function<void(QPainter& painter, double scale)> painting() const;

  public slots:
    void zoomIn();
    void zoomOut();
    void zoomToFit();

  signals:
    /// A sentence about what is under the pointer or the cursor; empty: nothing.
    void described(const QString& sentence);
    void regionHovered(lectern::TokenRange tokens);
    /// The user wants to see this place in the reader.
    void regionActivated(lectern::TokenRange tokens);
    void blockSelected(qint64 block);
    void viewChanged(lectern::TokenRange visible);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;

  private:
    enum class Drag { None, Pan, Strip };

    void axisChanged();
    void updateScrollBars();
    void setRowHeight(int height);
    void fitRows();
    void setCursorAt(int row, CellRange cells, TokenRange tokens);
    void moveToken(int row, int tokens);
    void readWords();
    QString wordAt(TokenRange tokens) const;
    void moveCursor(int rows, int columns);
    bool moveByKey(const QKeyEvent& event);
    void hover(QPoint point);
    void describe(const MapHit& hit);
    void activate(const MapHit& hit);
    int labelWidth() const;

    std::shared_ptr<const AttentionMap> m_map;
    TokenTexts* m_texts = nullptr;
    MapView m_view;
    MapHit m_hover;
    Drag m_drag = Drag::None;
    QPoint m_pressed;
    QPoint m_last;
    bool m_moved = false;
    bool m_rowHeightChosen = false;
    bool m_updatingBars = false;
};

}  // namespace lectern::ui
