#pragma once
// The numbered chips behind a sentence, drawn inside a text document. State is told by shape and text, not by colour.

#include <QObject>
#include <QTextCharFormat>
#include <QTextObjectInterface>

#include "app/library/records.h"

namespace lectern::ui {

/// Selected: an outlined pill. Verified: a filled pill with a tick. Unsupported: a dashed pill with a question mark.
class ChipRenderer : public QObject, public QTextObjectInterface {
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)

  public:
    static constexpr int kObjectType = QTextFormat::UserObject + 1;
    /// Property of the chip that was followed last: it looks like the passage that it leads to.
    static constexpr int kChosen = QTextFormat::UserProperty + 3;

    explicit ChipRenderer(QObject* parent = nullptr) : QObject(parent) {}

    /// Format of the object character that stands for one chip; a link to `cite:INDEX`.
    static QTextCharFormat format(int number, app::CitationState state, size_t citation, const QString& toolTip);

    QSizeF intrinsicSize(QTextDocument* document, int position, const QTextFormat& format) override;
    void drawObject(QPainter* painter, const QRectF& rect, QTextDocument* document, int position,
                    const QTextFormat& format) override;
};

/// "selected", "verified by ablation", "not supported": for tool tips and screen readers.
QString stateText(app::CitationState state);

}  // namespace lectern::ui
