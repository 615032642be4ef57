#include "ui/library/start_page.h"

#include <QDragEnterEvent>
#include <QLabel>
#include <QListView>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "engine/core/resources.h"
#include "ui/library/document_delegate.h"
#include "ui/theme/flow_layout.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr const char* kSample = "samples/corrin-islands-handbook.pdf";
constexpr int kWidest = 760;
/// Behind open documents the page must not keep the window from getting small.
constexpr int kLowest = 200;
/// So many recent documents are in sight in a low window; the page scrolls then.
constexpr int kRecentInSight = 4;

QStringList pathsOf(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls()) {
        if (url.isLocalFile()) {
            paths << url.toLocalFile();
        }
    }
    return paths;
}

QFont scaled(const QWidget& widget, double factor, QFont::Weight weight = QFont::Normal) {
    QFont font = widget.font();
    font.setPointSizeF(font.pointSizeF() * factor);
    font.setWeight(weight);
    return font;
}

/// As high as its first lines, and higher where there is room.
class RecentList : public QListView {
  public:
    QSize sizeHint() const override {
        const int lines = model() == nullptr ? 0 : std::min(model()->rowCount(), kRecentInSight);
        return {QListView::sizeHint().width(), lines * std::max(sizeHintForRow(0), 0) + 2 * frameWidth()};
    }
    QSize minimumSizeHint() const override { return sizeHint(); }
};

}  // namespace

/// A dashed card.
class DropArea : public QWidget {
  public:
    void setDropping(bool dropping) {
        m_dropping = dropping;
        update();
    }

  protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Tone line = m_dropping ? Tone::Accent : Tone::Line;
        painter.setPen(QPen(tone(palette(), line), 1.5, Qt::DashLine));
        painter.setBrush(tone(palette(), Tone::Card));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 8, 8);
    }

  private:
    bool m_dropping = false;
};

QString sampleDocumentPath() {
    const Result<std::filesystem::path> path = findResource(kSample);
    return path ? QString::fromStdString(path->string()) : QString();
}

StartPage::StartPage(LibraryShelf& shelf, QWidget* parent)
    : QWidget(parent),
      m_shelf(shelf),
      m_drop(new DropArea),
      m_dropText(new QLabel),
      m_openFiles(new QPushButton(icon(QStringLiteral("open")), tr("Open Files…"))),
      m_openFolder(new QPushButton(icon(QStringLiteral("folder")), tr("Open Folder…"))),
      m_sample(new QPushButton(icon(QStringLiteral("document")), tr("Open the Sample Document"))),
      m_recentTitle(new QLabel(tr("Recent documents"))),
      m_recent(new RecentList) {
    setAcceptDrops(true);
    setAccessibleName(tr("Start page"));
    setMinimumHeight(kLowest);
    auto* column = new QWidget;
    column->setMaximumWidth(kWidest);
    auto* inside = new QVBoxLayout(column);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(3 * kSpacing);
    auto* title = new QLabel(tr("Lectern"));
    title->setFont(scaled(*this, 2.0, QFont::DemiBold));
    auto* sentence = new QLabel(
        tr("Open one long document and ask. The whole text is in the model’s context, and every answer shows the pages "
           "it came from. Everything stays on this computer."));
    sentence->setWordWrap(true);
    sentence->setForegroundRole(QPalette::PlaceholderText);
    inside->addWidget(title);
    inside->addWidget(sentence);
    inside->addWidget(buildOpenArea());
    inside->addWidget(buildRecentArea(), 1);
    auto* page = new QWidget;
    auto* middle = new QHBoxLayout(page);
    middle->setContentsMargins(4 * kSpacing, 5 * kSpacing, 4 * kSpacing, 2 * kSpacing);
    middle->addStretch(1);
    middle->addWidget(column, 100);
    middle->addStretch(1);
    auto* scroller = new QScrollArea;
    scroller->setFrameShape(QFrame::NoFrame);
    scroller->setWidgetResizable(true);
    scroller->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroller->setFocusPolicy(Qt::NoFocus);
    scroller->setBackgroundRole(QPalette::Base);
    scroller->setWidget(page);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroller);
    connect(m_openFiles, &QPushButton::clicked, this, &StartPage::openFilesRequested);
    connect(m_openFolder, &QPushButton::clicked, this, &StartPage::openFolderRequested);
    connect(m_sample, &QPushButton::clicked, this, [this] { emit openRequested(sampleDocumentPath()); });
    connect(m_recent, &QListView::activated, this, [this](const QModelIndex& index) {
        if (index.data(LibraryModel::StateRole).toInt() != static_cast<int>(ShelfState::Missing)) {
            emit openRequested(index.data(LibraryModel::PathRole).toString());
        }
    });
    connect(&m_shelf, &LibraryShelf::loaded, this, &StartPage::updateRecent);
    setDropping(false);
    updateRecent();
}

