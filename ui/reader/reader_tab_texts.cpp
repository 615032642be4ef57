// What a tab shows of texts, of text in pictures, and of links that lead out.
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QUrl>
#include <utility>

#include "ui/reader/message_bar.h"
#include "ui/reader/pdf_view.h"
#include "ui/reader/reader_tab.h"

namespace lectern::ui {

void ReaderTab::showText() {
    auto* text = qobject_cast<TextView*>(m_view);
    if (text == nullptr) {
        text = new TextView;
        showView(text);
    }
    text->showPages(m_session->textPages(), m_session->fileName());
    text->setLinks(
        new TextLinkStore(m_session->textPages(), m_session->record()->header.kind, m_session->path(), text));
    applySettings();
    const bool remember = m_services.settings.boolean(QStringLiteral("reading/remember_position"));
    if (remember && m_session->record() && !m_session->record()->viewState.empty()) {
        text->restoreViewState(QString::fromStdString(m_session->record()->viewState));
    }
    if (m_pendingPlace) {
        goTo(*std::exchange(m_pendingPlace, std::nullopt));
    }
    emit titleChanged();
    emit viewReady();
}

/// Pages that are pictures have the text that OCR found, which the library keeps.
void ReaderTab::useStoredPages() {
    auto* pdf = qobject_cast<PdfView*>(m_view);
    const app::DocumentId document = m_session->documentId();
    if (pdf == nullptr || document == 0) {
        return;
    }
    pdf->setStoredPages([this, document](int page, std::function<void(std::optional<app::DocumentPage>)> then) {
        m_services.library.run(
            m_view, [document, page](app::Library& library) { return library.page(document, page); },
            [then = std::move(then)](const Result<app::DocumentPage>& stored) {
                then(stored ? std::optional(*stored) : std::nullopt);
            });
    });
}

void ReaderTab::showOutsideLink(const QString& address) {
    const QUrl url(address, QUrl::StrictMode);
    const bool isWeb =
        url.isValid() && (url.scheme() == QLatin1String("https") || url.scheme() == QLatin1String("http"));
    m_messages->say(tr("This link leads out of the document: %1").arg(address), tr("Copy link"),
                    [address] { QGuiApplication::clipboard()->setText(address); });
    if (isWeb) {
        m_messages->offer(tr("Open in the web browser"), [url] { QDesktopServices::openUrl(url); });
    }
}

}  // namespace lectern::ui
