#include "ui/ask/conversation_tools.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSaveFile>
#include <QStandardPaths>
#include <algorithm>

#include "ui/ask/answer_search.h"
#include "ui/ask/ask_panel.h"
#include "ui/ask/context_inspector.h"
#include "ui/ask/together_dialog.h"
#include "ui/shell/main_actions.h"

namespace lectern::ui {
namespace {

constexpr int kNameCharacters = 60;

Result<void> writeFile(const QString& path, const std::string& text) {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) ||
        file.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size()) ||
        !file.commit()) {
        return Error{ErrorCode::Io,
                     ConversationTools::tr("%1 cannot be written: %2.").arg(path, file.errorString()).toStdString()};
    }
    return {};
}

}  // namespace

ConversationTools::ConversationTools(LibraryWorker& library, const MainActions& actions, OpenDocuments* documents,
                                     Navigator* navigator, AskController* asks, AskPanel* panel, QWidget* window)
    : QObject(window),
      m_library(library),
      m_documents(documents),
      m_navigator(navigator),
      m_asks(asks),
      m_window(window),
      m_folder(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)) {
    connect(actions.exportConversation, &QAction::triggered, this, &ConversationTools::chooseExport);
    connect(panel, &AskPanel::exportRequested, this, &ConversationTools::chooseExport);
    QAction* inspect = actions.inspectContext;
    connect(actions.askTogether, &QAction::triggered, this, &ConversationTools::chooseTogether);
    connect(inspect, &QAction::triggered, this, &ConversationTools::inspect);
    const auto enable = [this, inspect] {
        inspect->setEnabled(m_asks->current() != nullptr && m_asks->current()->reading().context() != nullptr);
    };
    connect(asks, &AskController::activityChanged, this, enable);
    connect(asks, &AskController::currentChanged, this, enable);
    enable();
    connect(actions.searchAnswers, &QAction::triggered, this, &ConversationTools::search);
    connect(panel, &AskPanel::searchRequested, this, &ConversationTools::search);
}

app::ConversationId ConversationTools::current() const {
    const DocumentAsk* ask = m_asks->current();
    return ask == nullptr || ask->conversations() == nullptr ? 0 : ask->conversations()->current();
}

void ConversationTools::chooseExport() {
    if (current() == 0) {
        emit said(tr("There is no conversation to export yet."));
        return;
    }
    QString name = m_asks->current()->turns().empty() ? QString() : m_asks->current()->turns().front().question;
    static const QRegularExpression unfit(QStringLiteral("[^\\w .-]"), QRegularExpression::UseUnicodePropertiesOption);
    name = name.remove(unfit).simplified().left(kNameCharacters);
    auto* dialog = new QFileDialog(m_window, tr("Export conversation"), m_folder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Markdown (*.md)"), tr("Web page (*.html)")});
    dialog->setDefaultSuffix(QStringLiteral("md"));
    dialog->selectFile(name.isEmpty() ? tr("conversation") : name);
    connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& filter) {
        dialog->setDefaultSuffix(filter.contains(QLatin1String("*.html")) ? QStringLiteral("html")
                                                                          : QStringLiteral("md"));
    });
    connect(dialog, &QFileDialog::fileSelected, this, &ConversationTools::exportTo);
    dialog->open();
}

void ConversationTools::exportTo(const QString& path) {
    m_folder = QFileInfo(path).absolutePath();
    const bool html = path.endsWith(QLatin1String(".html"), Qt::CaseInsensitive) ||
                      path.endsWith(QLatin1String(".htm"), Qt::CaseInsensitive);
    m_library.run(
        this,
        [path, html, conversation = current()](app::Library& library) -> Result<void> {
            LECTERN_ASSIGN(const std::string text,
                           app::exportConversation(library, conversation,
                                                   html ? app::ExportFormat::Html : app::ExportFormat::Markdown));
            return writeFile(path, text);
        },
        [this, path](const Result<void>& written) {
            emit said(written ? tr("The conversation was written to %1.").arg(path)
                              : QString::fromStdString(written.error().message));
        });
}

void ConversationTools::search() {
    auto* search = new AnswerSearch(m_library, m_window);
    connect(search, &AnswerSearch::chosen, this, &ConversationTools::show);
    search->open();
}

void ConversationTools::chooseTogether() {
    DocumentAsk* ask = m_asks->current();
    if (ask == nullptr || ask->isAnswering() || ask->reading().session().documentId() == 0) {
        return;
    }
    auto* dialog =
        new TogetherDialog(m_library, ask->reading().session().documentId(), ask->reading().together(), m_window);
    connect(dialog, &QDialog::accepted, ask, [ask, dialog] {
        // Another set of documents is another conversation.
        if (dialog->chosen() != ask->reading().together() && ask->conversations() != nullptr) {
            ask->conversations()->startNew();
        }
        ask->reading().setTogether(dialog->chosen());
    });
    dialog->open();
}

void ConversationTools::inspect() {
    const DocumentAsk* ask = m_asks->current();
    ReaderTab* tab = m_documents->current();
    if (ask == nullptr || tab == nullptr || ask->reading().context() == nullptr) {
        return;
    }
    auto* inspector = new ContextInspector(
        ask->reading().context(), ask->reading().budget(), tab->session().title(),
        [tab](int page) { return tab->view() == nullptr ? QString() : tab->view()->pageLabel(page); }, m_window);
    connect(inspector, &ContextInspector::pageActivated, tab,
            [this, tab](int page) { m_navigator->goTo(tab, {.page = page}); });
    inspector->open();
}

void ConversationTools::show(app::ConversationId conversation, app::MessageId message) {
    m_library.run(
        this,
        [conversation](app::Library& library) -> Result<app::DocumentRecord> {
            LECTERN_ASSIGN(const std::vector<app::ConversationRecord> all, library.conversations());
            const auto found = std::find_if(
                all.begin(), all.end(), [=](const app::ConversationRecord& each) { return each.id == conversation; });
            if (found == all.end() || found->documents.empty()) {
                return Error{ErrorCode::NotFound, "The document of this conversation is no longer in the library."};
            }
            return library.document(found->documents.front());
        },
        [this, conversation, message](const Result<app::DocumentRecord>& record) {
            if (!record) {
                emit said(QString::fromStdString(record.error().message));
                return;
            }
            ReaderTab* tab = m_documents->tabOf(record->id);
            if (tab != nullptr) {
                m_documents->setCurrentWidget(tab);
            } else {
                tab = m_documents->open(QString::fromStdString(record->header.sourcePath));
            }
            emit conversationShown();
            m_asks->of(tab)->showConversation(conversation, message);
        });
}

}  // namespace lectern::ui
