#pragma once
// The Attention dock: map, its table twin, and the choices of what they show.

#include <QThreadPool>
#include <QWidget>
#include <functional>
#include <memory>

#include "engine/core/result.h"
#include "ui/attention/attention_map.h"

class QAction;
class QComboBox;
class QLabel;
class QListView;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;
class QToolBar;

namespace lectern::ui {

class AnswerTokenModel;
class MapCanvas;
class MapLoader;
class NominationTableModel;
class RegionTableModel;
class TokenTexts;

/// Shows a TraceSnapshot. Linked both ways: regionActivated() asks the reader to go there, setReaderRange() and
/// setMarks() show what the reader and the answer's chips point at. GUI thread; maps are built elsewhere.
class AttentionPanel : public QWidget {
    Q_OBJECT

  public:
    explicit AttentionPanel(QWidget* parent = nullptr);
    ~AttentionPanel() override;

    void setSnapshot(const TraceSnapshot& snapshot);
    const TraceSnapshot& snapshot() const { return m_snapshot; }
    const MapOptions& options() const { return m_options; }
    void setLayer(MapLayer layer);
    /// Chooses the answer steps whose tokens lie in `contextTokens`; an empty range chooses all.
    void chooseAnswerTokens(TokenRange contextTokens);
    void setReaderRange(TokenRange tokens);
    void setMarks(std::vector<TokenRange> marks);
    /// The answer to tokenTextsWanted().
    void setTokenTexts(TokenRange tokens, const QVector<QString>& texts);
    /// Another document is shown: the texts of its tokens have to be asked for.
    void forgetTokenTexts();

    MapCanvas* canvas() const { return m_canvas; }
    /// The filters that are on, each a button that takes it away.
    QWidget* filterChips() const { return m_chips; }
    QTableView* table() const { return m_regionView; }
    bool isLoading() const;
    /// The panel's actions for the menu bar: layers, filters, zoom, table, export.
    QList<QAction*> menuActions() const;

    /// Saves what is shown, on another thread; exported() follows, and the panel says how it went.
    void exportPng(const QString& filePath);
    void exportSvg(const QString& filePath);
    void exportCsv(const QString& filePath);

    /// Other answers that the shown one can be compared with; the choice goes back to none.
    void setComparable(const QStringList& answers);
    QComboBox* grainBox() const { return m_grain; }
    QComboBox* compareBox() const { return m_compare; }

  signals:
    void regionActivated(lectern::TokenRange tokens);
    void regionHovered(lectern::TokenRange tokens);
    void mapShown();
    void exported(bool written);
    /// Sentences and paragraphs of the text are needed for what is to be shown.
    void textUnitsWanted();
    /// Texts of these tokens of the document are needed for what is to be shown.
    void tokenTextsWanted(lectern::TokenRange tokens);
    /// Index into setComparable(); -1: none.
    void comparisonChosen(int answer);

  private:
    void buildActions();
    void buildViews();
    QToolBar* buildToolBar();
    void optionsChanged();
    void showMap();
    void showBlock();
    void tokensChosen();
    void updateEmptyState();
    void updateChips();
    enum class ExportKind { Png, Svg, Csv };
    void chooseExport(ExportKind kind);
    void write(const QString& filePath, const std::function<Result<void>()>& work);

    TraceSnapshot m_snapshot;
    MapOptions m_options;
    MapLoader* m_loader;
    RegionTableModel* m_regions;
    NominationTableModel* m_nominations;
    AnswerTokenModel* m_tokens;
    TokenTexts* m_texts;
    MapCanvas* m_canvas;
    QListView* m_tokenView;
    QTableView* m_regionView;
    QTableView* m_nominationView;
    QStackedWidget* m_stack;
    QWidget* m_chips;
    QWidget* m_tables;
    QLabel* m_detail;
    QLabel* m_empty;
    QLabel* m_tableTitle;
    QLabel* m_nominationTitle;
    QComboBox* m_rows;
    QComboBox* m_measure;
    QComboBox* m_columnValue;
    QComboBox* m_grain;
    QComboBox* m_compare;
    QAction* m_compareShown;  ///< its place in the tool bar, there only where something can be compared
    QAction* m_documentLayer;
    QAction* m_answerLayer;
    QAction* m_hideSink;
    QAction* m_hideLocal;
    QAction* m_normalise;
    QAction* m_showTable;
    QAction* m_zoomIn;
    QAction* m_zoomOut;
    QAction* m_zoomFit;
    QAction* m_exportPng;
    QAction* m_exportSvg;
    QAction* m_exportCsv;
    QThreadPool m_writer;
};

}  // namespace lectern::ui
