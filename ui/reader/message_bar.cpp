#include "ui/reader/message_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {

MessageBar::MessageBar(QWidget* parent)
    : QFrame(parent), m_symbol(new QLabel), m_label(new QLabel), m_action(new QPushButton), m_second(new QPushButton) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    m_label->setWordWrap(true);
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    showSymbol();
    auto* close = new QToolButton;
    close->setAutoRaise(true);
    close->setIcon(icon(QStringLiteral("close"), QStyle::SP_TitleBarCloseButton));
    close->setToolTip(tr("Dismiss"));
    close->setAccessibleName(tr("Dismiss"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * kSpacing, kSpacing, kSpacing, kSpacing);
    layout->addWidget(m_symbol);
    layout->addWidget(m_label, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_second);
    layout->addWidget(close);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    connect(m_action, &QPushButton::clicked, this, [this] {
        hide();
        if (m_onAction) {
            m_onAction();
        }
    });
    connect(m_second, &QPushButton::clicked, this, [this] {
        hide();
        if (m_onSecond) {
            m_onSecond();
        }
    });
    hide();
}

void MessageBar::showSymbol() {
    m_symbol->setPixmap(icon(QStringLiteral("information"), QStyle::SP_MessageBoxInformation).pixmap(18));
}

void MessageBar::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        showSymbol();
    }
}

void MessageBar::say(const QString& sentence, const QString& action, std::function<void()> onAction) {
    m_label->setText(sentence);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    m_onAction = std::move(onAction);
    m_second->hide();
    m_onSecond = nullptr;
    show();
}

void MessageBar::offer(const QString& action, std::function<void()> onAction) {
    m_second->setText(action);
    m_second->show();
    m_onSecond = std::move(onAction);
}

QString MessageBar::sentence() const {
    return isHidden() ? QString() : m_label->text();
}

}  // namespace lectern::ui
