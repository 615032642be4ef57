#include "ui/reader/text_view.h"

#include <QFontDatabase>
#include <QScrollBar>
#include <QTextBlock>
#include <QVBoxLayout>
#include <algorithm>

#include "app/ask/projector.h"
#include "app/ingest/text_search.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kFlashMs = 1500;
constexpr int kSnippetCharacters = 40;

QColor lineColor(const QPalette& palette, HighlightKind kind) {
    const bool find = kind == HighlightKind::Find || kind == HighlightKind::FindCurrent;
    QColor color = tone(palette, find ? Tone::FindHit : Tone::Citation);
    color.setAlphaF(kind == HighlightKind::Hover || kind == HighlightKind::Find ? 0.18f : 0.32f);
    return color;
}

}  // namespace

TextView::TextView(QWidget* parent) : DocumentView(parent), m_edit(new CodeEdit) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_edit);
    setFocusProxy(m_edit);
    setFontPoints(m_basePoints);
    m_pool.setMaxThreadCount(1);
    m_flash.setStartValue(1.0);
    m_flash.setEndValue(0.0);
    m_flash.setDuration(kFlashMs);
    connect(&m_flash, &QVariantAnimation::valueChanged, this, &TextView::updateSelections);
    connect(m_edit, &QPlainTextEdit::selectionChanged, this, &TextView::selectionChanged);
    connect(m_edit->verticalScrollBar(), &QScrollBar::valueChanged, this, &TextView::moved);
    buildLinkCursor();
    // The reader has one menu for all kinds of documents.
    m_edit->setContextMenuPolicy(Qt::NoContextMenu);
}

TextView::~TextView() {
    if (m_searchStop != nullptr) {
        *m_searchStop = true;
    }
    m_pool.waitForDone();
}

void TextView::showPages(TextPages pages, const QString& fileName) {
    m_fileName = fileName;
    setLinks(nullptr);
    m_pages = std::move(pages);
    m_page = -1;
    showPage(0);
}

void TextView::setFontPoints(int points) {
    m_basePoints = points;
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(std::clamp(points * m_zoom, 4.0, 72.0));
    m_edit->setFont(font);
    m_edit->setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(QLatin1Char(' ')));
}

int TextView::pageCount() const {
    return m_pages == nullptr ? 0 : static_cast<int>(m_pages->size());
}

QString TextView::pageLabel(int page) const {
    return page >= 0 && page < pageCount() ? QString::fromStdString((*m_pages)[static_cast<size_t>(page)].label)
                                           : QString();
}

int TextView::pageOfLabel(const QString& label) const {
    for (int page = 0; page < pageCount(); ++page) {
        if (pageLabel(page) == label.trimmed()) {
            return page;
        }
    }
    return -1;
}

void TextView::showPage(int page) {
    if (page < 0 || page >= pageCount() || page == m_page) {
        return;
    }
    m_page = page;
    const QString label = pageLabel(page);
    m_edit->showText(QString::fromStdString((*m_pages)[static_cast<size_t>(page)].text),
                     languageOf(label.contains(QLatin1Char('.')) ? label : m_fileName));
    takeLinks();
    updateSelections();
    emit currentPageChanged(page);
    emit visiblePagesChanged({page, page});
}

void TextView::goTo(const ReaderPlace& place) {
    showPage(place.page);
    const int blocks = m_edit->blockCount();
    const int line = place.lines ? place.lines->first : 1 + static_cast<int>(place.top * static_cast<float>(blocks));
    const QTextBlock block = m_edit->document()->findBlockByNumber(std::clamp(line, 1, blocks) - 1);
    QTextCursor cursor(block);
    m_edit->setTextCursor(cursor);
    if (place.lines) {
        m_edit->centerCursor();
    } else {
        m_edit->verticalScrollBar()->setValue(block.firstLineNumber());
    }
}

ReaderPlace TextView::currentPlace() const {
    ReaderPlace place;
    place.page = std::max(m_page, 0);
    // A little into the first line, so that going there again does not end on the line before.
    const int line = m_edit->cursorForPosition({0, 0}).blockNumber();
    place.top = (static_cast<float>(line) + (line > 0 ? 0.5F : 0.0F)) / static_cast<float>(m_edit->blockCount());
    return place;
}

void TextView::setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) {
    m_highlights[kind] = places;
    updateSelections();
}

void TextView::flash(HighlightKind kind) {
    m_flashKind = kind;
    m_flash.stop();
    m_flash.start();
}

void TextView::updateSelections() {
    QList<QTextEdit::ExtraSelection> selections;
    addLinks(selections);
    std::vector<app::LineRange> marked;
    const double flash = m_flash.state() == QAbstractAnimation::Running ? m_flash.currentValue().toDouble() : 0.0;
    for (const auto& [kind, places] : m_highlights) {
        for (const ReaderPlace& place : places) {
            if (place.page != m_page || !place.lines) {
                continue;
            }
            QTextEdit::ExtraSelection selection;
            QColor color = lineColor(m_edit->palette(), kind);
            if (kind == m_flashKind) {
                color.setAlphaF(std::min(0.8f, color.alphaF() + static_cast<float>(flash) * 0.4f));
            }
            selection.format.setBackground(color);
            selection.format.setProperty(QTextFormat::FullWidthSelection, true);
            // Long passages: one selection per line, because the full width of a block needs a cursor of its own.
            for (int line = place.lines->first; line <= place.lines->last; ++line) {
                const QTextBlock block = m_edit->document()->findBlockByNumber(line - 1);
                if (block.isValid()) {
                    selection.cursor = QTextCursor(block);
                    selections.push_back(selection);
                }
            }
            if (kind == HighlightKind::Citation) {
                marked.push_back(*place.lines);
            }
        }
    }
    addMarks(selections);
    m_edit->setExtraSelections(selections);
    m_edit->setMarkedLines(std::move(marked));
}

