// Lines of text onto pages.
#include <QTextLayout>
#include <algorithm>

#include "ui/reader/place_text.h"
#include "ui/reader/print_job.h"

namespace lectern::ui {
namespace {

constexpr int kTabCharacters = 4;
constexpr int kFooterCharacters = 80;

QPalette paperColors() {
    QPalette colors;
    colors.setColor(QPalette::Base, Qt::white);
    colors.setColor(QPalette::Window, Qt::white);
    colors.setColor(QPalette::Text, Qt::black);
    return colors;
}

}  // namespace

TextPrintJob::TextPrintJob(Text text, std::unique_ptr<QPrinter> printer, QObject* parent)
    : PrintJob(std::move(printer), parent), m_text(std::move(text)) {}

TextPrintJob::~TextPrintJob() {
    stopAndWait();
}

void TextPrintJob::start() {
    inBackground(
        [this] {
            const QString problem = begin();
            return problem.isEmpty() ? drawAll() : problem;
        },
        [this](const QString& problem) {
            if (!isStopped()) {
                end(problem);
            }
        });
}

QString TextPrintJob::drawAll() {
    const QPalette colors = paperColors();
    const QFontMetricsF metrics(m_text.font, &printer());
    const QRect paper = printer().pageLayout().paintRectPixels(printer().resolution());
    const QString text = QString::fromStdString(*m_text.text);
    const auto count = static_cast<int>(text.count(QLatin1Char('\n'))) + 1;
    const double digit = metrics.horizontalAdvance(QLatin1Char('9'));
    const double numbers = digit * static_cast<double>(QString::number(count).size());
    const double left = numbers + 2 * digit;
    const double bottom = paper.height() - 2 * metrics.lineSpacing();
    const QString footer = shortened(m_text.title, kFooterCharacters);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTabStopDistance(kTabCharacters * metrics.horizontalAdvance(QLatin1Char(' ')));
    int page = 1;
    double y = 0;
    const auto drawFooter = [&] {
        painter().setPen(codeColor(colors, CodeKind::Comment));
        const QRectF area(0, paper.height() - metrics.lineSpacing(), paper.width(), metrics.lineSpacing());
        painter().drawText(area, Qt::AlignLeft, footer);
        painter().drawText(area, Qt::AlignRight, QString::number(page));
    };
    painter().setFont(m_text.font);
    CodeState state = CodeState::Plain;
    qsizetype begin = 0;
    for (int number = 1; number <= count; ++number) {
        qsizetype end = text.indexOf(QLatin1Char('\n'), begin);
        end = end < 0 ? text.size() : end;
        const QString line = text.mid(begin, end - begin);
        begin = end + 1;
        const CodeLine scanned = scanLine(m_text.language, line, state);
        state = scanned.next;
        QTextLayout layout(line, m_text.font, &printer());
        layout.setTextOption(option);
        QList<QTextLayout::FormatRange> formats;
        for (const CodeSpan& span : scanned.spans) {
            QTextCharFormat format;
            format.setForeground(codeColor(colors, span.kind));
            formats.push_back({span.begin, span.length, format});
        }
        layout.setFormats(formats);
        layout.beginLayout();
        for (QTextLine row = layout.createLine(); row.isValid(); row = layout.createLine()) {
            row.setLineWidth(paper.width() - left);
        }
        layout.endLayout();
        for (int row = 0; row < layout.lineCount(); ++row) {
            const QTextLine part = layout.lineAt(row);
            if (y + part.height() > bottom) {
                drawFooter();
                if (isStopped()) {
                    return {};
                }
                emit progressed(number, count);
                if (const QString problem = newPage(); !problem.isEmpty()) {
                    return problem;
                }
                ++page;
                y = 0;
            }
            if (row == 0) {
                painter().setPen(codeColor(colors, CodeKind::Comment));
                painter().drawText(QRectF(0, y, numbers, part.height()), Qt::AlignRight, QString::number(number));
            }
            painter().setPen(Qt::black);
            part.draw(&painter(), QPointF(left, y) - part.position());
            y += part.height();
        }
    }
    drawFooter();
    emit progressed(count, count);
    return {};
}

}  // namespace lectern::ui
