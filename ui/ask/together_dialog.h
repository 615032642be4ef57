#pragma once
// Which other documents of the library are asked together with the one in front.

#include <QDialog>

#include "ui/services/library_worker.h"

class QListWidget;

namespace lectern::ui {

class TogetherDialog : public QDialog {
    Q_OBJECT

  public:
    TogetherDialog(LibraryWorker& library, app::DocumentId document, const std::vector<app::DocumentId>& chosen,
                   QWidget* parent = nullptr);

    QListWidget* list() const { return m_list; }
    std::vector<app::DocumentId> chosen() const;

  private:
    QListWidget* m_list;
};

}  // namespace lectern::ui
