// Line numbers of the text view.
#include <QPainter>
#include <QResizeEvent>
#include <QTextBlock>
#include <algorithm>

#include "ui/reader/text_view.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

class NumberMargin : public QWidget {
  public:
    explicit NumberMargin(CodeEdit* edit) : QWidget(edit), m_edit(edit) {}
    QSize sizeHint() const override { return {m_edit->numberWidth(), 0}; }

  protected:
    void paintEvent(QPaintEvent* event) override { m_edit->paintNumbers(event); }

  private:
    CodeEdit* m_edit;
};

}  // namespace

CodeEdit::CodeEdit(QWidget* parent) : QPlainTextEdit(parent), m_margin(new NumberMargin(this)) {
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setAccessibleName(tr("Text"));
    connect(this, &QPlainTextEdit::blockCountChanged, this, &CodeEdit::placeMargin);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        dy != 0 ? m_margin->scroll(0, dy) : m_margin->update(0, rect.y(), m_margin->width(), rect.height());
    });
    placeMargin();
}

int CodeEdit::numberWidth() const {
    const int digits = std::max(3, static_cast<int>(QString::number(blockCount()).size()));
    return fontMetrics().horizontalAdvance(QLatin1Char('9')) * digits + 4 * kSpacing;
}

void CodeEdit::placeMargin() {
    setViewportMargins(numberWidth(), 0, 0, 0);
    const QRect area = contentsRect();
    m_margin->setGeometry(area.left(), area.top(), numberWidth(), area.height());
}

void CodeEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    placeMargin();
}

void CodeEdit::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_margin != nullptr) {
        placeMargin();
    }
}

void CodeEdit::setMarkedLines(std::vector<app::LineRange> lines) {
    m_marked = std::move(lines);
    m_margin->update();
}

void CodeEdit::paintNumbers(QPaintEvent* event) {
    QPainter painter(m_margin);
    painter.fillRect(event->rect(), palette().alternateBase());
    painter.setFont(font());
    const int width = m_margin->width();
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
        if (area.top() > event->rect().bottom()) {
            break;
        }
        const int line = block.blockNumber() + 1;
        const bool marked = std::any_of(m_marked.begin(), m_marked.end(), [line](const app::LineRange& range) {
            return line >= range.first && line <= range.last;
        });
        if (marked) {
            painter.fillRect(QRectF(width - 5, area.top(), 3, area.height()), tone(palette(), Tone::Citation));
        }
        painter.setPen(marked ? palette().color(QPalette::Text) : tone(palette(), Tone::Muted));
        painter.drawText(QRectF(0, area.top(), width - 2 * kSpacing, fontMetrics().height()), Qt::AlignRight,
                         QString::number(line));
    }
}

}  // namespace lectern::ui
