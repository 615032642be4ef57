#pragma once
// What Lectern keeps on disk, with a button to clear each.

#include <QWidget>

#include "app/library/storage_usage.h"
#include "ui/services/services.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace lectern::ui {

/// Measured on the library's thread when shown and after each clearing, which is confirmed first.
class StoragePage : public QWidget {
    Q_OBJECT

  public:
    explicit StoragePage(Services& services, QWidget* parent = nullptr);

    void measure();
    QPushButton* clearLibraryButton() const { return m_clearLibrary; }
    QPushButton* clearContextsButton() const { return m_clearContexts; }
    QPushButton* clearModelCacheButton() const { return m_clearModels; }
    const app::StorageUsage& usage() const { return m_usage; }

  signals:
    void measured();
    /// The library or its saved contexts are not what they were.
    void cleared();

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    struct Line {
        QLabel* size;
        QPushButton* clear;
    };
    Line addLine(const QString& title, const QString& sentence, bool clearable);
    void show(const app::StorageUsage& usage);
    void confirm(const QString& question, const QString& consequence, std::function<void()> then);
    void clear(std::function<Result<void>(app::Library&)> work);

    Services& m_services;
    app::StorageUsage m_usage;
    QGridLayout* m_grid;
    QLabel *m_librarySize, *m_contextsSize, *m_modelsSize, *m_trainingSize, *m_free;
    QPushButton *m_clearLibrary, *m_clearContexts, *m_clearModels;
};

}  // namespace lectern::ui
