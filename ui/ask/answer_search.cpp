#include "ui/ask/answer_search.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QLocale>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kTypingMs = 150;
constexpr int kMaximumHits = 100;

}  // namespace

AnswerSearch::AnswerSearch(LibraryWorker& library, QWidget* parent)
    : QDialog(parent), m_library(library), m_field(new QLineEdit), m_list(new QListWidget), m_status(new QLabel) {
    setWindowTitle(tr("Search past questions and answers"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(560, 420);
    m_field->setPlaceholderText(tr("Words of a question or an answer"));
    m_field->setAccessibleName(tr("Words of a question or an answer"));
    m_field->setClearButtonEnabled(true);
    m_field->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_field->installEventFilter(this);
    m_list->setAccessibleName(tr("Questions and answers found"));
    m_list->setWordWrap(true);
    m_list->setAlternatingRowColors(true);
    m_list->setSpacing(1);
    m_status->setForegroundRole(QPalette::PlaceholderText);
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    layout->addWidget(m_status);
    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingMs);
    connect(&m_typing, &QTimer::timeout, this, &AnswerSearch::search);
    connect(m_field, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_list, &QListWidget::itemActivated, this, [this] { activate(m_list->currentRow()); });
    connect(m_list, &QListWidget::itemClicked, this, [this] { activate(m_list->currentRow()); });
}

bool AnswerSearch::eventFilter(QObject* object, QEvent* event) {
    if (object == m_field && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) {
            // The list follows the arrow keys while the words are typed.
            const int row = m_list->currentRow() + (key->key() == Qt::Key_Down ? 1 : -1);
            m_list->setCurrentRow(std::clamp(row, 0, std::max(0, m_list->count() - 1)));
            return true;
        }
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            activate(std::max(0, m_list->currentRow()));
            return true;
        }
    }
    return QDialog::eventFilter(object, event);
}

void AnswerSearch::search() {
    const QString words = m_field->text().trimmed();
    const uint64_t number = ++m_search;
    if (words.isEmpty()) {
        show({});
        m_status->clear();
        return;
    }
    m_library.run(
        this, [words](app::Library& library) { return library.searchMessages(words.toStdString(), kMaximumHits); },
        [this, number](const Result<std::vector<app::MessageHit>>& hits) {
            if (number != m_search) {
                return;
            }
            show(hits ? *hits : std::vector<app::MessageHit>());
            m_status->setText(!hits           ? QString::fromStdString(hits.error().message)
                              : hits->empty() ? tr("Nothing was asked or answered with these words.")
                                              : tr("Found: %1").arg(hits->size()));
        });
}

void AnswerSearch::show(const std::vector<app::MessageHit>& hits) {
    m_hits = hits;
    m_list->clear();
    for (const app::MessageHit& hit : hits) {
        const QString when = QLocale().toString(QDateTime::fromMSecsSinceEpoch(hit.createdAtMs), QLocale::ShortFormat);
        const QString kind = hit.role == app::MessageRole::Question ? tr("Question") : tr("Answer");
        auto* item = new QListWidgetItem(
            icon(QStringLiteral("ask")),
            QStringLiteral("%1\n%2").arg(QString::fromStdString(hit.snippet).simplified(),
                                         tr("%1 in \xe2\x80\x9c%2\xe2\x80\x9d, %3")
                                             .arg(kind, QString::fromStdString(hit.conversationTitle), when)));
        m_list->addItem(item);
    }
    if (!hits.empty()) {
        m_list->setCurrentRow(0);
    }
}

void AnswerSearch::activate(int row) {
    if (row >= 0 && row < static_cast<int>(m_hits.size())) {
        const app::MessageHit& hit = m_hits[static_cast<size_t>(row)];
        emit chosen(hit.conversation, hit.message);
        close();
    }
}

}  // namespace lectern::ui
