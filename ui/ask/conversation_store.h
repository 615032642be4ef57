#pragma once
// The stored conversations about one document.

#include <QObject>
#include <functional>

#include "ui/ask/conversation.h"
#include "ui/services/library_worker.h"

namespace lectern::ui {

/// GUI thread; the library answers from its own.
class ConversationStore : public QObject {
    Q_OBJECT

  public:
    ConversationStore(LibraryWorker& library, app::DocumentId document, QObject* parent = nullptr);

    const std::vector<app::ConversationRecord>& records() const { return m_records; }
    app::ConversationId current() const { return m_current; }
    int currentIndex() const;

    /// listChanged() follows; with `openNewest` loaded() too.
    void refresh(bool openNewest);
    void open(int index);
    /// Documents of the current conversation; empty where it is new, or not listed yet.
    std::vector<app::DocumentId> documents() const;
    /// The same by its id; it need not be listed yet.
    void openConversation(app::ConversationId conversation);
    /// The next question begins another conversation.
    void startNew();
    /// A question as it is stored.
    struct Accepted {
        app::ConversationId conversation = 0;
        app::MessageId question = 0;
    };
    /// Stores a question before anything is done about it, so that it outlives whatever happens to the program. In the
    /// current conversation, or in a new one that is titled by it and about `documents`.
    void accept(const QString& question, const std::vector<app::DocumentId>& documents,
                std::function<void(Result<Accepted>)> then);

  signals:
    void listChanged();
    void loaded(const lectern::ui::Turns& turns);
    void troubled(const QString& sentence);

  private:
    LibraryWorker& m_library;
    app::DocumentId m_document;
    app::ConversationId m_current = 0;
    std::vector<app::ConversationRecord> m_records;
};

}  // namespace lectern::ui
