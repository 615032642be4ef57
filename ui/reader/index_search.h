#pragma once
// Text found in the library, by its full-text index or literally, with the places it is printed at.

#include <QObject>
#include <QThreadPool>
#include <filesystem>
#include <stop_token>

#include "app/library/library.h"
#include "ui/reader/document_view.h"

namespace lectern::ui {

/// GUI thread; reads through library handles of its own, so that nothing waits behind a search.
class IndexSearch : public QObject {
    Q_OBJECT

  public:
    explicit IndexSearch(std::filesystem::path libraryDirectory, QObject* parent = nullptr);
    ~IndexSearch() override;

    /// Hits come page by page in document order; a search before this one gives none any more.
    void start(const app::TextQuery& query, bool isPdf);
    void stop();

  signals:
    void found(const QVector<lectern::ui::ReaderHit>& hits);
    /// `problem` is empty where all went well.
    void finished(const QString& problem);

  private:
    std::filesystem::path m_directory;
    QThreadPool m_pool;
    std::stop_source m_stop;
    uint64_t m_search = 0;
};

}  // namespace lectern::ui
