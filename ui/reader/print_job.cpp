#include "ui/reader/print_job.h"

#include <algorithm>
#include <utility>

namespace lectern::ui {
namespace {

/// Sharp enough for print of ten points, small enough for one picture of the worker.
constexpr double kDotsPerInch = 220;

}  // namespace

PrintJob::PrintJob(std::unique_ptr<QPrinter> printer, QObject* parent)
    : QObject(parent), m_printer(std::move(printer)) {
    m_thread.setMaxThreadCount(1);
}

PrintJob::~PrintJob() {
    stopAndWait();
}

void PrintJob::stopAndWait() {
    m_stop = true;
    m_thread.waitForDone();
}

void PrintJob::cancel() {
    m_stop = true;
    end(tr("Printing was cancelled."));
}

void PrintJob::inBackground(const std::function<QString()>& work,
                            const std::function<void(const QString& problem)>& then) {
    m_thread.start([this, work, then] {
        QMetaObject::invokeMethod(
            this, [problem = work(), then] { then(problem); }, Qt::QueuedConnection);
    });
}

QString PrintJob::begin() {
    return m_painter.begin(m_printer.get()) ? QString() : tr("The printer or file cannot be written to.");
}

QString PrintJob::newPage() {
    return m_printer->newPage() ? QString() : tr("The printer took no further page.");
}

void PrintJob::end(const QString& problem) {
    if (std::exchange(m_isEnding, true)) {
        return;
    }
    // Closing writes what is left, which may be much.
    inBackground(
        [this] {
            if (m_painter.isActive()) {
                m_painter.end();
            }
            return QString();
        },
        [this, problem](const QString&) { emit finished(problem); });
}

PdfPrintJob::PdfPrintJob(app::DocumentClient* client, std::unique_ptr<QPrinter> printer, int firstPage, int lastPage,
                         int quarterTurns, QObject* parent)
    : PrintJob(std::move(printer), parent),
      m_client(client),
      m_firstPage(firstPage),
      m_lastPage(lastPage),
      m_page(firstPage),
      m_quarterTurns(((quarterTurns % 4) + 4) % 4) {
    connect(client, &app::DocumentClient::rendered, this, [this](app::JobId job, const app::RenderedRegion& region) {
        if (job != m_job || job == 0) {
            return;
        }
        m_job = 0;
        inBackground([this, image = region.image, isFirst = m_page == m_firstPage] { return draw(image, isFirst); },
                     [this](const QString& problem) {
                         if (isStopped()) {
                             return;
                         }
                         if (!problem.isEmpty()) {
                             end(problem);
                             return;
                         }
                         ++m_page;
                         next();
                     });
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_job && job != 0) {
            m_job = 0;
            end(tr("Printing stopped at page %1: %2").arg(m_page + 1).arg(QString::fromStdString(error.message)));
        }
    });
    connect(client, &QObject::destroyed, this, [this] { m_client = nullptr; });
}

PdfPrintJob::~PdfPrintJob() {
    if (m_client != nullptr && m_job != 0) {
        m_client->cancel(m_job);
    }
    stopAndWait();
}

void PdfPrintJob::start() {
    inBackground([this] { return begin(); },
                 [this](const QString& problem) {
                     if (!problem.isEmpty()) {
                         end(problem);
                     } else if (!isStopped()) {
                         next();
                     }
                 });
}

void PdfPrintJob::cancel() {
    if (m_job != 0 && m_client != nullptr) {
        m_client->cancel(std::exchange(m_job, 0));
    }
    PrintJob::cancel();
}

void PdfPrintJob::next() {
    emit progressed(m_page - m_firstPage, m_lastPage - m_firstPage + 1);
    if (m_page > m_lastPage || m_client == nullptr) {
        end({});
        return;
    }
    app::RenderRequest request;
    request.page = m_page;
    request.pixelsPerPoint = kDotsPerInch / 72.0;
    request.quarterTurns = m_quarterTurns;
    m_job = m_client->requestRender(request, app::JobPriority::Background);
}

QString PdfPrintJob::draw(const QImage& image, bool isFirst) {
    if (const QString problem = isFirst ? QString() : newPage(); !problem.isEmpty()) {
        return problem;
    }
    const QRect paper = printer().pageLayout().paintRectPixels(printer().resolution());
    const QSize size = image.size().scaled(paper.size(), Qt::KeepAspectRatio);
    const QPoint corner((paper.width() - size.width()) / 2, (paper.height() - size.height()) / 2);
    painter().setRenderHint(QPainter::SmoothPixmapTransform);
    painter().drawImage(QRect(corner, size), image);
    return {};
}

}  // namespace lectern::ui
