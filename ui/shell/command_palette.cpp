#include "ui/shell/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QPointer>
#include <QRegularExpression>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {

constexpr int kActionRole = Qt::UserRole;
constexpr int kShortcutRole = Qt::UserRole + 1;
constexpr QSize kSize(520, 380);

/// The shortcut stands at the right end of its line.
class CommandDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        painter->setPen(option.palette.color(selected ? QPalette::HighlightedText : QPalette::PlaceholderText));
        painter->drawText(option.rect.adjusted(0, 0, -2 * kSpacing, 0), Qt::AlignRight | Qt::AlignVCenter,
                          index.data(kShortcutRole).toString());
    }
};

/// Letters in this order, anything between them.
QString looseFilter(const QString& text) {
    QStringList letters;
    for (const QChar letter : text) {
        if (!letter.isSpace()) {
            letters << QRegularExpression::escape(letter);
        }
    }
    return letters.join(QStringLiteral(".*?"));
}

}  // namespace

CommandPalette::CommandPalette(const QList<QAction*>& actions, QWidget* parent)
    : QDialog(parent),
      m_field(new QLineEdit),
      m_list(new QListView),
      m_model(new QStandardItemModel(this)),
      m_proxy(new QSortFilterProxyModel(this)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Commands"));
    resize(kSize);
    for (QAction* action : actions) {
        if (!action->isEnabled() || action->isSeparator() || action->text().isEmpty()) {
            continue;
        }
        auto* item =
            new QStandardItem(action->icon().isNull() ? blankIcon() : action->icon(), withoutMnemonic(action->text()));
        item->setEditable(false);
        item->setData(QVariant::fromValue(QPointer<QAction>(action)), kActionRole);
        item->setData(action->shortcut().toString(QKeySequence::NativeText), kShortcutRole);
        item->setToolTip(action->toolTip());
        if (action->isCheckable()) {
            item->setText(action->isChecked() ? tr("%1 (on)").arg(item->text()) : tr("%1 (off)").arg(item->text()));
        }
        m_model->appendRow(item);
    }
    m_proxy->setSourceModel(m_model);
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_field->setPlaceholderText(tr("What do you want to do?"));
    m_field->setAccessibleName(tr("Command"));
    m_field->installEventFilter(this);
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setAccessibleName(tr("Commands"));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kSpacing, kSpacing, kSpacing, kSpacing);
    layout->setSpacing(kSpacing);
    layout->addWidget(m_field);
    layout->addWidget(m_list, 1);
    const auto chooseFirst = [this] { m_list->setCurrentIndex(m_proxy->index(0, 0)); };
    connect(m_field, &QLineEdit::textChanged, this, [this, chooseFirst](const QString& text) {
        m_proxy->setFilterRegularExpression(
            QRegularExpression(looseFilter(text), QRegularExpression::CaseInsensitiveOption));
        chooseFirst();
    });
    connect(m_field, &QLineEdit::returnPressed, this, [this] { run(m_list->currentIndex()); });
    connect(m_list, &QListView::activated, this, &CommandPalette::run);
    connect(m_list, &QListView::clicked, this, &CommandPalette::run);
    chooseFirst();
    m_field->setFocus();
}

bool CommandPalette::eventFilter(QObject* object, QEvent* event) {
    if (object == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Up || key == Qt::Key_Down || key == Qt::Key_PageUp || key == Qt::Key_PageDown) {
            QCoreApplication::sendEvent(m_list, event);
            return true;
        }
    }
    return QDialog::eventFilter(object, event);
}

void CommandPalette::run(const QModelIndex& index) {
    const auto action = index.data(kActionRole).value<QPointer<QAction>>();
    close();
    if (action != nullptr) {
        // When the palette is gone and the window has the focus again.
        QTimer::singleShot(0, action, &QAction::trigger);
    }
}

}  // namespace lectern::ui
