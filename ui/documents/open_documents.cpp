#include "ui/documents/open_documents.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTabBar>
#include <algorithm>

#include "ui/reader/place_text.h"
#include "ui/theme/icons.h"

namespace lectern::ui {
namespace {

constexpr int kTitleCharacters = 32;
/// Of a title that has to be shortened, so much stays; beyond that the tabs scroll.
constexpr int kLeastTabWidth = 150;

/// Qt shortens all tabs alike, down to one letter: "S…" for the start page.
class TitleBar : public QTabBar {
  protected:
    QSize minimumTabSizeHint(int index) const override {
        const QSize whole = tabSizeHint(index);
        return {std::min(whole.width(), kLeastTabWidth), whole.height()};
    }
};

/// The same file by whatever way it was named.
QString canonical(const QString& path) {
    const QFileInfo file(path);
    const QString real = file.canonicalFilePath();
    return real.isEmpty() ? QDir::cleanPath(file.absoluteFilePath()) : real;
}

}  // namespace

OpenDocuments::OpenDocuments(Services& services, QWidget* parent) : QTabWidget(parent), m_services(services) {
    setTabBar(new TitleBar);
    setDocumentMode(true);
    setMovable(true);
    setTabsClosable(true);
    setElideMode(Qt::ElideRight);
    setUsesScrollButtons(true);
    tabBar()->setAccessibleName(tr("Open documents"));
    tabBar()->setExpanding(false);
    connect(this, &QTabWidget::currentChanged, this, [this] { emit currentTabChanged(current()); });
    connect(this, &QTabWidget::tabCloseRequested, this, [this](int index) {
        if (auto* tab = qobject_cast<ReaderTab*>(widget(index))) {
            close(tab);
        }
    });
}

ReaderTab* OpenDocuments::open(const QString& path, const QString& password) {
    const QString real = canonical(path);
    if (ReaderTab* there = tabOf(real)) {
        setCurrentWidget(there);
        return there;
    }
    auto* tab = new ReaderTab(m_services, real);
    // Heard of before it comes to the front, which adding the first tab does.
    emit opened(tab);
    addTab(tab, icon(QFileInfo(real).isDir() ? QStringLiteral("folder") : QStringLiteral("document")), titleOf(tab));
    connect(tab, &ReaderTab::titleChanged, this, [this, tab] { updateTab(tab); });
    updateTab(tab);
    setCurrentWidget(tab);
    connect(tab, &ReaderTab::mustNotBeKept, this, [this, tab](const QString& known) {
        const QString there = tab->session().path();
        close(tab);
        emit mustNotBeKept(there, known);
    });
    tab->start(password);
    return tab;
}

ReaderTab* OpenDocuments::current() const {
    return qobject_cast<ReaderTab*>(currentWidget());
}

QList<ReaderTab*> OpenDocuments::tabs() const {
    QList<ReaderTab*> result;
    for (int i = 0; i < count(); ++i) {
        if (auto* tab = qobject_cast<ReaderTab*>(widget(i))) {
            result.push_back(tab);
        }
    }
    return result;
}

ReaderTab* OpenDocuments::tabOf(const QString& path) const {
    const QString real = canonical(path);
    for (ReaderTab* tab : tabs()) {
        if (tab->session().path() == real) {
            return tab;
        }
    }
    return nullptr;
}

ReaderTab* OpenDocuments::tabOf(app::DocumentId document) const {
    for (ReaderTab* tab : tabs()) {
        if (document != 0 && tab->session().documentId() == document) {
            return tab;
        }
    }
    return nullptr;
}

void OpenDocuments::close(ReaderTab* tab) {
    emit closing(tab);
    removeTab(indexOf(tab));
    tab->deleteLater();
}

void OpenDocuments::setStartPage(QWidget* page) {
    m_startPage = page;
    insertTab(0, page, icon(QStringLiteral("home")), tr("Start"));
    for (const QTabBar::ButtonPosition side : {QTabBar::LeftSide, QTabBar::RightSide}) {
        tabBar()->setTabButton(0, side, nullptr);
    }
    setCurrentIndex(0);
}

void OpenDocuments::showStartPage() {
    if (m_startPage != nullptr) {
        setCurrentWidget(m_startPage);
    }
}

QByteArray OpenDocuments::openPaths() const {
    QStringList paths;
    for (const ReaderTab* tab : tabs()) {
        paths << tab->session().path();
    }
    const ReaderTab* front = current();
    return QJsonDocument(QJsonObject{{QStringLiteral("paths"), QJsonArray::fromStringList(paths)},
                                     {QStringLiteral("front"), front == nullptr ? QString() : front->session().path()}})
        .toJson(QJsonDocument::Compact);
}

void OpenDocuments::reopen(const QByteArray& openPaths) {
    const QJsonObject stored = QJsonDocument::fromJson(openPaths).object();
    for (const QJsonValue& path : stored.value(QStringLiteral("paths")).toArray()) {
        if (QFileInfo::exists(path.toString())) {
            open(path.toString());
        }
    }
    if (ReaderTab* front = tabOf(stored.value(QStringLiteral("front")).toString())) {
        setCurrentWidget(front);
    }
}

QString OpenDocuments::titleOf(const ReaderTab* tab) const {
    return shortened(tab->session().title(), kTitleCharacters).replace(QLatin1Char('&'), QStringLiteral("&&"));
}

void OpenDocuments::updateTab(ReaderTab* tab) {
    const int index = indexOf(tab);
    if (index < 0) {
        return;
    }
    if (const QString title = titleOf(tab); title != tabText(index)) {
        setTabText(index, title);
    }
    setTabToolTip(index, QStringLiteral("%1\n%2").arg(tab->session().title(), tab->session().path()));
    if (tab == current()) {
        emit currentTitleChanged();
    }
}

}  // namespace lectern::ui
