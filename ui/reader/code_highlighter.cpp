#include "ui/reader/code_highlighter.h"

#include <QFileInfo>
#include <QHash>
#include <QSet>

#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

/// Longer lines would hold up the window.
constexpr qsizetype kLongestLine = 20000;

const QSet<QString>& keywords(CodeLanguage language) {
    // The union over the languages of a family: a word that is reserved in one of them is hardly a name in another.
    static const QSet<QString> family{
        "abstract", "as",        "async",    "auto",      "await",     "bool",     "break",    "case",     "catch",
        "char",     "class",     "const",    "constexpr", "continue",  "default",  "defer",    "delete",   "do",
        "double",   "else",      "enum",     "explicit",  "export",    "extends",  "extern",   "false",    "final",
        "float",    "fn",        "for",      "func",      "function",  "go",       "goto",     "if",       "impl",
        "import",   "in",        "inline",   "int",       "interface", "let",      "long",     "match",    "mod",
        "mut",      "namespace", "new",      "noexcept",  "nullptr",   "null",     "operator", "override", "package",
        "private",  "protected", "pub",      "public",    "return",    "self",     "short",    "signed",   "sizeof",
        "static",   "struct",    "super",    "switch",    "template",  "this",     "throw",    "trait",    "true",
        "try",      "type",      "typedef",  "typename",  "union",     "unsigned", "use",      "using",    "var",
        "virtual",  "void",      "volatile", "where",     "while"};
    static const QSet<QString> python{"and",      "as",     "assert", "async",    "await", "break",  "class",
                                      "continue", "def",    "del",    "elif",     "else",  "except", "False",
                                      "finally",  "for",    "from",   "global",   "if",    "import", "in",
                                      "is",       "lambda", "None",   "nonlocal", "not",   "or",     "pass",
                                      "raise",    "return", "True",   "try",      "while", "with",   "yield"};
    static const QSet<QString> shell{"case",     "do", "done", "elif",  "else",   "esac", "export", "fi",    "for",
                                     "function", "if", "in",   "local", "return", "set",  "then",   "until", "while"};
    static const QSet<QString> none;
    return language == CodeLanguage::CFamily  ? family
           : language == CodeLanguage::Python ? python
           : language == CodeLanguage::Shell  ? shell
                                              : none;
}

bool isWord(QChar c) {
    return c.isLetterOrNumber() || c == QLatin1Char('_');
}

/// Scans one line of a programming language.
class Scanner {
  public:
    Scanner(CodeLanguage language, QStringView line) : m_language(language), m_line(line) {}

    CodeLine scan(CodeState state) {
        if (state == CodeState::Comment) {
            closeAt(QStringLiteral("*/"), CodeKind::Comment, CodeState::Comment);
        } else if (state == CodeState::String) {
            closeAt(QStringLiteral("\"\"\""), CodeKind::String, CodeState::String);
        }
        while (m_at < size()) {
            step();
        }
        return std::move(m_result);
    }

  private:
    int size() const { return static_cast<int>(m_line.size()); }
    bool startsWith(const char* text) const { return m_line.mid(m_at).startsWith(QLatin1String(text)); }
    void add(int begin, int end, CodeKind kind) { m_result.spans.push_back({begin, end - begin, kind}); }

    /// The rest up to and with `mark`, or the whole line and the next one too.
    void closeAt(const QString& mark, CodeKind kind, CodeState state) {
        const auto end = m_line.indexOf(mark, m_at);
        const int stop = end < 0 ? size() : static_cast<int>(end + mark.size());
        add(m_opened, stop, kind);
        m_result.next = end < 0 ? state : CodeState::Plain;
        m_at = stop;
    }

