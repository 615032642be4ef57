#pragma once
// Carries the window's reading actions to the document in front, and shows its page and zoom in the tool bar.

#include <QObject>

#include "ui/documents/navigator.h"
#include "ui/shell/main_actions.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QToolBar;

namespace lectern::ui {

/// GUI thread.
class ReaderCommands : public QObject {
    Q_OBJECT

  public:
    ReaderCommands(app::Settings& settings, MainActions& actions, OpenDocuments* documents, Navigator* navigator,
                   QObject* parent = nullptr);
    /// Fills a tool bar with history, page, zoom and find.
    void fill(QToolBar* bar);
    QLineEdit* pageField() const { return m_page; }

  private:
    void connectActions();
    void setTab(ReaderTab* tab);
    QAction* flowAction(PageFlow flow) const;
    void setFlow(PageFlow flow);
    void turn(int pages);
    void goToTyped();
    void update();

    app::Settings& m_settings;
    MainActions& m_actions;
    OpenDocuments* m_documents;
    Navigator* m_navigator;
    ReaderTab* m_tab = nullptr;
    QLineEdit* m_page;
    QLabel* m_pageCount;
    QList<QAction*> m_withDocument;  ///< places of fields in the tool bar, there only where they say something
    QLabel* m_zoom;
    std::vector<QMetaObject::Connection> m_links;
};

}  // namespace lectern::ui
