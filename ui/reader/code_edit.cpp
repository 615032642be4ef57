// Line numbers of the text view.
#include <QPainter>
#include <QResizeEvent>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextLayout>
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
    m_colouring.setSingleShot(true);
    connect(&m_colouring, &QTimer::timeout, this, &CodeEdit::colourVisible);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, &m_colouring, qOverload<>(&QTimer::start));
    placeMargin();
}

void CodeEdit::showText(const QString& text, CodeLanguage language) {
    m_language = language;
    m_states.assign(1, CodeState::Plain);
    setPlainText(text);
    m_coloured.assign(static_cast<size_t>(blockCount()), false);
    m_colouring.start();
}

void CodeEdit::colourVisible() {
    if (m_language == CodeLanguage::None) {
        return;
    }
    const QTextBlock last = cursorForPosition(QPoint(0, viewport()->height())).block();
    const auto colorOf = [this](CodeKind kind) {
        return tone(palette(), kind == CodeKind::Comment  ? Tone::Muted
                               : kind == CodeKind::String ? Tone::Verified
                               : kind == CodeKind::Number ? Tone::Unsupported
                                                          : Tone::Accent);
    };
    const int first = firstVisibleBlock().blockNumber();
    // From the first line whose beginning is known: what is open there decides the lines in sight.
    const int from = std::min(first, static_cast<int>(m_states.size()) - 1);
    for (QTextBlock block = document()->findBlockByNumber(from); block.isValid(); block = block.next()) {
        const auto number = static_cast<size_t>(block.blockNumber());
        if (block.blockNumber() > last.blockNumber() || number >= m_coloured.size()) {
            break;
        }
        const QString text = block.text();
        const CodeLine line = scanLine(m_language, text, m_states[number]);
        if (m_states.size() == number + 1) {
            m_states.push_back(line.next);
        }
        if (block.blockNumber() < first || m_coloured[number] || text.isEmpty()) {
            continue;
        }
        m_coloured[number] = true;
        QList<QTextLayout::FormatRange> formats;
        for (const CodeSpan& span : line.spans) {
            QTextCharFormat format;
            format.setForeground(colorOf(span.kind));
            formats.push_back({span.begin, span.length, format});
        }
        block.layout()->setFormats(formats);
        document()->markContentsDirty(block.position(), block.length());
    }
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
    m_colouring.start();
}

void CodeEdit::changeEvent(QEvent* event) {
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::FontChange && m_margin != nullptr) {
        placeMargin();
    } else if (event->type() == QEvent::PaletteChange) {
        m_coloured.assign(m_coloured.size(), false);
        m_colouring.start();
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
