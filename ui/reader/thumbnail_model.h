#pragma once
// Small pictures of a PDF's pages, asked for as a view needs them.

#include <QAbstractListModel>
#include <QCache>
#include <QHash>
#include <QPixmap>

#include "app/document_worker/document_client.h"

namespace lectern::ui {

/// One row per page. At most kMaxPictures pictures are kept, and kMaxJobs asked for: the oldest wishes of a view that
/// scrolled on are taken back. GUI thread; the client outlives the model.
class ThumbnailModel : public QAbstractListModel {
    Q_OBJECT

  public:
    static constexpr int kMaxPictures = 300;
    static constexpr int kMaxJobs = 24;
    using LabelOfPage = std::function<QString(int)>;

    ThumbnailModel(app::DocumentClient* client, int pageCount, LabelOfPage label, QSize size, double pixelRatio,
                   QObject* parent = nullptr);
    ~ThumbnailModel() override;

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    void want(int page) const;

    app::DocumentClient* m_client;
    int m_pageCount;
    LabelOfPage m_label;
    QSize m_size;
    double m_pixelRatio;
    QPixmap m_blank;
    mutable QCache<int, QPixmap> m_pictures{kMaxPictures};
    mutable QHash<app::JobId, int> m_jobs;
    mutable QList<app::JobId> m_order;  ///< oldest first
};

}  // namespace lectern::ui
