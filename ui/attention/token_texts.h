#pragma once
// Texts of single tokens for the attention map: kept for what was looked at last, asked for when they are missing.

#include <QCache>
#include <QHash>
#include <QObject>
#include <QSet>
#include <QTimer>
#include <QVector>

#include "ui/attention/attention_map.h"

namespace lectern::ui {

/// GUI thread. Tokens of the document come in pieces of kPiece, at most kPieces of them; those of the answer are there
/// with its trace.
class TokenTexts : public QObject {
    Q_OBJECT

  public:
    static constexpr int64_t kPiece = 512;
    static constexpr int kPieces = 512;  ///< more than the rows of a table in sight look for

    explicit TokenTexts(QObject* parent = nullptr);

    /// The texts of the answer's tokens. Those of the document stay.
    void setAnswer(const TraceSnapshot& source);
    /// Another document: all of its texts are gone.
    void clear();
    /// A null string where it is not known yet: arrived() follows then, unless nobody answers wanted().
    QString text(int64_t token) const;
    /// The tokens' texts in a row, on one line, at most `maximumTokens` of them; as text().
    QString textOf(TokenRange tokens, int64_t maximumTokens) const;
    /// Texts of the tokens from `tokens.begin` on, as wanted() asked for them.
    void put(TokenRange tokens, const QVector<QString>& texts);

  signals:
    void wanted(lectern::TokenRange tokens);
    void arrived();

  private:
    void ask();

    int64_t m_documentTokens = 0;
    QHash<int64_t, QString> m_answer;
    mutable QCache<int64_t, QVector<QString>> m_pieces;
    mutable QSet<int64_t> m_missing;  ///< pieces that were looked for and are not asked for yet
    QSet<int64_t> m_asked;
    mutable QTimer m_ask;
};

}  // namespace lectern::ui
