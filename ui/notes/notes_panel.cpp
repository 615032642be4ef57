#include "ui/notes/notes_panel.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPlainTextEdit>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "ui/reader/place_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"
#include "ui/theme/widgets.h"

namespace lectern::ui {
namespace {

constexpr int kKindRole = Qt::UserRole;
constexpr int kKeyRole = Qt::UserRole + 1;
constexpr int kQuoteCharacters = 300;

struct MarkColor {
    uint32_t rgb;
    const char* name;
};
constexpr std::array<MarkColor, 4> kColors{{{0xffd54f, QT_TRANSLATE_NOOP("NotesPanel", "Yellow")},
                                            {0xa5d6a7, QT_TRANSLATE_NOOP("NotesPanel", "Green")},
                                            {0x90caf9, QT_TRANSLATE_NOOP("NotesPanel", "Blue")},
                                            {0xf48fb1, QT_TRANSLATE_NOOP("NotesPanel", "Pink")}}};

QIcon swatch(uint32_t rgb, bool chosen) {
    QPixmap pixmap(32, 32);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(QColor::fromRgb(rgb));
    painter.setPen(QPen(QColor::fromRgb(rgb).darker(180), chosen ? 2.5 : 1));
    painter.drawEllipse(QRectF(2, 2, 12, 12));
    return pixmap;
}

}  // namespace

NotesPanel::NotesPanel(QWidget* parent)
    : QWidget(parent),
      m_stack(new QStackedWidget),
      m_empty(emptyLabel(2 * kSpacing)),
      m_filter(new QLineEdit),
      m_tree(new QTreeWidget) {
    m_filter->setPlaceholderText(tr("Filter bookmarks and notes"));
    m_filter->setAccessibleName(m_filter->placeholderText());
    m_filter->setClearButtonEnabled(true);
    m_tree->setColumnCount(2);
    m_tree->setHeaderHidden(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setAccessibleName(tr("Bookmarks, highlights and notes"));
    m_tree->setEditTriggers(QAbstractItemView::EditKeyPressed);
    m_tree->setTextElideMode(Qt::ElideRight);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_tree->installEventFilter(this);

    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, kSpacing / 2, 0, 0);
    layout->setSpacing(kSpacing / 2);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(kSpacing, 0, kSpacing, 0);
    row->addWidget(m_filter);
    layout->addLayout(row);
    layout->addWidget(m_tree, 1);
    layout->addWidget(buildNoteArea());
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    connect(m_filter, &QLineEdit::textChanged, this, &NotesPanel::refresh);
    connect(m_tree, &QTreeWidget::itemActivated, this, &NotesPanel::activate);
    connect(m_tree, &QTreeWidget::itemClicked, this, &NotesPanel::activate);
    connect(m_tree, &QTreeWidget::currentItemChanged, this, &NotesPanel::showNote);
    connect(m_tree, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int column) {
        if (!m_filling && m_notes != nullptr && column == 0) {
            m_notes->renameBookmark(item->data(0, kKeyRole).toInt(), item->text(0).trimmed());
        }
    });
    setNotes(nullptr, {});
}

QWidget* NotesPanel::buildNoteArea() {
    m_noteArea = new QWidget;
    m_quote = new QLabel;
    m_quote->setWordWrap(true);
    m_quote->setForegroundRole(QPalette::PlaceholderText);
    m_note = new QPlainTextEdit;
    m_note->setPlaceholderText(tr("Write a note"));
    m_note->setAccessibleName(tr("Note"));
    m_note->setTabChangesFocus(true);
    m_note->setMaximumHeight(110);
    connect(m_note, &QPlainTextEdit::textChanged, this, &NotesPanel::saveNote);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(2);
    for (const MarkColor& color : kColors) {
        auto* button = new QToolButton;
        button->setAutoRaise(true);
        button->setIcon(swatch(color.rgb, false));
        button->setToolTip(tr(color.name));
        button->setAccessibleName(tr(color.name));
        connect(button, &QToolButton::clicked, this, [this, rgb = color.rgb] {
            if (m_notes != nullptr && m_noteKey >= 0) {
                m_notes->setColor(m_noteKey, rgb);
            }
        });
        buttons->addWidget(button);
        m_colors.push_back(button);
    }
    buttons->addStretch(1);
    auto* remove = toolButton(QStringLiteral("delete"), tr("Remove (Delete)"));
    remove->setAccessibleName(tr("Remove"));
    connect(remove, &QToolButton::clicked, this, &NotesPanel::removeChosen);
    buttons->addWidget(remove);
    auto* layout = new QVBoxLayout(m_noteArea);
    layout->setContentsMargins(kSpacing, kSpacing / 2, kSpacing, kSpacing);
    layout->setSpacing(kSpacing / 2);
    layout->addWidget(m_quote);
    layout->addWidget(m_note);
    layout->addLayout(buttons);
    return m_noteArea;
}

