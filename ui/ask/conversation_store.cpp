#include "ui/ask/conversation_store.h"

#include <algorithm>

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

void ConversationStore::need(const QString& question, const std::vector<app::DocumentId>& documents,
                             std::function<void(Result<app::ConversationId>)> then) {
    if (m_current != 0) {
        then(m_current);
        return;
    }
    const std::string title = question.simplified().left(kTitleCharacters).toStdString();
    m_library.run(
        this, [title, documents](app::Library& library) { return library.createConversation(title, documents); },
        [this, then = std::move(then)](const Result<app::ConversationRecord>& record) {
            if (!record) {
                then(record.error());
                return;
            }
            m_current = record->id;
            m_records.insert(m_records.begin(), *record);
            emit listChanged();
            then(record->id);
        });
}

}  // namespace lectern::ui