QWidget* StartPage::buildOpenArea() {
    m_drop->setObjectName(QStringLiteral("dropTarget"));
    m_drop->setAccessibleName(tr("Drop files or folders here"));
    auto* layout = new QVBoxLayout(m_drop);
    layout->setContentsMargins(3 * kSpacing, 3 * kSpacing, 3 * kSpacing, 3 * kSpacing);
    layout->setSpacing(2 * kSpacing);
    m_dropText->setAlignment(Qt::AlignCenter);
    m_dropText->setWordWrap(true);
    layout->addWidget(m_dropText);
    auto* buttons = new FlowLayout;
    buttons->setSpacing(2 * kSpacing);
    for (QPushButton* button : {m_openFiles, m_openFolder, m_sample}) {
        buttons->addWidget(button);
    }
    buttons->setAlignment(Qt::AlignHCenter);
    layout->addLayout(buttons);
    m_openFiles->setDefault(true);
    m_sample->setVisible(!sampleDocumentPath().isEmpty());
    m_sample->setToolTip(tr("A short handbook of an invented group of islands; it works at once."));
    return m_drop;
}

QWidget* StartPage::buildRecentArea() {
    auto* area = new QWidget;
    auto* layout = new QVBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing);
    m_recentTitle->setFont(scaled(*this, 1.1, QFont::DemiBold));
    m_recent->setModel(m_shelf.model());
    m_recent->setItemDelegate(new DocumentDelegate(m_recent));
    m_recent->setAccessibleName(tr("Recent documents"));
    m_recent->setUniformItemSizes(true);
    m_recent->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_recent->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_recent->setFrameShape(QFrame::NoFrame);
    m_recent->viewport()->setAutoFillBackground(false);
    layout->addWidget(m_recentTitle);
    layout->addWidget(m_recent, 1);
    return area;
}

void StartPage::updateRecent() {
    const bool any = m_shelf.model()->rowCount() > 0;
    m_recentTitle->setVisible(any);
    m_recent->setVisible(any);
    m_recent->updateGeometry();
}

void StartPage::setDropping(bool dropping) {
    m_drop->setDropping(dropping);
    m_dropText->setText(dropping ? tr("Let go to open") : tr("Drop PDFs, texts, source folders here"));
    m_dropText->setForegroundRole(dropping ? QPalette::Link : QPalette::PlaceholderText);
}

void StartPage::dragEnterEvent(QDragEnterEvent* event) {
    if (!pathsOf(event->mimeData()).isEmpty()) {
        event->acceptProposedAction();
        setDropping(true);
    }
}

void StartPage::dragLeaveEvent(QDragLeaveEvent*) {
    setDropping(false);
}

void StartPage::dropEvent(QDropEvent* event) {
    setDropping(false);
    const QStringList paths = pathsOf(event->mimeData());
    if (!paths.isEmpty()) {
        event->acceptProposedAction();
        emit pathsDropped(paths);
    }
}

}  // namespace lectern::ui
