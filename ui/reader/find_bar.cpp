#include "ui/reader/find_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QTimer>
#include <QToolButton>

#include "ui/theme/icons.h"
#include "ui/theme/tone_label.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {
/// Typing goes on for so long before a search starts.
constexpr int kTypingMs = 180;
}  // namespace

FindBar::FindBar(QWidget* parent) : QWidget(parent) {
    const auto button = [this](const QString& text, const QString& iconName, const QString& tip) {
        auto* result = toolButton(iconName, tip);
        result->setText(text);
        return result;
    };
    m_field = new QLineEdit;
    m_field->setPlaceholderText(tr("Find in document"));
    m_field->setAccessibleName(tr("Find in document"));
    m_field->setClearButtonEnabled(true);
    m_field->setMinimumWidth(120);
    m_field->setMaximumWidth(420);
    m_case = button(QStringLiteral("Aa"), {}, tr("Match case"));
    m_case->setCheckable(true);
    m_words = button(QStringLiteral("|ab|"), {}, tr("Whole words"));
    m_words->setCheckable(true);
    m_index =
        button({}, QStringLiteral("library"),
               tr("Pages with all these words, by the index; \"in quotes\" as they stand, word* with any ending"));
    m_index->setCheckable(true);
    auto* previous = button({}, QStringLiteral("chevron-up"), tr("Previous hit"));
    auto* next = button({}, QStringLiteral("chevron-down"), tr("Next hit"));
    auto* close = button({}, QStringLiteral("close"), tr("Close the find bar"));
    m_status = new ToneLabel(Tone::Muted);
    m_status->setWordWrap(false);

    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(kSpacing, kSpacing / 2, kSpacing, kSpacing / 2);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(m_field, 2);
    layout->addWidget(previous);
    layout->addWidget(next);
    layout->addWidget(m_case);
    layout->addWidget(m_words);
    layout->addWidget(m_index);
    layout->addWidget(m_status, 1);
    layout->addWidget(close);

    auto* typing = new QTimer(this);
    typing->setSingleShot(true);
    typing->setInterval(kTypingMs);
    connect(m_field, &QLineEdit::textChanged, typing, qOverload<>(&QTimer::start));
    connect(typing, &QTimer::timeout, this, [this] { emit searchRequested(options()); });
    for (QToolButton* choice : {m_case, m_words, m_index}) {
        connect(choice, &QToolButton::toggled, this, [this] { emit searchRequested(options()); });
    }
    connect(m_index, &QToolButton::toggled, this, [this](bool on) {
        m_case->setEnabled(!on);
        m_words->setEnabled(!on);
    });
    connect(previous, &QToolButton::clicked, this, [this] { emit stepRequested(-1); });
    connect(next, &QToolButton::clicked, this, [this] { emit stepRequested(1); });
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    hide();
}

void FindBar::open(const QString& needle) {
    show();
    if (!needle.isEmpty()) {
        m_field->setText(needle);
    }
    m_field->selectAll();
    m_field->setFocus();
}

SearchOptions FindBar::options() const {
    return {m_field->text(), m_case->isChecked(), m_words->isChecked(), m_index->isChecked()};
}

void FindBar::setStatus(const QString& text, bool nothingFound) {
    m_status->setText(text);
    m_status->setTone(nothingFound ? Tone::Error : Tone::Muted);
}

void FindBar::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        hide();
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        emit stepRequested(event->modifiers().testFlag(Qt::ShiftModifier) ? -1 : 1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void FindBar::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    if (!event->spontaneous()) {
        emit closed();
    }
}

}  // namespace lectern::ui
