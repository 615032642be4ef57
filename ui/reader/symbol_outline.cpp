#include "ui/reader/symbol_outline.h"

#include <QFileInfo>

#include "app/ingest/source_symbols.h"
#include "app/ingest/text_ingestor.h"
#include "ui/reader/code_highlighter.h"

namespace lectern::ui {
namespace {

/// Files whose symbols stand in the contents at once; beyond, the farthest away goes.
constexpr size_t kMaximumFiles = 200;

/// Names without an ending ("README", "notes.txt") are prose, but for the few that name a language themselves.
bool mayBeSource(const QString& name) {
    const QString suffix = QFileInfo(name).suffix().toLower();
    const QString base = QFileInfo(name).fileName();
    return (!suffix.isEmpty() && suffix != QLatin1String("txt") && suffix != QLatin1String("log")) ||
           base == QLatin1String("Makefile") || base == QLatin1String("Dockerfile") ||
           base == QLatin1String("Rakefile");
}

}  // namespace

SymbolOutline::SymbolOutline(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

SymbolOutline::~SymbolOutline() {
    m_stop.request_stop();
    m_pool.clear();
    m_pool.waitForDone();
}

void SymbolOutline::setDocument(Pages pages, app::DocumentKind kind, const QString& fileName,
                                std::vector<app::OutlineEntry> contents) {
    m_stop.request_stop();
    m_stop = std::stop_source();
    m_pool.clear();
    ++m_document;
    m_pages = std::move(pages);
    m_kind = kind;
    m_fileName = fileName;
    m_contents = std::move(contents);
    m_symbols.clear();
    m_outline = m_contents;
    m_hint.clear();
    emit changed();
}

QString SymbolOutline::nameOf(int page) const {
    const std::string& label = (*m_pages)[static_cast<size_t>(page)].label;
    return m_kind == app::DocumentKind::SourceTree ? QString::fromStdString(label) : m_fileName;
}

void SymbolOutline::showPage(int page) {
    const bool source = m_kind == app::DocumentKind::SourceTree || m_kind == app::DocumentKind::Text;
    if (!source || m_pages == nullptr || page < 0 || page >= static_cast<int>(m_pages->size())) {
        return;
    }
    const QString name = nameOf(page);
    if (!mayBeSource(name)) {
        setHint({});
        return;
    }
    const bool markdown = languageOf(name) == CodeLanguage::Markdown;
    if (!markdown && app::symbolProgram().empty()) {
        setHint(tr("Functions and classes are listed here once the package universal-ctags is installed."));
        return;
    }
    setHint({});
    if (!m_symbols.try_emplace(page).second) {
        return;
    }
    const int32_t depth = m_kind == app::DocumentKind::SourceTree ? 1 : 0;
    m_pool.start([this, page, depth, name = QFileInfo(name).fileName().toStdString(), pages = m_pages, markdown,
                  stop = m_stop.get_token(), document = m_document] {
        const std::string& text = (*pages)[static_cast<size_t>(page)].text;
        std::vector<app::OutlineEntry> entries;
        QString problem;
        if (markdown) {
            entries = app::markdownOutline(text);
            for (app::OutlineEntry& entry : entries) {
                entry.page = page;
                entry.depth += depth;
            }
        } else if (const auto symbols = app::sourceSymbols(name, text, {}, stop)) {
            entries = app::symbolOutline(*symbols, page, depth);
        } else if (symbols.error().code != ErrorCode::Cancelled) {
            problem = QString::fromStdString(symbols.error().message);
        }
        QMetaObject::invokeMethod(
            this,
            [this, page, document, problem, entries = std::move(entries)]() mutable {
                if (document == m_document) {
                    take(page, std::move(entries));
                    setHint(problem);
                }
            },
            Qt::QueuedConnection);
    });
}

void SymbolOutline::take(int page, std::vector<app::OutlineEntry> symbols) {
    if (m_symbols.size() > kMaximumFiles) {
        const bool front = page - m_symbols.begin()->first > m_symbols.rbegin()->first - page;
        const auto other = front ? m_symbols.begin() : std::prev(m_symbols.end());
        m_symbols.erase(other);
    }
    const bool any = !symbols.empty();
    m_symbols[page] = std::move(symbols);
    if (!any) {
        return;
    }
    m_outline.clear();
    if (m_kind != app::DocumentKind::SourceTree) {
        m_outline = m_symbols[page];
        emit changed();
        return;
    }
    for (const app::OutlineEntry& entry : m_contents) {
        m_outline.push_back(entry);
        const auto found = m_symbols.find(entry.page);
        if (entry.page < 0 || found == m_symbols.end()) {
            continue;
        }
        for (app::OutlineEntry symbol : found->second) {
            symbol.depth += entry.depth;
            m_outline.push_back(std::move(symbol));
        }
    }
    emit changed();
}

void SymbolOutline::setHint(const QString& sentence) {
    if (sentence != m_hint) {
        m_hint = sentence;
        emit changed();
    }
}

}  // namespace lectern::ui
