#pragma once
// A document onto a printer, without holding up the window: the thread of a job draws and compresses the pages.

#include <QObject>
#include <QPainter>
#include <QPrinter>
#include <QThreadPool>
#include <atomic>
#include <functional>
#include <memory>

#include "app/document_worker/document_client.h"
#include "ui/reader/code_highlighter.h"

namespace lectern::ui {

/// GUI thread; what is protected and says so runs on the job's thread, where printer and painter belong from start()
/// on.
class PrintJob : public QObject {
    Q_OBJECT

  public:
    explicit PrintJob(std::unique_ptr<QPrinter> printer, QObject* parent = nullptr);
    ~PrintJob() override;

    virtual void start() = 0;
    /// What has been sent is not taken back; finished() follows.
    virtual void cancel();

  signals:
    /// In pages or lines.
    void progressed(int done, int count);
    /// Once, at the end. `problem`: why it stopped early, else empty.
    void finished(const QString& problem);

  protected:
    /// Runs `work` on the job's thread, after what was given there before, and then `then` here with the sentence that
    /// `work` returned: what went wrong, or nothing.
    void inBackground(const std::function<QString()>& work, const std::function<void(const QString& problem)>& then);
    /// Closes the printer and says finished().
    void end(const QString& problem);
    bool isStopped() const { return m_stop; }
    /// For destructors: nothing of the job is used from now on by its thread.
    void stopAndWait();

    QString begin();    ///< job's thread
    QString newPage();  ///< job's thread
    QPrinter& printer() { return *m_printer; }
    QPainter& painter() { return m_painter; }

  private:
    std::unique_ptr<QPrinter> m_printer;
    QPainter m_painter;
    std::atomic<bool> m_stop = false;
    bool m_isEnding = false;
    QThreadPool m_thread;
};

/// Pages of a PDF, drawn one after the other by the document worker, which `client` outlives.
class PdfPrintJob : public PrintJob {
    Q_OBJECT

  public:
    /// `firstPage` to `lastPage`, from 0, both included; `quarterTurns` is the reader's rotation.
    PdfPrintJob(app::DocumentClient* client, std::unique_ptr<QPrinter> printer, int firstPage, int lastPage,
                int quarterTurns, QObject* parent = nullptr);
    ~PdfPrintJob() override;

    void start() override;
    void cancel() override;

  private:
    void next();
    QString draw(const QImage& image, bool isFirst);

    app::DocumentClient* m_client;
    int m_firstPage;
    int m_lastPage;
    int m_page;
    int m_quarterTurns;
    app::JobId m_job = 0;
};

/// Text with numbered lines in the colours of its language.
class TextPrintJob : public PrintJob {
    Q_OBJECT

  public:
    struct Text {
        QString title;  ///< stands below each page
        std::shared_ptr<const std::string> text;
        CodeLanguage language = CodeLanguage::None;
        QFont font;
    };
    TextPrintJob(Text text, std::unique_ptr<QPrinter> printer, QObject* parent = nullptr);
    ~TextPrintJob() override;

    void start() override;

  private:
    QString drawAll();

    Text m_text;
};

}  // namespace lectern::ui
