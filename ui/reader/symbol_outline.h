#pragma once
// A document's table of contents with the functions and classes of the source files that were looked at.

#include <QObject>
#include <QThreadPool>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/ingest/document.h"

namespace lectern::ui {

/// GUI thread; files are looked through on a thread of its own, each once, when it is shown. Documents that are no
/// source text keep their contents as they are.
class SymbolOutline : public QObject {
    Q_OBJECT

  public:
    using Pages = std::shared_ptr<const std::vector<app::DocumentPage>>;

    explicit SymbolOutline(QObject* parent = nullptr);
    ~SymbolOutline() override;

    /// Another document, or another version of it. `fileName` names a document of one file.
    void setDocument(Pages pages, app::DocumentKind kind, const QString& fileName,
                     std::vector<app::OutlineEntry> contents);
    void showPage(int page);
    const std::vector<app::OutlineEntry>& outline() const { return m_outline; }
    /// Why the file shown has no list of its symbols, one sentence; empty where there is nothing to say.
    QString hint() const { return m_hint; }

  signals:
    /// outline() or hint() is another.
    void changed();

  private:
    QString nameOf(int page) const;
    void take(int page, std::vector<app::OutlineEntry> symbols);
    void setHint(const QString& sentence);

    Pages m_pages;
    app::DocumentKind m_kind = app::DocumentKind::Text;
    QString m_fileName;
    std::vector<app::OutlineEntry> m_contents;
    std::map<int, std::vector<app::OutlineEntry>> m_symbols;  ///< of the files looked at; null entries: under way
    std::vector<app::OutlineEntry> m_outline;
    QString m_hint;
    uint64_t m_document = 0;  ///< counts them: answers about others are dropped
    std::stop_source m_stop;
    QThreadPool m_pool;
};

}  // namespace lectern::ui
