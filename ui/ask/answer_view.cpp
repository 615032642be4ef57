#include "ui/ask/answer_view.h"

#include <QAbstractTextDocumentLayout>
#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QTextBlock>
#include <QTextCursor>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>

#include "ui/ask/chips.h"
#include "ui/reader/place_text.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kSnippetCharacters = 320;

QString toolTipOf(const app::Citation& citation) {
    const QString snippet = shortened(QString::fromStdString(citation.text).simplified(), kSnippetCharacters);
    return QString::fromUtf8("<p><b>%1</b> \xc2\xb7 %2 \xc2\xb7 %3</p><p>%4</p>")
        .arg(placeText(citation).toHtmlEscaped(), stateText(citation.state),
             AnswerView::tr("%1 % of this sentence's attention").arg(qRound(citation.weight * 100)),
             snippet.toHtmlEscaped());
}

int citationOf(const QUrl& link) {
    return link.scheme() == QLatin1String("cite") ? link.path().toInt() : -1;
}

}  // namespace

AnswerView::AnswerView(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Answer"));
    viewport()->setAutoFillBackground(false);
    colourSelection();
    document()->setDocumentMargin(0);
    document()->documentLayout()->registerHandler(ChipRenderer::kObjectType, new ChipRenderer(this));
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &AnswerView::fitHeight);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        if (citationOf(link) >= 0) {
            emit chipActivated(citationOf(link));
        }
    });
    connect(this, &QTextBrowser::highlighted, this,
            [this](const QUrl& link) { emit chipHovered(link.isEmpty() ? -1 : citationOf(link)); });
}

bool AnswerView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave) {
        // The browser notices that a link is left only when the pointer moves on inside it.
        const QPointF outside(-1, -1);
        QMouseEvent away(QEvent::MouseMove, outside, viewport()->mapToGlobal(outside), Qt::NoButton, Qt::NoButton,
                         Qt::NoModifier);
        mouseMoveEvent(&away);
    }
    return QTextBrowser::viewportEvent(event);
}

void AnswerView::showAnswer(const AnswerItem& answer) {
    m_chipPositions.clear();
    clear();
    QTextCursor cursor(document());
    const auto text = [&](int64_t begin, int64_t end) {
        cursor.insertText(QString::fromUtf8(answer.utf8.data() + begin, end - begin), QTextCharFormat());
    };
    const std::vector<NumberedCitation> numbered = numberCitations(answer.citations);
    const auto bytes = static_cast<int64_t>(answer.utf8.size());
    int64_t at = 0;
    for (size_t i = 0; i < numbered.size();) {
        const ByteRange sentence = answer.citations[i].sentenceBytes;
        const int64_t end = std::clamp(sentence.end, at, bytes);
        text(at, end);
        at = end;
        std::vector<int> shown;
        for (; i < numbered.size() && answer.citations[i].sentenceBytes == sentence; ++i) {
            if (std::find(shown.begin(), shown.end(), numbered[i].number) != shown.end()) {
                continue;
            }
            shown.push_back(numbered[i].number);
            const app::Citation& citation = answer.citations[i];
            cursor.insertText(QString::fromUtf8("\xc2\xa0"), QTextCharFormat());
            m_chipPositions.emplace_back(cursor.position(), i);
            cursor.insertText(QString(QChar::ObjectReplacementCharacter),
                              ChipRenderer::format(numbered[i].number, citation.state, i, toolTipOf(citation)));
        }
    }
    text(at, bytes);
    QTextBlockFormat lines;
    lines.setLineHeight(125, QTextBlockFormat::ProportionalHeight);
    cursor.select(QTextCursor::Document);
    cursor.mergeBlockFormat(lines);
    fitHeight();
}

void AnswerView::addText(const QString& text) {
    QTextCursor cursor(document());
    cursor.movePosition(QTextCursor::End);
    cursor.insertText(text);
}

void AnswerView::focusChip(size_t citation) {
    // A selection would lie over the number.
    for (const auto& [position, index] : m_chipPositions) {
        QTextCursor cursor(document());
        cursor.setPosition(position);
        cursor.setPosition(position + 1, QTextCursor::KeepAnchor);
        QTextCharFormat chosen;
        chosen.setProperty(ChipRenderer::kChosen, index == citation);
        cursor.mergeCharFormat(chosen);
        if (index == citation) {
            cursor.clearSelection();
            setTextCursor(cursor);
        }
    }
}

void AnswerView::colourSelection() {
    // Qt washes selected chips with this colour: their numbers must stay readable.
    QPalette colors = palette();
    colors.setColor(QPalette::Highlight, tone(QApplication::palette(), Tone::Citation));
    colors.setColor(QPalette::HighlightedText, Qt::black);
    if (colors != palette()) {
        setPalette(colors);
    }
}

void AnswerView::fitHeight() {
    const int height = static_cast<int>(std::ceil(document()->size().height())) + 2;
    if (height != minimumHeight()) {
        setFixedHeight(height);
    }
}

void AnswerView::resizeEvent(QResizeEvent* event) {
    QTextBrowser::resizeEvent(event);
    fitHeight();
}

void AnswerView::wheelEvent(QWheelEvent* event) {
    event->ignore();
}

void AnswerView::changeEvent(QEvent* event) {
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::FontChange) {
        fitHeight();
    } else if (event->type() == QEvent::PaletteChange) {
        colourSelection();
    }
}

bool AnswerView::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPoint point = viewport()->mapFrom(this, help->pos());
        const QTextCursor cursor = cursorForPosition(point);
        // The object's format belongs to the character behind the cursor's position.
        QTextCursor after = cursor;
        after.movePosition(QTextCursor::NextCharacter);
        const QString tip = anchorAt(point).isEmpty()        ? QString()
                            : cursor.charFormat().isAnchor() ? cursor.charFormat().toolTip()
                                                             : after.charFormat().toolTip();
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    return QTextBrowser::event(event);
}

}  // namespace lectern::ui
