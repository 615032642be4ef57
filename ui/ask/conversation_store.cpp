#include "ui/ask/conversation_store.h"

#include <algorithm>
#include <optional>

namespace lectern::ui {
namespace {

constexpr int kTitleCharacters = 80;

Result<Turns> loadTurns(app::Library& library, app::ConversationId conversation) {
    LECTERN_ASSIGN(const std::vector<app::MessageRecord> messages, library.messages(conversation));
    std::vector<std::vector<app::Citation>> citations;
    for (const app::MessageRecord& message : messages) {
        LECTERN_ASSIGN(std::vector<app::Citation> found, library.citations(message.id));
        citations.push_back(std::move(found));
    }
    return turnsOf(messages, citations);
}

}  // namespace

ConversationStore::ConversationStore(LibraryWorker& library, app::DocumentId document, QObject* parent)
    : QObject(parent), m_library(library), m_document(document) {}

int ConversationStore::currentIndex() const {
    const auto found = std::find_if(m_records.begin(), m_records.end(),
                                    [this](const app::ConversationRecord& each) { return each.id == m_current; });
    return found == m_records.end() ? -1 : static_cast<int>(found - m_records.begin());
}

void ConversationStore::refresh(bool openNewest) {
    m_library.run(
        this, [document = m_document](app::Library& library) { return library.conversationsOf(document); },
        [this, openNewest](const Result<std::vector<app::ConversationRecord>>& records) {
            if (!records) {
                emit troubled(QString::fromStdString(records.error().message));
                return;
            }
            m_records = *records;
            emit listChanged();
            if (openNewest && !m_records.empty() && m_current == 0) {
                open(0);
            }
        });
}

void ConversationStore::open(int index) {
    if (index < 0 || index >= static_cast<int>(m_records.size())) {
        return;
    }
    openConversation(m_records[static_cast<size_t>(index)].id);
}

void ConversationStore::openConversation(app::ConversationId conversation) {
    m_current = conversation;
    emit listChanged();
    m_library.run(
        this, [id = m_current](app::Library& library) { return loadTurns(library, id); },
        [this, id = m_current](const Result<Turns>& turns) {
            if (!turns) {
                emit troubled(QString::fromStdString(turns.error().message));
            } else if (id == m_current) {
                emit loaded(*turns);
            }
        });
}

std::vector<app::DocumentId> ConversationStore::documents() const {
    const int index = currentIndex();
    return index < 0 ? std::vector<app::DocumentId>() : m_records[static_cast<size_t>(index)].documents;
}

void ConversationStore::startNew() {
    m_current = 0;
    emit listChanged();
    emit loaded({});
}

void ConversationStore::accept(const QString& question, const std::vector<app::DocumentId>& documents,
                               std::function<void(Result<Accepted>)> then) {
    using Stored = std::pair<std::optional<app::ConversationRecord>, Accepted>;
    m_library.run(
        this,
        [text = question.toStdString(), title = question.simplified().left(kTitleCharacters).toStdString(), documents,
         current = m_current](app::Library& library) -> Result<Stored> {
            Stored stored;
            stored.second.conversation = current;
            if (current == 0) {
                LECTERN_ASSIGN(stored.first, library.createConversation(title, documents));
                stored.second.conversation = stored.first->id;
            }
            app::MessageRecord message;
            message.conversation = stored.second.conversation;
            message.text = text;
            Result<app::MessageRecord> added = library.addMessage(message, {});
            if (!added && stored.first) {
                // No empty conversation is left behind where there is no room for its question.
                static_cast<void>(library.removeConversation(stored.first->id).ok());
            }
            LECTERN_ASSIGN(message, std::move(added));
            stored.second.question = message.id;
            return stored;
        },
        [this, then = std::move(then)](const Result<Stored>& stored) {
            if (!stored) {
                then(stored.error());
                return;
            }
            if (stored->first) {
                m_current = stored->first->id;
                m_records.insert(m_records.begin(), *stored->first);
                emit listChanged();
            }
            then(stored->second);
        });
}

}  // namespace lectern::ui
