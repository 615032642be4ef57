#pragma once
// Draws a document of the library in two lines: title, then state (a shape and a word) and details.

#include <QStyledItemDelegate>

namespace lectern::ui {

class DocumentDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace lectern::ui
