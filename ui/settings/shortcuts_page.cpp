#include "ui/settings/shortcuts_page.h"

#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/settings/shortcut_store.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {

QString plainText(const QAction& action) {
    const QString text = withoutMnemonic(action.text());
    return text.endsWith(u'…') ? text.chopped(1) : text;
}

}  // namespace

ShortcutsPage::ShortcutsPage(ShortcutStore* store, QWidget* parent)
    : QWidget(parent),
      m_store(store),
      m_table(new QTreeWidget),
      m_keys(new QKeySequenceEdit),
      m_clear(new QPushButton(tr("None"))),
      m_standard(new QPushButton(tr("Default"))),
      m_message(new QLabel) {
    m_table->setHeaderLabels({tr("Action"), tr("Keys")});
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setAccessibleName(tr("Shortcuts"));
    m_table->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_table->header()->setStretchLastSection(false);
    m_keys->setAccessibleName(tr("New keys"));
    m_message->setWordWrap(true);
    auto* line = new QHBoxLayout;
    line->addWidget(new QLabel(tr("New keys:")));
    line->addWidget(m_keys, 1);
    line->addWidget(m_clear);
    line->addWidget(m_standard);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kSpacing, 0, kSpacing);
    layout->addWidget(m_table, 1);
    layout->addLayout(line);
    layout->addWidget(m_message);
    fill();
    connect(m_table, &QTreeWidget::currentItemChanged, this, &ShortcutsPage::showCurrent);
    connect(m_keys, &QKeySequenceEdit::editingFinished, this, &ShortcutsPage::apply);
    connect(m_clear, &QPushButton::clicked, this, [this] {
        m_keys->clear();
        apply();
    });
    connect(m_standard, &QPushButton::clicked, this, [this] {
        if (const QTreeWidgetItem* item = m_table->currentItem()) {
            m_keys->setKeySequence(m_store->standard(m_store->actions()[item->data(0, Qt::UserRole).toInt()]));
            apply();
        }
    });
    showCurrent();
}

QString ShortcutsPage::message() const {
    return m_message->text();
}

void ShortcutsPage::fill() {
    m_table->clear();
    for (int i = 0; m_store != nullptr && i < m_store->actions().size(); ++i) {
        const QAction* action = m_store->actions()[i];
        auto* item = new QTreeWidgetItem({plainText(*action), action->shortcut().toString(QKeySequence::NativeText)});
        item->setIcon(0, action->icon().isNull() ? blankIcon() : action->icon());
        item->setData(0, Qt::UserRole, i);
        QFont font = this->font();
        font.setBold(m_store->isChanged(action));
        item->setFont(1, font);
        m_table->addTopLevelItem(item);
    }
}

void ShortcutsPage::showCurrent() {
    const QTreeWidgetItem* item = m_table->currentItem();
    const bool any = item != nullptr && m_store != nullptr;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_keys, m_clear, m_standard}) {
        widget->setEnabled(any);
    }
    m_keys->setKeySequence(any ? m_store->actions()[item->data(0, Qt::UserRole).toInt()]->shortcut() : QKeySequence());
    m_message->clear();
}

void ShortcutsPage::apply() {
    const QTreeWidgetItem* item = m_table->currentItem();
    if (item == nullptr || m_store == nullptr) {
        return;
    }
    const int row = m_table->indexOfTopLevelItem(const_cast<QTreeWidgetItem*>(item));
    QAction* action = m_store->actions()[item->data(0, Qt::UserRole).toInt()];
    const QKeySequence keys = m_keys->keySequence();
    if (keys == action->shortcut()) {
        return;
    }
    if (const QAction* holder = m_store->holder(keys, action)) {
        m_keys->setKeySequence(action->shortcut());
        m_message->setText(tr("%1 belongs to “%2”.").arg(keys.toString(QKeySequence::NativeText), plainText(*holder)));
        return;
    }
    m_store->set(action, keys);
    fill();
    m_table->setCurrentItem(m_table->topLevelItem(row));
}

void ShortcutsPage::setFilter(const QString& text) {
    for (int row = 0; row < m_table->topLevelItemCount(); ++row) {
        QTreeWidgetItem* item = m_table->topLevelItem(row);
        item->setHidden(!text.isEmpty() && !item->text(0).contains(text, Qt::CaseInsensitive));
    }
}

bool ShortcutsPage::matches(const QString& text) const {
    return !m_table->findItems(text, Qt::MatchContains, 0).isEmpty();
}

void ShortcutsPage::resetAll() {
    if (m_store != nullptr) {
        m_store->resetAll();
        fill();
        showCurrent();
    }
}

}  // namespace lectern::ui
