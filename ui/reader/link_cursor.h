#pragma once
// The link that the keyboard is on: Tab goes from link to link, Enter follows.

#include <QAbstractScrollArea>
#include <QVector>
#include <QWidget>
#include <functional>
#include <optional>

namespace lectern::ui {

/// A link by its page and its place among the links of that page.
struct LinkId {
    int page = 0;
    int index = 0;
    bool operator==(const LinkId&) const = default;
};

/// A frame around a link of a scrolled view, which it takes the keys Tab, Shift+Tab, Enter and Escape from. Screen
/// readers hear of it as a link with its name. Beyond the last link Tab leaves the view as it does elsewhere. The view
/// calls refresh() after it has moved what it shows.
class LinkCursor : public QWidget {
    Q_OBJECT

  public:
    struct View {
        std::function<QVector<LinkId>()> links;       ///< of the pages in sight, in reading order
        std::function<QVector<QRect>(LinkId)> rects;  ///< in the viewport
        std::function<QString(LinkId)> name;          ///< its words and where it leads
        std::function<void(LinkId)> reveal;           ///< scrolls it into sight
        std::function<void(LinkId)> follow;
        std::function<bool()> complete;  ///< false while links of the pages in sight are still being looked for
    };
    LinkCursor(QAbstractScrollArea* area, View view);

    /// To the next link, or the one before (-1). Without a link it begins with what is in sight. False where there is
    /// none further.
    bool step(int direction);
    bool follow();
    void clear();
    void refresh();
    /// More of View::links() is known: a step that waited for it is made.
    void linksArrived();
    std::optional<LinkId> link() const { return m_link; }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    bool isInSight(LinkId link) const;
    void put(LinkId link);

    QAbstractScrollArea* m_area;
    View m_view;
    std::optional<LinkId> m_link;
    int m_waiting = 0;       ///< direction of a step that waits for links
    QVector<QRect> m_rects;  ///< of its own coordinates
};

}  // namespace lectern::ui
