#pragma once
// The Thumbnails dock: small pages of the document in front.

#include <QStackedWidget>
#include <memory>

#include "ui/documents/navigator.h"

class QLabel;
class QListView;

namespace lectern::ui {

class ThumbnailModel;

class ThumbnailsPanel : public QStackedWidget {
    Q_OBJECT

  public:
    ThumbnailsPanel(OpenDocuments* documents, Navigator* navigator, QWidget* parent = nullptr);
    ~ThumbnailsPanel() override;
    QListView* list() const { return m_list; }

  private:
    void setTab(ReaderTab* tab);
    void makeModel();
    void followPage(int page);

    Navigator* m_navigator;
    ReaderTab* m_tab = nullptr;
    QLabel* m_empty;
    QListView* m_list;
    std::unique_ptr<ThumbnailModel> m_model;
    std::vector<QMetaObject::Connection> m_links;
};

}  // namespace lectern::ui
