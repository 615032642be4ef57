#include "ui/training/plot_card.h"

#include <QGridLayout>
#include <QHeaderView>
#include <QTableView>
#include <QToolButton>

#include "ui/theme/icons.h"

namespace lectern::ui {

PlotCard::PlotCard(const QString& title, QWidget* parent)
    : QFrame(parent),
      m_stack(new QStackedWidget),
      m_plot(new LinePlot(title)),
      m_table(new QTableView),
      m_toggle(new QToolButton) {
    m_table->setModel(m_plot->table());
    m_table->setAccessibleName(tr("%1, as a table").arg(title));
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->setFrameShape(QFrame::NoFrame);
    m_stack->addWidget(m_plot);
    m_stack->addWidget(m_table);
    m_toggle->setIcon(icon(QStringLiteral("table")));
    m_toggle->setCheckable(true);
    m_toggle->setAutoRaise(true);
    m_toggle->setToolTip(tr("Show the numbers as a table"));
    m_toggle->setAccessibleName(tr("%1: show as a table").arg(title));
    auto* layout = new QGridLayout(this);
    layout->setContentsMargins(1, 1, 1, 1);
    layout->setSpacing(0);
    layout->addWidget(m_stack, 0, 0);
    layout->addWidget(m_toggle, 0, 1, Qt::AlignTop);
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    connect(m_toggle, &QToolButton::toggled, this, [this](bool on) {
        m_stack->setCurrentIndex(on ? 1 : 0);
        fillTable();
    });
    connect(m_plot, &LinePlot::seriesChanged, this, &PlotCard::fillTable);
}

void PlotCard::fillTable() {
    if (m_stack->currentWidget() == m_table) {
        static_cast<void>(m_plot->table());
    }
}

void PlotCard::showTable(bool on) {
    m_toggle->setChecked(on);
}

}  // namespace lectern::ui
