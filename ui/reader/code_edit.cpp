#include "ui/reader/code_edit.h"

#include <QElapsedTimer>
#include <QPainter>
#include <QPlainTextDocumentLayout>
#include <QResizeEvent>
#include <QScrollBar>
#include <QTextBlock>
#include <QTextLayout>
#include <algorithm>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

/// Colouring lets other events through after so long.
constexpr qint64 kSliceMs = 5;

class NumberMargin : public QWidget {
  public:
    explicit NumberMargin(CodeEdit* edit) : QWidget(edit), m_edit(edit) {}
    QSize sizeHint() const override { return {m_edit->numberWidth(), 0}; }

  protected:
    void paintEvent(QPaintEvent* event) override { m_edit->paintNumbers(event); }

  private:
    CodeEdit* m_edit;
};

/// Sorted, and what touches made one.
std::vector<app::LineRange> merged(std::vector<app::LineRange> lines) {
    std::sort(lines.begin(), lines.end(),
              [](const app::LineRange& a, const app::LineRange& b) { return a.first < b.first; });
    std::vector<app::LineRange> result;
    for (const app::LineRange& range : lines) {
        if (!result.empty() && range.first <= result.back().last + 1) {
            result.back().last = std::max(result.back().last, range.last);
        } else {
            result.push_back(range);
        }
    }
    return result;
}

bool holds(const std::vector<app::LineRange>& lines, int line) {
    const auto behind = std::upper_bound(lines.begin(), lines.end(), line,
                                         [](int wanted, const app::LineRange& range) { return wanted < range.first; });
    return behind != lines.begin() && line <= std::prev(behind)->last;
}

}  // namespace

CodeEdit::CodeEdit(QWidget* parent) : QPlainTextEdit(parent), m_margin(new NumberMargin(this)) {
    setReadOnly(true);
    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setAccessibleName(tr("Text"));
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect& rect, int dy) {
        dy != 0 ? m_margin->scroll(0, dy) : m_margin->update(0, rect.y(), m_margin->width(), rect.height());
    });
    m_colouring.setSingleShot(true);
    connect(&m_colouring, &QTimer::timeout, this, &CodeEdit::colourSlice);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, &m_colouring, qOverload<>(&QTimer::start));
    placeMargin();
}

std::unique_ptr<QTextDocument> CodeEdit::makeDocument(const QString& text, const Look& look) {
    auto document = std::make_unique<QTextDocument>();
    document->setUndoRedoEnabled(false);
    document->setDocumentLayout(new QPlainTextDocumentLayout(document.get()));
    document->setDefaultFont(look.font);
    document->setDefaultTextOption(look.option);
    document->setPlainText(text);
    return document;
}

void CodeEdit::showDocument(std::unique_ptr<QTextDocument> text, CodeLanguage language) {
    QTextDocument* before = document();
    // Font and tabs may have changed while the text was made.
    if (text->defaultFont() != font()) {
        text->setDefaultFont(font());
    }
    if (text->defaultTextOption().tabStopDistance() != before->defaultTextOption().tabStopDistance()) {
        text->setDefaultTextOption(before->defaultTextOption());
    }
    setExtraSelections({});
    // The editor deletes only a document that it made itself.
    const std::unique_ptr<QTextDocument> ours(before->parent() == this ? before : nullptr);
    text->setParent(this);
    setDocument(text.release());
    m_language = language;
    m_states.assign(1, CodeState::Plain);
    m_coloured.assign(static_cast<size_t>(blockCount()), false);
    m_highlighted.clear();
    placeMargin();
    m_colouring.start();
}

template <typename Work>
void CodeEdit::eachLine(int top, int bottom, Work work) {
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF area = blockBoundingGeometry(block).translated(contentOffset());
        if (area.top() > bottom) {
            break;
        }
        if (area.bottom() >= top) {
            work(block, area);
        }
    }
}

