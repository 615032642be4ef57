#include "ui/training/compare_page.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <set>

#include "ui/ask/conversation.h"
#include "ui/reader/place_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {
namespace {

constexpr int kPassageCharacters = 160;

std::set<int32_t> pagesOf(const app::StoredAnswer& stored) {
    std::set<int32_t> pages;
    for (const app::Citation& citation : stored.answer.citations) {
        pages.insert(citation.page);
    }
    return pages;
}

}  // namespace

ComparePage::ComparePage(TuneState& state, QWidget* parent)
    : TunePage(state, tr("Compare"),
               tr("The same question to both models. Below each answer: where that model looked."), parent),
      m_documents(new QComboBox),
      m_question(new QLineEdit),
      m_ask(new QPushButton(icon(QStringLiteral("compare")), tr("Ask Both"))),
      m_difference(new ToneLabel(Tone::Muted)) {
    m_documents->setAccessibleName(tr("Document that is asked about"));
    m_documents->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_question->setAccessibleName(tr("Question"));
    m_question->setPlaceholderText(tr("A question about the document"));
    m_layout->addWidget(m_documents);
    auto* line = new QHBoxLayout;
    line->addWidget(m_question, 1);
    line->addWidget(m_ask);
    m_layout->addLayout(line);
    auto* columns = new QHBoxLayout;
    columns->addWidget(buildSide(m_base, tr("Base model")), 1);
    columns->addWidget(buildSide(m_tuned, tr("Tuned")), 1);
    m_layout->addLayout(columns, 1);
    m_layout->addWidget(m_difference);
    connect(m_ask, &QPushButton::clicked, this, &ComparePage::ask);
    connect(m_question, &QLineEdit::returnPressed, this, &ComparePage::ask);
}

ComparePage::~ComparePage() = default;

QWidget* ComparePage::buildSide(Side& side, const QString& title) {
    auto* area = new QWidget;
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    side.answer = new QTextBrowser;
    side.answer->setAccessibleName(tr("Answer of: %1").arg(title));
    side.status = new ToneLabel(Tone::Muted);
    layout->addWidget(sectionLabel(title));
    layout->addWidget(side.answer, 1);
    layout->addWidget(side.status);
    return area;
}

void ComparePage::enter() {
    m_state.services.library.run(
        this, [](app::Library& library) { return library.documents(); },
        [this](const Result<std::vector<app::DocumentRecord>>& records) {
            m_documents->clear();
            for (const app::DocumentRecord& record : records ? *records : std::vector<app::DocumentRecord>()) {
                if (record.state == app::IngestState::Ready) {
                    m_documents->addItem(QString::fromStdString(record.header.title), qlonglong{record.id});
                }
            }
            m_documents->setCurrentIndex(std::max(0, m_documents->findData(qlonglong{m_state.document})));
            m_ask->setEnabled(m_documents->count() > 0);
            if (m_documents->count() == 0) {
                m_difference->setText(tr("Open a document in Lectern first: both models are asked about a document."));
            }
        });
}

void ComparePage::connectSide(Side& side) {
    app::AskEngine* engine = side.engine.get();
    connect(engine, &app::AskEngine::prefillProgressed, this, [&side](app::JobId job, const PrefillProgress& progress) {
        if (job == side.open && progress.totalTokens > 0) {
            side.status->setText(tr("Reading: %1%").arg(100 * progress.doneTokens / progress.totalTokens));
        }
    });
    connect(engine, &app::AskEngine::textAdded, this, [&side](app::JobId job, const QString& text) {
        if (job == side.ask) {
            side.answer->insertPlainText(text);
        }
    });
    connect(engine, &app::AskEngine::answered, this, [this, &side](app::JobId job, const app::StoredAnswer& answer) {
        if (job == side.ask) {
            side.result = answer;
            finished(side);
        }
    });
    connect(engine, &app::AskEngine::failed, this, [this, &side](app::JobId job, const Error& error) {
        if (job == side.ask || job == side.open) {
            side.status->setTone(Tone::Error);
            side.status->setText(QString::fromStdString(error.message));
            m_ask->setEnabled(true);
        }
    });
}

