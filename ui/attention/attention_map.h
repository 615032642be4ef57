#pragma once
// What the attention map shows, as an immutable value made from the engine's traces.

#include <QString>
#include <QVector>
#include <memory>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/attention/trace.h"
#include "ui/attention/heat_pyramid.h"

namespace lectern::ui {

enum class MapLayer { Document, Answer };
enum class MapRows { HeadGroups, Layers, AnswerTokens };
/// What one value stands for: a region of tokens, which is the finest that attention selects and traces record, or
/// everything that belongs to one line, ..., chapter. At Token every token is shown by itself, with its region's value.
enum class MapGrain { Token, Region, Line, Sentence, Paragraph, Section, Page, Chapter };
enum class MapMeasure { Mass, Score };  ///< answer layer; the document layer always counts merges

/// First token of a page or of a chapter.
struct AxisMark {
    int64_t token = 0;
    QString label;
    int depth = 0;
};

/// Names of places on the token axis, ascending by token.
struct AxisMarks {
    QVector<AxisMark> pages;     ///< pages of a PDF, files of a source tree
    QVector<AxisMark> chapters;  ///< the outline
    /// First tokens of the text's lines, sentences and paragraphs, ascending; empty until somebody wanted them.
    std::vector<int64_t> lines;
    std::vector<int64_t> sentences;
    std::vector<int64_t> paragraphs;
    /// Label of the page that holds `token`; empty where there is none.
    QString pageLabelAt(int64_t token) const;
    QString chapterAt(int64_t token) const;
};

/// Everything the map can be drawn from. Traces are shared and never change once they are in here.
struct TraceSnapshot {
    std::shared_ptr<const DocumentTrace> document;
    std::shared_ptr<const AnswerTrace> answer;
    QVector<QString> stepTexts;                ///< text of each step of the answer trace
    std::shared_ptr<const AnswerTrace> other;  ///< an answer to compare with; null: none
    int64_t documentTokens = 0;
    int64_t contextTokens = 0;  ///< document, conversation and reply
    AxisMarks marks;
};

/// What of a snapshot is shown. Answer steps [firstStep, lastStep] by index of the trace; -1: all that are not
/// question.
struct MapOptions {
    MapLayer layer = MapLayer::Document;
    MapRows rows = MapRows::HeadGroups;
    MapMeasure measure = MapMeasure::Mass;
    MapGrain grain = MapGrain::Region;
    bool hideSink = true;
    bool hideLocal = true;
    std::vector<int> steps;  ///< chosen answer steps, ascending; empty: every step of the reply
    bool operator==(const MapOptions&) const = default;
};

/// One row: a layer, a head group of a layer, or an answer token.
struct MapRow {
    int layer = -1;
    int group = -1;
    int step = -1;
    bool other = false;  ///< of the answer to compare with
};

/// Rows x regions, ready to draw. Immutable and shared between threads.
struct AttentionMap {
    MapOptions options;
    TraceSnapshot source;
    int32_t regionTokens = 1;
    int32_t blockTokens = 0;  ///< document layer; 0: none
    int64_t regionCount = 0;
    std::vector<MapRow> rows;
    HeatPyramid heat;
    HeatPyramid overview;        ///< one row: the mean of all rows, each relative to its own largest value
    std::vector<int64_t> units;  ///< first region of each sentence, ..., page; empty: every region is its own
    int64_t denseBlocks = 0;     ///< leading blocks that saw everything before them

    TokenRange tokensOf(CellRange cells) const;
    CellRange cellOf(int64_t token) const { return {token / regionTokens, token / regionTokens + 1}; }
    /// The regions that share the value of `region`.
    CellRange unitOf(int64_t region) const;
    int64_t blockCount() const;
    TokenRange blockRange(int64_t block) const;
    QString rowLabel(int row) const;
    QString rowLabelShort(int row) const;
};

/// Merged regions of one block in one row, ascending by region.
struct Nomination {
    RegionId region = 0;
    int32_t nominator = 0;  ///< index of the nominating region in the block
};
std::vector<Nomination> nominationsOf(const AttentionMap& map, int row, int64_t block);

/// Blocks whose merged set holds a region of `cells` in this row, ascending.
std::vector<int64_t> blocksMerging(const AttentionMap& map, int row, CellRange cells);

/// Whether the options can be shown from this snapshot.
bool canShow(const TraceSnapshot& source, MapLayer layer);

/// Builds the map; null when stopped. Pure, for any thread. Memory: see HeatPyramid, plus one row of floats.
std::shared_ptr<const AttentionMap> buildAttentionMap(const TraceSnapshot& source, const MapOptions& options,
                                                      std::stop_token stop);

}  // namespace lectern::ui
