#pragma once
// Colours for source text, line by line: keywords, strings, comments, numbers, headings. Pure but for the names.

#include <QPalette>
#include <QString>
#include <QStringView>
#include <vector>

namespace lectern::ui {

enum class CodeLanguage { None, CFamily, Python, Shell, Markdown };
/// By the name of the file; None where it is not source text.
CodeLanguage languageOf(const QString& fileName);

enum class CodeKind { Keyword, String, Comment, Number, Heading };
QColor codeColor(const QPalette& palette, CodeKind kind);

struct CodeSpan {
    int begin = 0;
    int length = 0;
    CodeKind kind = CodeKind::Keyword;
};

/// What a line begins inside of: nothing, a comment over several lines, a string over several lines.
enum class CodeState { Plain, Comment, String };

/// The coloured parts of one line, and what the next line begins inside of.
struct CodeLine {
    std::vector<CodeSpan> spans;
    CodeState next = CodeState::Plain;
};
/// Very long lines, which only machines write, stay without colours.
CodeLine scanLine(CodeLanguage language, QStringView line, CodeState state);

}  // namespace lectern::ui
