#pragma once
// The documents of the library as a table.

#include <QAbstractTableModel>
#include <QHash>
#include <vector>

#include "app/library/saved_contexts.h"

namespace lectern::ui {

/// What a list says about a document: what is known of it on disk, and whether it is being read right now.
enum class ShelfState { Ready, NeedsPrefill, Unfinished, Missing, BeingRead };
/// "ready", "needs prefill", ... in the user's language.
QString shelfStateText(ShelfState state);

/// Rows are documents in the order they are given. Column 0 carries everything as roles too, for delegates.
class LibraryModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    enum Column { Title, State, Pages, Tokens, Opened, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole,
        DocumentIdRole,
        PathRole,
        StateRole,     ///< ShelfState as int
        ProgressRole,  ///< 0..1 while being read
        DetailRole,    ///< pages, tokens and date in one line
        SavedBytesRole
    };

    using QAbstractTableModel::QAbstractTableModel;
    void setDocuments(std::vector<app::DocumentOverview> documents);
    /// A path being read into the library; `progress` < 0: no longer. Paths that the library does not hold are ignored.
    void setReading(const QString& path, double progress);
    const app::DocumentOverview& documentAt(int row) const { return m_documents[static_cast<size_t>(row)]; }
    ShelfState stateAt(int row) const;
    int rowOf(app::DocumentId document) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QVariant display(int row, int column) const;
    QVariant sortValue(int row, int column) const;
    QString pathAt(int row) const;
    QString pagesText(int row) const;
    QString tokensText(int row) const;
    QString detail(int row) const;

    std::vector<app::DocumentOverview> m_documents;
    QHash<QString, double> m_reading;
};

/// "just now", "5 minutes ago", "yesterday", else the date. Milliseconds since 1970.
QString agoText(qint64 thenMs, qint64 nowMs);

}  // namespace lectern::ui
