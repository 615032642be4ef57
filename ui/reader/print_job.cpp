#include "ui/reader/print_job.h"

#include <algorithm>
#include <utility>

namespace lectern::ui {
namespace {

/// Sharp enough for print of ten points, small enough for one picture of the worker.
constexpr double kDotsPerInch = 220;

}  // namespace

PrintJob::PrintJob(app::DocumentClient* client, std::unique_ptr<QPrinter> printer, int firstPage, int lastPage,
                   int quarterTurns, QObject* parent)
    : QObject(parent),
      m_client(client),
      m_printer(std::move(printer)),
      m_firstPage(firstPage),
      m_lastPage(lastPage),
      m_page(firstPage),
      m_quarterTurns(((quarterTurns % 4) + 4) % 4) {
    connect(client, &app::DocumentClient::rendered, this, [this](app::JobId job, const app::RenderedRegion& region) {
        if (job == m_job && job != 0) {
            m_job = 0;
            draw(region.image);
        }
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job, const Error& error) {
        if (job == m_job && job != 0) {
            m_job = 0;
            end(tr("Printing stopped at page %1: %2").arg(m_page + 1).arg(QString::fromStdString(error.message)));
        }
    });
    connect(client, &QObject::destroyed, this, [this] { m_client = nullptr; });
}

PrintJob::~PrintJob() {
    if (m_client != nullptr && m_job != 0) {
        m_client->cancel(m_job);
    }
}

void PrintJob::start() {
    m_painter = std::make_unique<QPainter>();
    if (!m_painter->begin(m_printer.get())) {
        end(tr("The printer or file cannot be written to."));
        return;
    }
    next();
}

void PrintJob::cancel() {
    if (m_job != 0 && m_client != nullptr) {
        m_client->cancel(std::exchange(m_job, 0));
    }
    end({});
}

void PrintJob::next() {
    emit progressed(m_page - m_firstPage, m_lastPage - m_firstPage + 1);
    if (m_page > m_lastPage) {
        end({});
        return;
    }
    app::RenderRequest request;
    request.page = m_page;
    request.pixelsPerPoint = kDotsPerInch / 72.0;
    request.quarterTurns = m_quarterTurns;
    m_job = m_client->requestRender(request, app::JobPriority::Background);
}

void PrintJob::draw(const QImage& image) {
    if (m_painter == nullptr) {
        return;
    }
    if (m_page > m_firstPage && !m_printer->newPage()) {
        end(tr("The printer took no further page."));
        return;
    }
    const QRect paper = m_printer->pageLayout().paintRectPixels(m_printer->resolution());
    const QSize size = image.size().scaled(paper.size(), Qt::KeepAspectRatio);
    const QPoint corner((paper.width() - size.width()) / 2, (paper.height() - size.height()) / 2);
    m_painter->setRenderHint(QPainter::SmoothPixmapTransform);
    m_painter->drawImage(QRect(corner, size), image);
    ++m_page;
    next();
}

void PrintJob::end(const QString& problem) {
    if (m_painter != nullptr) {
        m_painter->end();
        m_painter.reset();
    }
    emit finished(problem);
}

}  // namespace lectern::ui
