#pragma once
// A PDF page by page onto a printer, without holding up the window.

#include <QObject>
#include <QPainter>
#include <QPrinter>
#include <memory>

#include "app/document_worker/document_client.h"

namespace lectern::ui {

/// Pages are drawn one after the other by the document worker, which `client` outlives. GUI thread.
class PrintJob : public QObject {
    Q_OBJECT

  public:
    /// `firstPage` to `lastPage`, from 0, both included; `quarterTurns` is the reader's rotation.
    PrintJob(app::DocumentClient* client, std::unique_ptr<QPrinter> printer, int firstPage, int lastPage,
             int quarterTurns, QObject* parent = nullptr);
    ~PrintJob() override;

    void start();
    /// What has been sent is not taken back; finished() follows.
    void cancel();

  signals:
    void progressed(int pagesDone, int pageCount);
    /// Once, at the end. `problem`: why it stopped early, else empty.
    void finished(const QString& problem);

  private:
    void next();
    void draw(const QImage& image);
    void end(const QString& problem);

    app::DocumentClient* m_client;
    std::unique_ptr<QPrinter> m_printer;
    std::unique_ptr<QPainter> m_painter;
    int m_firstPage;
    int m_lastPage;
    int m_page;
    int m_quarterTurns;
    app::JobId m_job = 0;
};

}  // namespace lectern::ui
