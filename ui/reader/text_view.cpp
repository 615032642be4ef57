#include "ui/reader/text_view.h"

#include <QFontDatabase>
#include <QScrollBar>
#include <QTextBlock>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "app/ask/projector.h"
#include "app/ingest/text_search.h"
#include "ui/reader/utf16_counter.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kFlashMs = 1500;
constexpr int kSnippetCharacters = 40;

/// Up to here a text is made into a document in a few milliseconds, at once.
constexpr size_t kShortBytes = size_t{64} << 10;

}  // namespace

TextView::TextView(QWidget* parent) : DocumentView(parent), m_edit(new CodeEdit) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_edit);
    setFocusProxy(m_edit);
    setFontPoints(m_basePoints);
    m_pool.setMaxThreadCount(1);
    m_maker.setMaxThreadCount(1);
    m_flash.setStartValue(1.0);
    m_flash.setEndValue(0.0);
    m_flash.setDuration(kFlashMs);
    connect(&m_flash, &QVariantAnimation::valueChanged, this,
            [this](const QVariant& value) { m_edit->setFlash(m_flashKind, value.toDouble()); });
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
    m_maker.clear();
    m_maker.waitForDone();
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

CodeLanguage TextView::language(int page) const {
    const QString label = pageLabel(page);
    return languageOf(label.contains(QLatin1Char('.')) ? label : m_fileName);
}

void TextView::showPage(int page) {
    if (page < 0 || page >= pageCount() || page == m_page) {
        return;
    }
    m_page = page;
    m_pendingPlace.reset();
    ++m_shown;
    m_maker.clear();  // pages passed by
    m_isMaking = textOf(page).size() > kShortBytes;
    if (!m_isMaking) {
        show(CodeEdit::makeDocument(QString::fromStdString(textOf(page)), m_edit->look()));
    } else {
        show(CodeEdit::makeDocument({}, m_edit->look()));
        m_maker.start([this, page, number = m_shown, pages = m_pages, look = m_edit->look(), home = thread()] {
            const std::string& text = (*pages)[static_cast<size_t>(page)].text;
            auto made = std::make_shared<std::unique_ptr<QTextDocument>>(
                CodeEdit::makeDocument(QString::fromStdString(text), look));
            (*made)->moveToThread(home);
            QMetaObject::invokeMethod(
                this,
                [this, made = std::move(made), number] {
                    if (number == m_shown) {
                        m_isMaking = false;
                        show(std::move(*made));
                    }
                },
                Qt::QueuedConnection);
        });
    }
    emit currentPageChanged(page);
    emit visiblePagesChanged({page, page});
}

void TextView::show(std::unique_ptr<QTextDocument> text) {
    m_edit->showDocument(std::move(text), language(m_page));
    for (const auto& [kind, places] : m_highlights) {
        showHighlights(kind);
    }
    takeLinks();
    updateSelections();
    if (!m_isMaking && m_pendingPlace) {
        goTo(*std::exchange(m_pendingPlace, std::nullopt));
    }
}

void TextView::goTo(const ReaderPlace& place) {
    showPage(place.page);
    if (m_isMaking) {
        m_pendingPlace = place;
        return;
    }
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
    if (m_pendingPlace) {
        return *m_pendingPlace;
    }
    ReaderPlace place;
    place.page = std::max(m_page, 0);
    // A little into the first line, so that going there again does not end on the line before.
    const int line = m_edit->cursorForPosition({0, 0}).blockNumber();
    place.top = (static_cast<float>(line) + (line > 0 ? 0.5F : 0.0F)) / static_cast<float>(m_edit->blockCount());
    return place;
}

void TextView::setHighlights(HighlightKind kind, const QVector<ReaderPlace>& places) {
    m_highlights[kind] = places;
    showHighlights(kind);
}

void TextView::showHighlights(HighlightKind kind) {
    std::vector<app::LineRange> lines;
    for (const ReaderPlace& place : m_highlights[kind]) {
        if (place.page == m_page && place.lines) {
            lines.push_back(*place.lines);
        }
    }
    m_edit->setHighlightedLines(kind, std::move(lines));
}

void TextView::flash(HighlightKind kind) {
    m_flashKind = kind;
    m_flash.stop();
    m_flash.start();
}

void TextView::setMarks(const QVector<ReaderMark>& marks) {
    m_marks = marks;
    updateSelections();
}

void TextView::updateSelections() {
    if (m_page < 0 || m_isMaking) {
        return;
    }
    QList<QTextEdit::ExtraSelection> selections;
    addLinks(selections);
    Utf16Counter units(textOf(m_page));
    const int end = m_edit->document()->characterCount() - 1;
    for (const ReaderMark& mark : m_marks) {
        if (mark.page != m_page) {
            continue;
        }
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(m_edit->document());
        selection.cursor.setPosition(std::min(units.before(mark.bytes.begin), end));
        selection.cursor.setPosition(std::min(units.before(mark.bytes.end), end), QTextCursor::KeepAnchor);
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
    m_edit->setExtraSelections(selections);
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