void NotesPanel::setNotes(DocumentNotes* notes, LabelOfPage labelOf) {
    disconnect(m_link);
    m_notes = notes;
    m_labelOf = std::move(labelOf);
    m_noteKey = -1;
    if (notes != nullptr) {
        m_link = connect(notes, &DocumentNotes::changed, this, &NotesPanel::refresh);
    }
    refresh();
}

void NotesPanel::refresh() {
    const QTreeWidgetItem* current = m_tree->currentItem();
    const Kind kind = current == nullptr ? Kind::Group : static_cast<Kind>(current->data(0, kKindRole).toInt());
    const int key = current == nullptr ? -1 : current->data(0, kKeyRole).toInt();
    const QString wanted = m_filter->text().trimmed();
    m_filling = true;
    m_tree->clear();
    const auto group = [this](const QString& title, const QString& iconName) {
        auto* item = new QTreeWidgetItem(m_tree, {title});
        item->setIcon(0, icon(iconName));
        item->setData(0, kKindRole, static_cast<int>(Kind::Group));
        item->setFlags(Qt::ItemIsEnabled);
        return item;
    };
    const auto add = [&](QTreeWidgetItem* parent, Kind itemKind, int itemKey, const QString& text, int page) {
        if (!wanted.isEmpty() && !text.contains(wanted, Qt::CaseInsensitive)) {
            return static_cast<QTreeWidgetItem*>(nullptr);
        }
        auto* item = new QTreeWidgetItem(parent, {text, pageName(m_labelOf ? m_labelOf(page) : QString(), page)});
        item->setData(0, kKindRole, static_cast<int>(itemKind));
        item->setData(0, kKeyRole, itemKey);
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        return item;
    };
    const bool none = m_notes == nullptr || (m_notes->bookmarks().empty() && m_notes->annotations().empty());
    if (!none) {
        auto* bookmarks = group(tr("Bookmarks"), QStringLiteral("bookmark"));
        for (const auto& each : m_notes->bookmarks()) {
            QTreeWidgetItem* item =
                add(bookmarks, Kind::Bookmark, each.key, QString::fromStdString(each.record.label), each.record.page);
            if (item != nullptr) {
                item->setFlags(item->flags() | Qt::ItemIsEditable);
            }
        }
        auto* marks = group(tr("Highlights and notes"), QStringLiteral("highlight"));
        for (const auto& each : m_notes->annotations()) {
            const QString note = QString::fromStdString(each.record.note).simplified();
            const QString quote = QString::fromStdString(each.record.quote).simplified();
            QTreeWidgetItem* item =
                add(marks, Kind::Annotation, each.key,
                    note.isEmpty() ? quote : tr("%1 \xe2\x80\x94 \xe2\x80\x9c%2\xe2\x80\x9d").arg(note, quote),
                    each.record.page);
            if (item != nullptr) {
                item->setIcon(0, note.isEmpty() ? swatch(each.record.color, false) : icon(QStringLiteral("note")));
                item->setToolTip(0, (note.isEmpty() ? QString() : note + QStringLiteral("\n\n")) +
                                        shortened(quote, kQuoteCharacters));
            }
        }
        for (QTreeWidgetItem* each : {bookmarks, marks}) {
            each->setExpanded(true);
            each->setHidden(each->childCount() == 0);
        }
    }
    m_filling = false;
    m_empty->setText(m_notes == nullptr ? tr("Bookmarks and notes of a document appear here.")
                                        : tr("Nothing is marked in this document yet.\n\nSelect text and press Ctrl+H "
                                             "to highlight it; Ctrl+D sets a bookmark."));
    m_stack->setCurrentIndex(none ? 0 : 1);
    if (QTreeWidgetItem* again = key < 0 ? nullptr : itemOf(kind, key)) {
        m_tree->setCurrentItem(again);
    }
    showNote();
}