void CodeEdit::colourSlice() {
    if (m_language == CodeLanguage::None) {
        return;
    }
    QElapsedTimer slice;
    slice.start();
    const int first = firstVisibleBlock().blockNumber();
    const int last = cursorForPosition(QPoint(0, viewport()->height())).blockNumber();
    // From the first line whose beginning is known: what is open there decides the lines in sight.
    const int from = std::min(first, static_cast<int>(m_states.size()) - 1);
    for (QTextBlock block = document()->findBlockByNumber(from); block.isValid(); block = block.next()) {
        const auto number = static_cast<size_t>(block.blockNumber());
        if (block.blockNumber() > last || number >= m_coloured.size()) {
            break;
        }
        if (slice.hasExpired(kSliceMs)) {
            m_colouring.start();
            break;
        }
        const bool scanned = m_states.size() > number + 1;
        const bool wanted = block.blockNumber() >= first && !m_coloured[number];
        if (scanned && !wanted) {
            continue;
        }
        const CodeLine line = scanLine(m_language, block.text(), m_states[number]);
        if (!scanned) {
            m_states.push_back(line.next);
        }
        if (wanted) {
            m_coloured[number] = true;
            colourLine(block, line);
        }
    }
}

void CodeEdit::colourLine(const QTextBlock& block, const CodeLine& line) {
    if (line.spans.empty() && block.layout()->formats().isEmpty()) {
        return;
    }
    QList<QTextLayout::FormatRange> formats;
    for (const CodeSpan& span : line.spans) {
        QTextCharFormat format;
        format.setForeground(codeColor(palette(), span.kind));
        formats.push_back({span.begin, span.length, format});
    }
    block.layout()->setFormats(formats);
    document()->markContentsDirty(block.position(), block.length());
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

void CodeEdit::setHighlightedLines(HighlightKind kind, std::vector<app::LineRange> lines) {
    m_highlighted[kind] = merged(std::move(lines));
    viewport()->update();
    m_margin->update();
}

void CodeEdit::setFlash(HighlightKind kind, double strength) {
    m_flashKind = kind;
    m_flash = strength;
    viewport()->update();
}

QColor CodeEdit::washOf(HighlightKind kind) const {
    const bool find = kind == HighlightKind::Find || kind == HighlightKind::FindCurrent;
    const float alpha = kind == HighlightKind::Hover || kind == HighlightKind::Find ? 0.18F : 0.32F;
    const float flash = kind == m_flashKind ? static_cast<float>(m_flash) * 0.4F : 0.0F;
    QColor color = tone(palette(), find ? Tone::FindHit : Tone::Citation);
    color.setAlphaF(std::min(0.8F, alpha + flash));
    return color;
}

void CodeEdit::paintEvent(QPaintEvent* event) {
    const bool any =
        std::any_of(m_highlighted.begin(), m_highlighted.end(), [](const auto& each) { return !each.second.empty(); });
    if (any) {
        QPainter painter(viewport());
        eachLine(event->rect().top(), event->rect().bottom(), [&](const QTextBlock& block, const QRectF& area) {
            for (const auto& [kind, lines] : m_highlighted) {
                if (holds(lines, block.blockNumber() + 1)) {
                    painter.fillRect(QRectF(0, area.top(), viewport()->width(), area.height()), washOf(kind));
                }
            }
        });
    }
    QPlainTextEdit::paintEvent(event);
}

void CodeEdit::paintNumbers(QPaintEvent* event) {
    QPainter painter(m_margin);
    painter.fillRect(event->rect(), palette().alternateBase());
    painter.setFont(font());
    const int width = m_margin->width();
    const std::vector<app::LineRange>& cited = m_highlighted[HighlightKind::Citation];
    eachLine(event->rect().top(), event->rect().bottom(), [&](const QTextBlock& block, const QRectF& area) {
        const int line = block.blockNumber() + 1;
        const bool marked = holds(cited, line);
        if (marked) {
            painter.fillRect(QRectF(width - 5, area.top(), 3, area.height()), tone(palette(), Tone::Citation));
        }
        painter.setPen(marked ? palette().color(QPalette::Text) : tone(palette(), Tone::Muted));
        painter.drawText(QRectF(0, area.top(), width - 2 * kSpacing, fontMetrics().height()), Qt::AlignRight,
                         QString::number(line));
    });
}

}  // namespace lectern::ui
