#pragma once
// The editor of a TextView: read-only, lines in colours, their numbers in the margin, a bar beside cited ones.

#include <QPlainTextEdit>
#include <QTimer>
#include <map>
#include <memory>
#include <vector>

#include "ui/reader/code_highlighter.h"
#include "ui/reader/document_view.h"

namespace lectern::ui {

/// GUI thread, and never for long: long texts are made into documents elsewhere, and colours come in slices between
/// other events.
class CodeEdit : public QPlainTextEdit {
    Q_OBJECT

  public:
    explicit CodeEdit(QWidget* parent = nullptr);

    /// How a text document of this editor looks. Any thread may make one.
    struct Look {
        QFont font;
        QTextOption option;
    };
    Look look() const { return {font(), document()->defaultTextOption()}; }
    static std::unique_ptr<QTextDocument> makeDocument(const QString& text, const Look& look);
    /// Shows another text, coloured by its language. `text` belongs to the calling thread.
    void showDocument(std::unique_ptr<QTextDocument> text, CodeLanguage language);

    /// The lines of the shown text that are highlighted in one way.
    void setHighlightedLines(HighlightKind kind, std::vector<app::LineRange> lines);
    /// How strongly this kind draws the eye just now, 0 to 1.
    void setFlash(HighlightKind kind, double strength);

    int numberWidth() const;
    void paintNumbers(QPaintEvent* event);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

  private:
    void placeMargin();
    /// Calls work(block, its area in the viewport) for the lines between two heights of the viewport.
    template <typename Work>
    void eachLine(int top, int bottom, Work work);
    QColor washOf(HighlightKind kind) const;
    /// Colours lines in sight until the slice of time is over; the next goes on. Those above are only scanned for what
    /// they leave open.
    void colourSlice();
    void colourLine(const QTextBlock& block, const CodeLine& line);

    QWidget* m_margin;
    std::map<HighlightKind, std::vector<app::LineRange>> m_highlighted;  ///< sorted, disjoint
    HighlightKind m_flashKind = HighlightKind::Citation;
    double m_flash = 0;
    CodeLanguage m_language = CodeLanguage::None;
    std::vector<CodeState> m_states;  ///< what each scanned line begins inside of
    std::vector<bool> m_coloured;
    QTimer m_colouring;
};

}  // namespace lectern::ui
