#pragma once
// A small plot of lines over steps, with its table twin.

#include <QAbstractTableModel>
#include <QWidget>
#include <vector>

#include "ui/theme/theme.h"

namespace lectern::ui {

struct PlotSeries {
    QString name;
    Tone color = Tone::Accent;
    bool dots = false;  ///< points alone, where a line between them would claim too much
    std::vector<QPointF> points;
};

/// The plotted numbers: one row per x, one column per series.
class PlotTable : public QAbstractTableModel {
    Q_OBJECT

  public:
    using QAbstractTableModel::QAbstractTableModel;
    void setSeries(const QString& xName, const std::vector<PlotSeries>& series);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString m_xName;
    QStringList m_names;
    std::vector<std::pair<double, std::vector<double>>> m_rows;  ///< NaN: no value
};

/// Long series are drawn as the lowest and highest point of each pixel column. The pointer shows the values at a step.
class LinePlot : public QWidget {
    Q_OBJECT

  public:
    explicit LinePlot(const QString& title, QWidget* parent = nullptr);

    void setSeries(std::vector<PlotSeries> series);
    /// x axis from `low` to `high` however few points there are yet.
    void setRange(double low, double high);
    void setXName(const QString& name);
    void setLogarithmicX(bool on);
    void setLogarithmicY(bool on);
    /// With the numbers of now: they are brought there when somebody asks.
    PlotTable* table();
    const std::vector<PlotSeries>& series() const { return m_series; }

    QSize sizeHint() const override { return {320, 170}; }
    QSize minimumSizeHint() const override { return {180, 110}; }

  signals:
    void seriesChanged();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

  private:
    struct Scale {
        QRectF area;
        double xLow = 0, xHigh = 1, yLow = 0, yHigh = 1;
        bool logX = false, logY = false;
        QPointF at(const QPointF& value) const;
        double xValue(double pixel) const;
    };
    Scale scaleNow() const;
    void paintAxes(QPainter& painter, const Scale& scale) const;
    QFont titleFont() const;
    int legendWidth() const;
    /// Beside the title there is no room for it.
    bool isLegendBelow() const;
    void paintLegend(QPainter& painter) const;
    void paintLine(QPainter& painter, const Scale& scale, const PlotSeries& line) const;
    void paintHover(QPainter& painter, const Scale& scale) const;

    QString m_title;
    QString m_xName;
    std::vector<PlotSeries> m_series;
    PlotTable m_table;
    bool m_tableIsOld = false;
    double m_low = 0, m_high = 0;
    bool m_logX = false;
    bool m_logY = false;
    double m_hover = -1;
};

/// "0.00023", "1.2 M": short, for axes and tables.
QString shortNumber(double value);

}  // namespace lectern::ui