void ComparePage::ensureEngines() {
    const std::filesystem::path adapter = m_state.run->folder() / "adapter";
    if (m_base.engine != nullptr && adapter == m_adapter) {
        return;
    }
    m_adapter = adapter;
    for (Side* side : {&m_base, &m_tuned}) {
        side->engine = std::make_unique<app::AskEngine>(m_state.services.dataDirectory);
        side->document = 0;
        connectSide(*side);
        RunOptions options;
        options.model = m_state.plan.model;
        options.adapter = side == &m_tuned ? adapter.string() : std::string();
        side->engine->loadModel(options);
    }
}

void ComparePage::ask() {
    const app::DocumentId document = m_documents->currentData().toLongLong();
    if (m_question->text().trimmed().isEmpty() || document == 0 || m_state.run == nullptr) {
        return;
    }
    ensureEngines();
    m_ask->setEnabled(false);
    m_difference->clear();
    for (Side* side : {&m_base, &m_tuned}) {
        side->done = false;
        side->answer->clear();
        side->status->setTone(Tone::Muted);
        side->status->setText(tr("Loading…"));
        if (side->document != document) {
            side->document = document;
            side->open = side->engine->open({document}, {});
        }
        app::AskRequest request;
        request.question = m_question->text().toStdString();
        request.options.maxTokens = 96;
        side->ask = side->engine->ask(request);
    }
}

void ComparePage::changeEvent(QEvent* event) {
    TunePage::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        for (Side* side : {&m_base, &m_tuned}) {
            if (side->done) {
                showAnswer(*side);
            }
        }
    }
}

void ComparePage::showAnswer(Side& side) {
    const app::Answer& answer = side.result.answer;
    QString html = QStringLiteral("<p>%1</p>").arg(QString::fromStdString(answer.text).toHtmlEscaped());
    for (const app::Citation& citation : answer.citations) {
        html +=
            QStringLiteral("<p style=\"color:%1\"><b>%2</b> (%3%) %4</p>")
                .arg(tone(palette(), Tone::Muted).name(), placeText(citation).toHtmlEscaped())
                .arg(qRound(100 * citation.weight))
                .arg(shortened(QString::fromStdString(citation.text).simplified(), kPassageCharacters).toHtmlEscaped());
    }
    side.answer->setHtml(html);
}

void ComparePage::finished(Side& side) {
    side.done = true;
    showAnswer(side);
    const app::Answer& answer = side.result.answer;
    side.status->setText(
        tr("%1 tokens in %2 s").arg(numberText(answer.tokens), QLocale().toString(answer.seconds, 'f', 1)));
    if (m_base.done && m_tuned.done) {
        m_ask->setEnabled(true);
        showDifference();
        emit compared();
    }
}

void ComparePage::showDifference() {
    const std::set<int32_t> base = pagesOf(m_base.result), tuned = pagesOf(m_tuned.result);
    int shared = 0;
    for (const int32_t page : base) {
        shared += tuned.contains(page) ? 1 : 0;
    }
    const QString answers = m_base.result.answer.text == m_tuned.result.answer.text ? tr("The answers are the same.")
                                                                                    : tr("The answers differ.");
    m_difference->setText(answers + u' ' +
                          tr("Pages looked at: %1 by the base model, %2 by the tuned one, %3 of them by both.")
                              .arg(base.size())
                              .arg(tuned.size())
                              .arg(shared));
}

QString ComparePage::answerText(bool tuned) const {
    return QString::fromStdString((tuned ? m_tuned : m_base).result.answer.text);
}

QString ComparePage::difference() const {
    return m_difference->text();
}

}  // namespace lectern::ui
