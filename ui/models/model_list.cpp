#include "ui/models/model_list.h"

#include <QCoreApplication>
#include <QFont>
#include <QLocale>

#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"

namespace lectern::ui {

QString parameterText(int64_t parameters) {
    const QLocale locale;
    return parameters >= 1'000'000'000 ? QCoreApplication::translate("Models", "%1 billion")
                                             .arg(locale.toString(double(parameters) / 1e9, 'f', 1))
                                       : QCoreApplication::translate("Models", "%1 million")
                                             .arg(locale.toString(double(parameters) / 1e6, 'f', 1));
}

QString tokensText(int64_t tokens) {
    return QCoreApplication::translate("Models", "%1 tokens").arg(numberText(tokens));
}

void ModelList::setEntries(std::vector<app::ModelCard> models, std::vector<app::AdapterEntry> adapters) {
    beginResetModel();
    m_models = std::move(models);
    m_adapters = std::move(adapters);
    endResetModel();
}

void ModelList::setChosen(const QString& model, const QString& adapter) {
    m_model = model;
    m_adapter = adapter;
    if (rowCount() > 0) {
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    }
}

QString ModelList::problemAt(int row) const {
    return QString::fromStdString(isAdapter(row) ? adapterAt(row).problem : modelAt(row).entry.problem);
}

bool ModelList::isChosen(int row) const {
    if (isAdapter(row)) {
        return !m_adapter.isEmpty() && QString::fromStdString(adapterAt(row).path.string()) == m_adapter;
    }
    const app::ModelEntry& entry = modelAt(row).entry;
    return m_model.isEmpty() ? entry.isDefault : QString::fromStdString(entry.path.string()) == m_model;
}

int ModelList::chosenModelRow() const {
    for (int row = 0; row < static_cast<int>(m_models.size()); ++row) {
        if (isChosen(row)) {
            return row;
        }
    }
    return m_models.empty() ? -1 : 0;
}

int ModelList::rowOfPath(const QString& path) const {
    for (int row = 0; row < rowCount(); ++row) {
        const auto& own = isAdapter(row) ? adapterAt(row).path : modelAt(row).entry.path;
        if (QString::fromStdString(own.string()) == path) {
            return row;
        }
    }
    return -1;
}

int ModelList::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_models.size() + m_adapters.size());
}

int ModelList::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString ModelList::display(int row, int column) const {
    if (column == State) {
        return !problemAt(row).isEmpty() ? tr("cannot be used") : isChosen(row) ? tr("in use") : QString();
    }
    if (isAdapter(row)) {
        const app::AdapterEntry& adapter = adapterAt(row);
        switch (column) {
            case Name:
                return QString::fromStdString(adapter.name);
            case Kind:
                return tr("adapter, rank %1").arg(adapter.rank);
            case Size:
                return sizeText(adapter.sizeBytes);
            default:
                return {};
        }
    }
    const app::ModelCard& card = modelAt(row);
    switch (column) {
        case Name:
            return QString::fromStdString(card.entry.name);
        case Kind:
            return card.parameters > 0 ? QString::fromStdString(card.entry.config.architecture) + QStringLiteral(", ") +
                                             parameterText(card.parameters)
                                       : tr("model");
        case Context:
            return card.extendedContext > 0 ? tokensText(card.extendedContext) : QString();
        case Size:
            return sizeText(card.entry.sizeBytes);
        default:
            return {};
    }
}

QVariant ModelList::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const int row = index.row();
    switch (role) {
        case Qt::DisplayRole:
            return display(row, index.column());
        case Qt::DecorationRole:
            if (index.column() == State && !problemAt(row).isEmpty()) {
                return icon(QStringLiteral("warning"));
            }
            return index.column() == Name
                       ? QVariant(icon(isAdapter(row) ? QStringLiteral("tune") : QStringLiteral("models")))
                       : QVariant();
        case Qt::FontRole: {
            QFont font;
            font.setBold(isChosen(row));
            return font;
        }
        case Qt::ToolTipRole:
            return problemAt(row).isEmpty() ? QString::fromStdString(isAdapter(row) ? adapterAt(row).path.string()
                                                                                    : modelAt(row).entry.path.string())
                                            : problemAt(row);
        case Qt::TextAlignmentRole:
            return index.column() == Context || index.column() == Size ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                                       : QVariant();
        default:
            return {};
    }
}

QVariant ModelList::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && (section == Context || section == Size)) {
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    }
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Name:
            return tr("Name");
        case Kind:
            return tr("Kind");
        case Context:
            return tr("Longest context");
        case Size:
            return tr("Size");
        case State:
            return tr("State");
        default:
            return {};
    }
}

}  // namespace lectern::ui
