#pragma once
// Items side by side as long as there is room, in further rows where there is none.

#include <QLayout>

namespace lectern::ui {

/// Rows are aligned as the layout is (left or in the middle). Owns its items.
class FlowLayout : public QLayout {
    Q_OBJECT

  public:
    explicit FlowLayout(QWidget* parent = nullptr) : QLayout(parent) {}
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { m_items.push_back(item); }
    int count() const override { return static_cast<int>(m_items.size()); }
    QLayoutItem* itemAt(int index) const override { return m_items.value(index, nullptr); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize minimumSize() const override;
    /// Everything in one row.
    QSize sizeHint() const override;
    void setGeometry(const QRect& rect) override;

  private:
    /// Calls place(item, rectangle) row by row, and gives the height of all rows.
    template <typename Place>
    int arrange(const QRect& area, Place place) const;

    QList<QLayoutItem*> m_items;
};

}  // namespace lectern::ui