    void step() {
        const QChar c = m_line[m_at];
        m_opened = m_at;
        const bool hash = m_language == CodeLanguage::Python || m_language == CodeLanguage::Shell;
        if ((hash && c == QLatin1Char('#')) || (m_language == CodeLanguage::CFamily && startsWith("//"))) {
            add(m_at, size(), CodeKind::Comment);
            m_at = size();
        } else if (m_language == CodeLanguage::CFamily && startsWith("/*")) {
            m_at += 2;
            closeAt(QStringLiteral("*/"), CodeKind::Comment, CodeState::Comment);
        } else if (m_language == CodeLanguage::Python && startsWith("\"\"\"")) {
            m_at += 3;
            closeAt(QStringLiteral("\"\"\""), CodeKind::String, CodeState::String);
        } else if (c == QLatin1Char('"') || c == QLatin1Char('\'') || c == QLatin1Char('`')) {
            quoted(c);
        } else if (c.isDigit()) {
            while (m_at < size() && (isWord(m_line[m_at]) || m_line[m_at] == QLatin1Char('.'))) {
                ++m_at;
            }
            add(m_opened, m_at, CodeKind::Number);
        } else if (isWord(c)) {
            while (m_at < size() && isWord(m_line[m_at])) {
                ++m_at;
            }
            if (keywords(m_language).contains(m_line.mid(m_opened, m_at - m_opened).toString())) {
                add(m_opened, m_at, CodeKind::Keyword);
            }
        } else {
            ++m_at;
        }
    }

    void quoted(QChar quote) {
        ++m_at;
        while (m_at < size() && m_line[m_at] != quote) {
            m_at += m_line[m_at] == QLatin1Char('\\') ? 2 : 1;
        }
        m_at = std::min(m_at + 1, size());
        add(m_opened, m_at, CodeKind::String);
    }

    CodeLanguage m_language;
    QStringView m_line;
    CodeLine m_result;
    int m_at = 0;
    int m_opened = 0;
};

CodeLine scanMarkdown(QStringView line, CodeState state) {
    CodeLine result;
    const bool fence = line.trimmed().startsWith(QLatin1String("```"));
    // A fence opens and closes a block of code, which is shown like a string.
    if (fence || state == CodeState::String) {
        result.spans.push_back({0, static_cast<int>(line.size()), CodeKind::String});
        result.next = fence == (state == CodeState::String) ? CodeState::Plain : CodeState::String;
        return result;
    }
    if (line.startsWith(QLatin1Char('#'))) {
        result.spans.push_back({0, static_cast<int>(line.size()), CodeKind::Heading});
    } else if (line.startsWith(QLatin1Char('>'))) {
        result.spans.push_back({0, static_cast<int>(line.size()), CodeKind::Comment});
    }
    return result;
}

}  // namespace

CodeLanguage languageOf(const QString& fileName) {
    static const QHash<QString, CodeLanguage> bySuffix = [] {
        QHash<QString, CodeLanguage> table;
        for (const char* suffix :
             {"c",   "cc", "cpp", "cxx", "h",  "hh", "hpp",   "hxx", "cu",    "cuh", "java", "js",
              "jsx", "ts", "tsx", "go",  "rs", "cs", "swift", "kt",  "scala", "php", "glsl", "json"}) {
            table.insert(QLatin1String(suffix), CodeLanguage::CFamily);
        }
        for (const char* suffix : {"py", "pyi"}) {
            table.insert(QLatin1String(suffix), CodeLanguage::Python);
        }
        for (const char* suffix : {"sh", "bash", "zsh", "cmake", "yml", "yaml", "toml", "ini", "rb", "pl", "mk"}) {
            table.insert(QLatin1String(suffix), CodeLanguage::Shell);
        }
        for (const char* suffix : {"md", "markdown", "mdown"}) {
            table.insert(QLatin1String(suffix), CodeLanguage::Markdown);
        }
        return table;
    }();
    const QFileInfo file(fileName);
    if (file.fileName() == QLatin1String("Makefile") || file.fileName() == QLatin1String("CMakeLists.txt")) {
        return CodeLanguage::Shell;
    }
    return bySuffix.value(file.suffix().toLower(), CodeLanguage::None);
}

QColor codeColor(const QPalette& palette, CodeKind kind) {
    return tone(palette, kind == CodeKind::Comment  ? Tone::Muted
                         : kind == CodeKind::String ? Tone::Verified
                         : kind == CodeKind::Number ? Tone::Unsupported
                                                    : Tone::Accent);
}

CodeLine scanLine(CodeLanguage language, QStringView line, CodeState state) {
    if (language == CodeLanguage::None || line.size() > kLongestLine) {
        return {{}, state};
    }
    return language == CodeLanguage::Markdown ? scanMarkdown(line, state) : Scanner(language, line).scan(state);
}

}  // namespace lectern::ui
