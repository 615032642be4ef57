#include "ui/attention/token_texts.h"

#include <algorithm>
#include <utility>

namespace lectern::ui {

TokenTexts::TokenTexts(QObject* parent) : QObject(parent), m_pieces(kPieces) {
    m_ask.setSingleShot(true);
    m_ask.setInterval(0);  // what one paint looks for is asked for at once
    connect(&m_ask, &QTimer::timeout, this, &TokenTexts::ask);
}

void TokenTexts::setAnswer(const TraceSnapshot& source) {
    m_documentTokens = source.documentTokens;
    m_answer.clear();
    if (source.answer != nullptr) {
        for (size_t i = 0; i < source.answer->steps.size(); ++i) {
            const int64_t token = source.answer->steps[i].token;
            if (token >= m_documentTokens) {
                m_answer.insert(token, source.stepTexts.value(static_cast<int>(i)));
            }
        }
    }
}

void TokenTexts::clear() {
    m_pieces.clear();
    m_missing.clear();
    m_asked.clear();
}

QString TokenTexts::text(int64_t token) const {
    if (token >= m_documentTokens || token < 0) {
        return m_answer.value(token, QStringLiteral(""));
    }
    const int64_t piece = token / kPiece;
    if (const QVector<QString>* texts = m_pieces.object(piece)) {
        const QString text = texts->value(static_cast<int>(token % kPiece));
        return text.isNull() ? QStringLiteral("") : text;
    }
    if (!m_asked.contains(piece)) {
        m_missing.insert(piece);
        m_ask.start();
    }
    return {};
}

QString TokenTexts::textOf(TokenRange tokens, int64_t maximumTokens) const {
    QString result;
    const int64_t end = std::min(tokens.end, tokens.begin + maximumTokens);
    for (int64_t token = tokens.begin; token < end; ++token) {
        const QString each = text(token);
        if (each.isNull()) {
            return {};
        }
        result += each;
    }
    result = result.simplified();
    return end < tokens.end ? result + QChar(0x2026) : result.isNull() ? QStringLiteral("") : result;
}

void TokenTexts::ask() {
    const QSet<int64_t> missing = std::exchange(m_missing, {});
    for (const int64_t piece : missing) {
        m_asked.insert(piece);
        emit wanted({piece * kPiece, std::min((piece + 1) * kPiece, m_documentTokens)});
    }
}

void TokenTexts::put(TokenRange tokens, const QVector<QString>& texts) {
    const int64_t piece = tokens.begin / kPiece;
    m_asked.remove(piece);
    m_pieces.insert(piece, new QVector<QString>(texts));
    emit arrived();
}

}  // namespace lectern::ui
