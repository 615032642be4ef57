#include "ui/reader/thumbnail_model.h"

#include <algorithm>

namespace lectern::ui {

ThumbnailModel::ThumbnailModel(app::DocumentClient* client, int pageCount, LabelOfPage label, QSize size,
                               double pixelRatio, QObject* parent)
    : QAbstractListModel(parent),
      m_client(client),
      m_pageCount(pageCount),
      m_label(std::move(label)),
      m_size(size),
      m_pixelRatio(pixelRatio),
      m_blank(size * pixelRatio) {
    m_blank.setDevicePixelRatio(pixelRatio);
    m_blank.fill(Qt::white);
    connect(client, &app::DocumentClient::rendered, this, [this](app::JobId job, const app::RenderedRegion& region) {
        const auto found = m_jobs.constFind(job);
        if (found == m_jobs.constEnd()) {
            return;
        }
        const int page = *found;
        m_jobs.erase(found);
        m_order.removeOne(job);
        auto* picture = new QPixmap(QPixmap::fromImage(region.image));
        picture->setDevicePixelRatio(m_pixelRatio);
        m_pictures.insert(page, picture);
        emit dataChanged(index(page), index(page), {Qt::DecorationRole});
    });
    connect(client, &app::DocumentClient::failed, this, [this](app::JobId job) {
        if (const auto found = m_jobs.constFind(job); found != m_jobs.constEnd()) {
            m_pictures.insert(*found, new QPixmap(m_blank));  // the reader says why
            m_jobs.erase(found);
            m_order.removeOne(job);
        }
    });
}

ThumbnailModel::~ThumbnailModel() {
    for (const app::JobId job : m_order) {
        m_client->cancel(job);
    }
}

int ThumbnailModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_pageCount;
}

QVariant ThumbnailModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    switch (role) {
        case Qt::DisplayRole:
            return m_label(index.row());
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return tr("Page %1 of %2").arg(m_label(index.row())).arg(m_pageCount);
        case Qt::DecorationRole:
            if (const QPixmap* picture = m_pictures.object(index.row())) {
                return *picture;
            }
            want(index.row());
            return m_blank;
        default:
            return {};
    }
}

void ThumbnailModel::want(int page) const {
    if (std::find(m_jobs.begin(), m_jobs.end(), page) != m_jobs.end()) {
        return;
    }
    while (m_order.size() >= kMaxJobs) {
        const app::JobId oldest = m_order.takeFirst();
        m_client->cancel(oldest);
        m_jobs.remove(oldest);
    }
    const app::PageSize first = m_client->info().firstPageSize;
    app::RenderRequest request;
    request.page = page;
    request.pixelsPerPoint = m_pixelRatio * std::min(m_size.width() / std::max(first.widthPoints, 1.0),
                                                     m_size.height() / std::max(first.heightPoints, 1.0));
    const app::JobId job = m_client->requestRender(request, app::JobPriority::Thumbnail);
    m_jobs.insert(job, page);
    m_order.push_back(job);
}

}  // namespace lectern::ui