QTreeWidgetItem* NotesPanel::itemOf(Kind kind, int key) const {
    for (int g = 0; g < m_tree->topLevelItemCount(); ++g) {
        const QTreeWidgetItem* group = m_tree->topLevelItem(g);
        for (int i = 0; i < group->childCount(); ++i) {
            QTreeWidgetItem* item = group->child(i);
            if (item->data(0, kKindRole).toInt() == static_cast<int>(kind) && item->data(0, kKeyRole).toInt() == key) {
                return item;
            }
        }
    }
    return nullptr;
}

void NotesPanel::showNote() {
    if (m_filling) {
        return;
    }
    const QTreeWidgetItem* item = m_tree->currentItem();
    const bool isMark = item != nullptr && static_cast<Kind>(item->data(0, kKindRole).toInt()) == Kind::Annotation;
    m_noteKey = isMark ? item->data(0, kKeyRole).toInt() : -1;
    const app::AnnotationRecord* record = isMark && m_notes != nullptr ? m_notes->annotation(m_noteKey) : nullptr;
    m_noteArea->setVisible(record != nullptr);
    if (record == nullptr) {
        return;
    }
    const QString quote = shortened(QString::fromStdString(record->quote).simplified(), kQuoteCharacters);
    m_quote->setText(quote);
    m_quote->setVisible(!quote.isEmpty());
    for (int i = 0; i < m_colors.size(); ++i) {
        const uint32_t rgb = kColors[static_cast<size_t>(i)].rgb;
        m_colors[i]->setIcon(swatch(rgb, rgb == record->color));
    }
    // The text being typed is the record's already: setting it again would move the cursor.
    if (m_note->toPlainText() != QString::fromStdString(record->note)) {
        m_filling = true;
        m_note->setPlainText(QString::fromStdString(record->note));
        m_filling = false;
    }
}

void NotesPanel::saveNote() {
    if (!m_filling && m_notes != nullptr && m_noteKey >= 0) {
        m_notes->setNote(m_noteKey, m_note->toPlainText());
    }
}

void NotesPanel::showAnnotation(int key) {
    if (itemOf(Kind::Annotation, key) == nullptr) {
        m_filter->clear();
    }
    if (QTreeWidgetItem* item = itemOf(Kind::Annotation, key)) {
        m_tree->setCurrentItem(item);
        m_tree->scrollToItem(item);
    }
}

void NotesPanel::editNote(int key) {
    showAnnotation(key);
    m_note->setFocus();
    m_note->moveCursor(QTextCursor::End);
}

void NotesPanel::activate(QTreeWidgetItem* item) {
    const int key = item->data(0, kKeyRole).toInt();
    switch (static_cast<Kind>(item->data(0, kKindRole).toInt())) {
        case Kind::Bookmark:
            emit bookmarkActivated(key);
            break;
        case Kind::Annotation:
            emit annotationActivated(key);
            break;
        case Kind::Group:
            break;
    }
}

void NotesPanel::removeChosen() {
    const QTreeWidgetItem* item = m_tree->currentItem();
    if (item == nullptr || m_notes == nullptr) {
        return;
    }
    const int key = item->data(0, kKeyRole).toInt();
    switch (static_cast<Kind>(item->data(0, kKindRole).toInt())) {
        case Kind::Bookmark:
            m_notes->removeBookmark(key);
            break;
        case Kind::Annotation:
            m_notes->removeAnnotation(key);
            break;
        case Kind::Group:
            break;
    }
}

bool NotesPanel::eventFilter(QObject* object, QEvent* event) {
    if (object == m_tree && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        removeChosen();
        return true;
    }
    return QWidget::eventFilter(object, event);
}

}  // namespace lectern::ui
