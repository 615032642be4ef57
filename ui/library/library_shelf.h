#pragma once
// The library's documents, kept up to date: what panel and start page share.

#include <QObject>
#include <QTimer>

#include "ui/library/library_model.h"
#include "ui/services/services.h"

namespace lectern::ui {

/// Owns the model. Reads the library on its own thread whenever something may have changed; a burst of changes is one
/// reading. GUI thread.
class LibraryShelf : public QObject {
    Q_OBJECT

  public:
    explicit LibraryShelf(Services& services, QObject* parent = nullptr);

    LibraryModel* model() { return &m_model; }
    bool isLoaded() const { return m_loaded; }
    /// Reads the library soon.
    void refresh();
    /// The document leaves the library with its conversations and saved contexts; its file stays where it is.
    void remove(app::DocumentId document);
    void forgetSavedContext(app::DocumentId document);

  signals:
    void loaded();
    void removed(qlonglong document);
    void contextForgotten(qlonglong document, qlonglong freedBytes);
    void failed(const QString& sentence);

  private:
    void load();

    Services& m_services;
    LibraryModel m_model;
    QHash<quint64, QString> m_jobs;  ///< ingest jobs being read, with their paths
    QTimer m_timer;
    bool m_loaded = false;
};

}  // namespace lectern::ui
