#include "ui/library/library_model.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {
namespace {

QString iconName(app::DocumentKind kind) {
    return kind == app::DocumentKind::SourceTree ? QStringLiteral("folder") : QStringLiteral("document");
}

}  // namespace

QString shelfStateText(ShelfState state) {
    const auto text = [](const char* source) { return QCoreApplication::translate("Library", source); };
    switch (state) {
        case ShelfState::Ready:
            return text(QT_TRANSLATE_NOOP("Library", "ready"));
        case ShelfState::NeedsPrefill:
            return text(QT_TRANSLATE_NOOP("Library", "needs prefill"));
        case ShelfState::Unfinished:
            return text(QT_TRANSLATE_NOOP("Library", "read in part"));
        case ShelfState::Missing:
            return text(QT_TRANSLATE_NOOP("Library", "file missing"));
        case ShelfState::BeingRead:
            return text(QT_TRANSLATE_NOOP("Library", "being read"));
    }
    return {};
}

QString agoText(qint64 thenMs, qint64 nowMs) {
    const auto text = [](const char* source) { return QCoreApplication::translate("Library", source); };
    const qint64 minutes = (nowMs - thenMs) / 60000;
    const QDateTime then = QDateTime::fromMSecsSinceEpoch(thenMs);
    const qint64 days = then.date().daysTo(QDateTime::fromMSecsSinceEpoch(nowMs).date());
    if (minutes < 1) {
        return text(QT_TRANSLATE_NOOP("Library", "just now"));
    }
    if (minutes < 60) {
        return text(QT_TRANSLATE_NOOP("Library", "%1 min ago")).arg(minutes);
    }
    if (days == 0) {
        return text(QT_TRANSLATE_NOOP("Library", "today, %1"))
            .arg(QLocale().toString(then.time(), QLocale::ShortFormat));
    }
    if (days == 1) {
        return text(QT_TRANSLATE_NOOP("Library", "yesterday"));
    }
    return QLocale().toString(then.date(), QLocale::ShortFormat);
}

void LibraryModel::setDocuments(std::vector<app::DocumentOverview> documents) {
    beginResetModel();
    m_documents = std::move(documents);
    endResetModel();
}

void LibraryModel::setReading(const QString& path, double progress) {
    if (progress < 0 ? m_reading.remove(path) == 0 : m_reading.value(path, -1) == progress) {
        return;
    }
    if (progress >= 0) {
        m_reading.insert(path, progress);
    }
    for (int row = 0; row < rowCount(); ++row) {
        if (pathAt(row) == path) {
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
        }
    }
}

QString LibraryModel::pathAt(int row) const {
    return QString::fromStdString(documentAt(row).record.header.sourcePath);
}

ShelfState LibraryModel::stateAt(int row) const {
    if (m_reading.contains(pathAt(row))) {
        return ShelfState::BeingRead;
    }
    switch (documentAt(row).state) {
        case app::DocumentState::Ready:
            return ShelfState::Ready;
        case app::DocumentState::NeedsPrefill:
            return ShelfState::NeedsPrefill;
        case app::DocumentState::Unfinished:
            return ShelfState::Unfinished;
        case app::DocumentState::Missing:
            return ShelfState::Missing;
    }
    return ShelfState::Missing;
}

int LibraryModel::rowOf(app::DocumentId document) const {
    for (int row = 0; row < rowCount(); ++row) {
        if (documentAt(row).record.id == document) {
            return row;
        }
    }
    return -1;
}

int LibraryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_documents.size());
}

int LibraryModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString LibraryModel::pagesText(int row) const {
    const app::DocumentHeader& header = documentAt(row).record.header;
    const QString count = QLocale().toString(header.pageCount);
    const bool one = header.pageCount == 1;
    switch (header.kind) {
        case app::DocumentKind::Pdf:
            return one ? tr("1 page") : tr("%1 pages").arg(count);
        case app::DocumentKind::SourceTree:
            return one ? tr("1 file") : tr("%1 files").arg(count);
        default:
            return tr("text");
    }
}

QString LibraryModel::tokensText(int row) const {
    const app::DocumentOverview& document = documentAt(row);
    const QString number = numberText(document.tokens);
    return document.tokensCounted ? tr("%1 tokens").arg(number) : tr("about %1 tokens").arg(number);
}

QString LibraryModel::detail(int row) const {
    const QString opened = agoText(documentAt(row).record.openedAtMs, QDateTime::currentMSecsSinceEpoch());
    return pagesText(row) + QStringLiteral(" · ") + tokensText(row) + QStringLiteral(" · ") + opened;
}

QVariant LibraryModel::display(int row, int column) const {
    const app::DocumentRecord& record = documentAt(row).record;
    switch (column) {
        case Title:
            return QString::fromStdString(record.header.title).simplified();
        case State:
            return shelfStateText(stateAt(row));
        case Pages:
            return record.header.pageCount;
        case Tokens:
            return tokensText(row);
        case Opened:
            return agoText(record.openedAtMs, QDateTime::currentMSecsSinceEpoch());
        default:
            return {};
    }
}

QVariant LibraryModel::sortValue(int row, int column) const {
    switch (column) {
        case State:
            return static_cast<int>(stateAt(row));
        case Tokens:
            return qlonglong{documentAt(row).tokens};
        case Opened:
            return qlonglong{documentAt(row).record.openedAtMs};
        default:
            return display(row, column);
    }
}

QVariant LibraryModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const int row = index.row();
    switch (role) {
        case Qt::DisplayRole:
            return display(row, index.column());
        case Qt::DecorationRole:
            return index.column() == Title ? QVariant(icon(iconName(documentAt(row).record.header.kind))) : QVariant();
        case Qt::ToolTipRole:
            return QDir::toNativeSeparators(pathAt(row));
        case Qt::AccessibleTextRole:
            return index.column() == Title ? display(row, Title).toString() + QStringLiteral(", ") +
                                                 shelfStateText(stateAt(row)) + QStringLiteral(", ") + detail(row)
                                           : display(row, index.column()).toString();
        case Qt::TextAlignmentRole:
            return index.column() == Pages || index.column() == Tokens ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                                       : QVariant();
        case SortRole:
            return sortValue(row, index.column());
        case DocumentIdRole:
            return qlonglong{documentAt(row).record.id};
        case PathRole:
            return pathAt(row);
        case StateRole:
            return static_cast<int>(stateAt(row));
        case ProgressRole:
            return m_reading.value(pathAt(row), 0.0);
        case DetailRole:
            return detail(row);
        case SavedBytesRole:
            return qlonglong{documentAt(row).savedBytes};
        default:
            return {};
    }
}

QVariant LibraryModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Title:
            return tr("Document");
        case State:
            return tr("State");
        case Pages:
            return tr("Pages");
        case Tokens:
            return tr("Tokens");
        case Opened:
            return tr("Last opened");
        default:
            return {};
    }
}

}  // namespace lectern::ui
