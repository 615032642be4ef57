#include "ui/library/library_panel.h"

#include <QAction>
#include <QDesktopServices>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

#include "ui/library/document_delegate.h"
#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"

namespace lectern::ui {

LibraryPanel::LibraryPanel(LibraryShelf& shelf, QWidget* parent)
    : QWidget(parent),
      m_shelf(shelf),
      m_proxy(new QSortFilterProxyModel(this)),
      m_filter(new QLineEdit),
      m_stack(new QStackedWidget),
      m_list(new QListView),
      m_empty(new QLabel) {
    m_proxy->setSourceModel(m_shelf.model());
    m_proxy->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_filter->setPlaceholderText(tr("Filter documents"));
    m_filter->setAccessibleName(tr("Filter documents"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    m_list->setModel(m_proxy);
    m_list->setItemDelegate(new DocumentDelegate(m_list));
    m_list->setAccessibleName(tr("Documents of the library"));
    m_list->setUniformItemSizes(true);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setContentsMargins(4 * kSpacing, kSpacing, 4 * kSpacing, kSpacing);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_stack->addWidget(m_list);
    m_stack->addWidget(m_empty);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, kSpacing, 0, 0);
    layout->setSpacing(kSpacing);
    auto* top = new QHBoxLayout;
    top->setContentsMargins(kSpacing, 0, kSpacing, 0);
    top->addWidget(m_filter);
    layout->addLayout(top);
    layout->addWidget(m_stack);
    makeActions();
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_list, &QListView::activated, m_open, &QAction::trigger);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &LibraryPanel::updateActions);
    connect(m_proxy, &QAbstractItemModel::modelReset, this, &LibraryPanel::updateActions);
    connect(m_proxy, &QAbstractItemModel::dataChanged, this, &LibraryPanel::updateActions);
    connect(m_proxy, &QAbstractItemModel::rowsInserted, this, &LibraryPanel::updateActions);
    connect(m_proxy, &QAbstractItemModel::rowsRemoved, this, &LibraryPanel::updateActions);
    connect(&m_shelf, &LibraryShelf::loaded, this, &LibraryPanel::updateActions);
    updateActions();
}

void LibraryPanel::makeActions() {
    const auto add = [this](const QString& name, const QString& text, const QKeySequence& keys) {
        auto* action = new QAction(icon(name), text, this);
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        m_list->addAction(action);
        return action;
    };
    m_open = add(QStringLiteral("open"), tr("Open"), {});
    m_showFolder = add(QStringLiteral("folder"), tr("Show in Folder"), {});
    m_forget = add(QStringLiteral("history"), tr("Forget Saved Context"), {});
    m_remove = add(QStringLiteral("delete"), tr("Remove from Library…"), QKeySequence::Delete);
    connect(m_open, &QAction::triggered, this, [this] {
        if (current().isValid()) {
            emit openRequested(current().data(LibraryModel::PathRole).toString());
        }
    });
    connect(m_showFolder, &QAction::triggered, this, &LibraryPanel::showFolder);
    connect(m_forget, &QAction::triggered, this, [this] {
        if (current().isValid()) {
            m_shelf.forgetSavedContext(current().data(LibraryModel::DocumentIdRole).toLongLong());
        }
    });
    connect(m_remove, &QAction::triggered, this, &LibraryPanel::confirmRemove);
}

QModelIndex LibraryPanel::current() const {
    return m_list->selectionModel()->currentIndex();
}

void LibraryPanel::updateActions() {
    const QModelIndex index = current();
    const bool missing = index.data(LibraryModel::StateRole).toInt() == static_cast<int>(ShelfState::Missing);
    m_open->setEnabled(index.isValid() && !missing);
    m_showFolder->setEnabled(index.isValid());
    const qint64 saved = index.data(LibraryModel::SavedBytesRole).toLongLong();
    m_forget->setEnabled(saved > 0);
    m_forget->setText(saved > 0 ? tr("Forget Saved Context (%1)").arg(sizeText(saved)) : tr("Forget Saved Context"));
    m_remove->setEnabled(index.isValid());
    updateEmptyState();
}

void LibraryPanel::updateEmptyState() {
    m_empty->setText(!m_shelf.isLoaded()               ? tr("The library is being opened…")
                     : m_shelf.model()->rowCount() > 0 ? tr("No document has “%1” in its title.").arg(m_filter->text())
                                                       : tr("Documents that you open are listed here."));
    m_stack->setCurrentIndex(m_proxy->rowCount() > 0 ? 0 : 1);
}

void LibraryPanel::showFolder() {
    const QFileInfo file(current().data(LibraryModel::PathRole).toString());
    const QString folder = file.absolutePath();
    if (!QFileInfo::exists(folder)) {
        emit troubled(tr("The folder %1 is no longer there.").arg(folder));
    } else if (!QDesktopServices::openUrl(QUrl::fromLocalFile(folder))) {
        emit troubled(tr("No program shows the folder %1.").arg(folder));
    }
}

void LibraryPanel::confirmRemove() {
    const QModelIndex index = current();
    if (!index.isValid()) {
        return;
    }
    auto* box =
        new QMessageBox(QMessageBox::Question, tr("Remove from Library"),
                        tr("Remove “%1” from the library?").arg(index.data().toString()), QMessageBox::Cancel, this);
    box->setInformativeText(
        tr("Its conversations, notes and saved contexts go with it. The file itself stays where it is."));
    QPushButton* remove = box->addButton(tr("Remove"), QMessageBox::DestructiveRole);
    box->setAttribute(Qt::WA_DeleteOnClose);
    const auto document = index.data(LibraryModel::DocumentIdRole).toLongLong();
    connect(box, &QMessageBox::buttonClicked, this, [this, box, remove, document](QAbstractButton* button) {
        if (button == remove) {
            m_shelf.remove(document);
        }
    });
    box->open();
}

}  // namespace lectern::ui
