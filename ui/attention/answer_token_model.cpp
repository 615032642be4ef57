#include "ui/attention/answer_token_model.h"

#include <QLocale>

namespace lectern::ui {

void AnswerTokenModel::setSource(const TraceSnapshot& source) {
    if (source.answer == m_source.answer && source.stepTexts == m_source.stepTexts) {
        return;
    }
    beginResetModel();
    m_source = source;
    m_steps.clear();
    if (source.answer != nullptr) {
        for (size_t i = 0; i < source.answer->steps.size(); ++i) {
            if (!source.answer->steps[i].question) {
                m_steps.push_back(static_cast<int>(i));
            }
        }
    }
    endResetModel();
}

int AnswerTokenModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_steps.size());
}

QVariant AnswerTokenModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const int step = stepAt(index.row());
    const QString text = m_source.stepTexts.value(step);
    switch (role) {
        case Qt::DisplayRole: {
            const QString trimmed = text.trimmed();
            return trimmed.isEmpty() ? QString::fromUtf8("\xe2\x90\xa3") : trimmed;
        }
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole:
            return tr("Answer token %1: \xe2\x80\x9c%2\xe2\x80\x9d")
                .arg(QLocale().toString(index.row() + 1), text.trimmed());
        default:
            return {};
    }
}

}  // namespace lectern::ui
