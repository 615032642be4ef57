#pragma once
// One document's pages from left to right: text, blank, pictures without text, unreadable.

#include <QStyledItemDelegate>
#include <vector>

#include "app/ingest/document.h"

namespace lectern::ui {

constexpr int kCoverageRole = Qt::UserRole + 10;  ///< QByteArray, one PageState a byte

QByteArray coverageBytes(const std::vector<app::PageState>& coverage);
/// "34 with text, 6 pictures without text": the strip in words, for tool tips and screen readers.
QString coverageText(const QByteArray& coverage);

/// Pages that are not text stand out by height as well as by colour.
class CoverageDelegate : public QStyledItemDelegate {
    Q_OBJECT

  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace lectern::ui
