#pragma once
// What is done with conversations besides asking: export to a file, search through all of them.

#include <QObject>

#include "app/ask/export.h"
#include "ui/ask/ask_controller.h"
#include "ui/documents/navigator.h"

class QAction;

namespace lectern::ui {

class AnswerSearch;
struct MainActions;

/// GUI thread.
class ConversationTools : public QObject {
    Q_OBJECT

  public:
    ConversationTools(LibraryWorker& library, const MainActions& actions, OpenDocuments* documents,
                      Navigator* navigator, AskController* asks, AskPanel* panel, QWidget* window);

    /// Asks for a file and writes the conversation of the document in front.
    void chooseExport();
    /// Markdown, or HTML where the name ends in .html; said() follows.
    void exportTo(const QString& path);
    void search();
    /// Shows what is in the context of the document in front.
    void inspect();
    /// Chooses other documents to be asked together with the one in front.
    void chooseTogether();
    void show(app::ConversationId conversation, app::MessageId message);

  signals:
    /// One sentence for the status bar.
    void said(const QString& sentence);
    /// The conversation is shown: its dock should be seen.
    void conversationShown();

  private:
    app::ConversationId current() const;

    LibraryWorker& m_library;
    OpenDocuments* m_documents;
    Navigator* m_navigator;
    AskController* m_asks;
    QWidget* m_window;
    QString m_folder;
};

}  // namespace lectern::ui