void TextView::setMarks(const QVector<ReaderMark>& marks) {
    m_marks = marks;
    updateSelections();
}

void TextView::addMarks(QList<QTextEdit::ExtraSelection>& selections) const {
    for (const ReaderMark& mark : m_marks) {
        if (mark.page != m_page) {
            continue;
        }
        const std::string& text = (*m_pages)[static_cast<size_t>(m_page)].text;
        const auto size = static_cast<int64_t>(text.size());
        const int64_t begin = std::clamp<int64_t>(mark.bytes.begin, 0, size);
        const int64_t end = std::clamp<int64_t>(mark.bytes.end, begin, size);
        // The editor counts UTF-16 units of the same text.
        const auto from = QString::fromUtf8(text.data(), begin).size();
        const auto length = QString::fromUtf8(text.data() + begin, end - begin).size();
        const auto last = m_edit->document()->characterCount() - 1;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_edit->document());
        selection.cursor.setPosition(static_cast<int>(std::min<qsizetype>(from, last)));
        selection.cursor.setPosition(static_cast<int>(std::min<qsizetype>(from + length, last)),
                                     QTextCursor::KeepAnchor);
        if (mark.kind == app::AnnotationKind::Highlight) {
            QColor color = mark.color;
            color.setAlphaF(isDark(palette()) ? 0.35F : 0.55F);
            selection.format.setBackground(color);
        } else {
            selection.format.setUnderlineStyle(mark.kind == app::AnnotationKind::Note
                                                   ? QTextCharFormat::DashUnderline
                                                   : QTextCharFormat::SingleUnderline);
            selection.format.setUnderlineColor(mark.color);
        }
        selections.push_back(selection);
    }
}

QString TextView::viewState() const {
    return QString::number(m_zoom);
}

void TextView::restoreViewState(const QString& state) {
    bool isNumber = false;
    const double zoom = state.toDouble(&isNumber);
    if (isNumber && zoom > 0) {
        setZoom(ZoomMode::Custom, zoom);
    }
}

void TextView::setZoom(ZoomMode, double scale) {
    m_zoom = scale > 0 ? std::clamp(scale, 0.4, 6.0) : 1.0;
    setFontPoints(m_basePoints);
    emit zoomChanged(zoomPercent());
}

void TextView::zoomBy(double factor) {
    setZoom(ZoomMode::Custom, m_zoom * factor);
}

double TextView::zoomPercent() const {
    return m_zoom * 100;
}

void TextView::search(const SearchOptions& options) {
    if (m_searchStop != nullptr) {
        *m_searchStop = true;
    }
    if (options.needle.trimmed().isEmpty() || m_pages == nullptr) {
        return;
    }
    m_searchStop = std::make_shared<std::atomic<bool>>(false);
    m_pool.start([this, options, pages = m_pages, stop = m_searchStop] {
        const std::string needle = options.needle.toStdString();
        for (size_t page = 0; page < pages->size() && !*stop; ++page) {
            const std::string& text = (*pages)[page].text;
            QVector<ReaderHit> hits;
            const app::TextSearchOptions search{.caseSensitive = options.caseSensitive,
                                                .wholeWords = options.wholeWords};
            for (const ByteRange& bytes : app::findInText(text, needle, search)) {
                ReaderHit hit;
                hit.place.page = static_cast<int>(page);
                hit.place.lines = app::projectToLines(text, bytes);
                hit.snippet = QString::fromStdString(app::snippetAround(text, bytes, kSnippetCharacters));
                hits.push_back(hit);
            }
            const bool finished = page + 1 == pages->size();
            if (hits.isEmpty() && !finished && page % 64 != 0) {
                continue;
            }
            QMetaObject::invokeMethod(
                this,
                [this, hits, page, finished, stop] {
                    if (!*stop) {
                        emit searchHits(hits, static_cast<int>(page) + 1, finished);
                    }
                },
                Qt::QueuedConnection);
        }
    });
}

QString TextView::selectedText() const {
    return m_edit->textCursor().selectedText().replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
}

QVector<SelectedText> TextView::selection() const {
    const QTextCursor cursor = m_edit->textCursor();
    if (!cursor.hasSelection() || m_page < 0) {
        return {};
    }
    // The editor counts UTF-16 units of the same text.
    const QString shown = QString::fromStdString((*m_pages)[static_cast<size_t>(m_page)].text);
    const auto bytesBefore = [&](int position) {
        return static_cast<int64_t>(QStringView(shown).left(position).toUtf8().size());
    };
    SelectedText selected;
    selected.page = m_page;
    selected.bytes = {bytesBefore(cursor.selectionStart()), bytesBefore(cursor.selectionEnd())};
    selected.lines = app::projectToLines((*m_pages)[static_cast<size_t>(m_page)].text, selected.bytes);
    selected.text = selectedText();
    return {selected};
}

void TextView::copySelection() {
    m_edit->copy();
}

}  // namespace lectern::ui
