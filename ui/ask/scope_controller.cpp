#include "ui/ask/scope_controller.h"

#include <QRegularExpression>

#include "ui/reader/place_text.h"

namespace lectern::ui {
namespace {

constexpr int kNameCharacters = 60;

Error problem(const QString& sentence) {
    return {ErrorCode::InvalidInput, sentence.toStdString()};
}

Result<int> pageOf(const QString& typed, const DocumentView& view) {
    const int page = view.pageOfLabel(typed);
    if (page < 0) {
        return problem(
            ScopeController::tr("There is no page \xe2\x80\x9c%1\xe2\x80\x9d to ask about.").arg(typed.trimmed()));
    }
    return page;
}

Result<app::AskScope> pagesScope(const QString& typed, const app::DocumentRecord& record, const DocumentView& view) {
    if (typed.trimmed().isEmpty()) {
        return problem(ScopeController::tr("Say which pages to ask about: one page, or two with a dash between."));
    }
    int first = view.pageOfLabel(typed);
    int last = first;
    if (first < 0) {
        static const QRegularExpression dash(QString::fromUtf8("\\s*[-\xe2\x80\x93]\\s*"));
        const QStringList ends = typed.trimmed().split(dash);
        if (ends.size() > 2) {
            return problem(ScopeController::tr("Say which pages to ask about: one page, or two with a dash between."));
        }
        LECTERN_ASSIGN(first, pageOf(ends.front(), view));
        LECTERN_ASSIGN(last, pageOf(ends.back(), view));
    }
    if (last < first) {
        return problem(ScopeController::tr("The pages run backwards: the first lies behind the last."));
    }
    app::AskScope scope = app::documentScope(record);
    scope.firstPage = first;
    scope.lastPage = last;
    const auto name = [&view](int page) { return pageName(view.pageLabel(page), page); };
    scope.name = pagesText(name(first), name(last)).toStdString();
    return scope;
}

Result<app::AskScope> selectionScope(const app::DocumentRecord& record, const DocumentView& view) {
    const QVector<SelectedText> selection = view.selection();
    if (selection.isEmpty()) {
        return problem(ScopeController::tr("Select some text in the document to ask about it."));
    }
    app::AskScope scope = app::documentScope(record);
    scope.firstPage = selection.front().page;
    scope.beginByte = selection.front().bytes.begin;
    scope.lastPage = selection.back().page;
    scope.endByte = selection.back().bytes.end;
    scope.name = ScopeController::tr("the selection \xe2\x80\x9c%1\xe2\x80\x9d")
                     .arg(shortened(view.selectedText().simplified(), kNameCharacters))
                     .toStdString();
    return scope;
}

}  // namespace

Result<std::optional<app::AskScope>> resolveScope(const ScopeChoice& choice, const ReaderTab& tab) {
    if (choice.kind == ScopeKind::Document) {
        return std::optional<app::AskScope>();
    }
    const DocumentSession& session = tab.session();
    if (!session.record() || tab.view() == nullptr) {
        return problem(ScopeController::tr("The document is still being taken in."));
    }
    // The record of a finished ingest comes without its outline.
    app::DocumentRecord record = *session.record();
    record.header.outline = session.outline();
    if (choice.kind == ScopeKind::Pages) {
        LECTERN_ASSIGN(app::AskScope scope, pagesScope(choice.pages, record, *tab.view()));
        return std::optional(std::move(scope));
    }
    if (choice.kind == ScopeKind::Selection) {
        LECTERN_ASSIGN(app::AskScope scope, selectionScope(record, *tab.view()));
        return std::optional(std::move(scope));
    }
    if (choice.section < 0 || choice.section >= static_cast<int>(record.header.outline.size())) {
        return problem(ScopeController::tr("Choose a section to ask about."));
    }
    const auto page = [&session](int32_t index) -> Result<app::DocumentPage> {
        const TextPages& pages = session.textPages();
        if (pages == nullptr || index < 0 || index >= static_cast<int32_t>(pages->size())) {
            return problem(ScopeController::tr("The document is still being taken in."));
        }
        return (*pages)[static_cast<size_t>(index)];
    };
    LECTERN_ASSIGN(app::AskScope scope, app::sectionScope(record, static_cast<size_t>(choice.section), page));
    scope.name = record.header.outline[static_cast<size_t>(choice.section)].title;
    return std::optional(std::move(scope));
}

ScopeController::ScopeController(OpenDocuments* documents, ScopeBar* bar, QObject* parent)
    : QObject(parent), m_documents(documents), m_bar(bar) {
    connect(documents, &OpenDocuments::currentTabChanged, this, &ScopeController::setTab);
    connect(documents, &OpenDocuments::closing, this, [this](ReaderTab* tab) {
        if (m_tab == tab) {
            setTab(nullptr);
        }
        m_choices.erase(tab);
    });
    connect(bar, &ScopeBar::changed, this, [this] {
        if (m_tab != nullptr) {
            m_choices[m_tab] = m_bar->choice();
        }
        check();
    });
    setTab(documents->current());
}

void ScopeController::setTab(ReaderTab* tab) {
    for (const QMetaObject::Connection& link : m_links) {
        disconnect(link);
    }
    m_links.clear();
    m_tab = tab;
    m_bar->setVisible(tab != nullptr);
    showSections();
    if (tab == nullptr) {
        m_bar->setProblem({});
        emit changed();
        return;
    }
    const auto watchView = [this, tab] {
        m_links.push_back(connect(tab->view(), &DocumentView::selectionChanged, this, [this] {
            m_bar->setSelection(m_tab->view()->selectedText());
            check();
        }));
        m_bar->setSelection(tab->view()->selectedText());
    };
    if (tab->view() != nullptr) {
        watchView();
    } else {
        m_bar->setSelection({});
        m_links.push_back(connect(tab, &ReaderTab::viewReady, this, [this, tab] { setTab(tab); }));
    }
    m_links.push_back(connect(&tab->session(), &DocumentSession::outlineChanged, this, &ScopeController::showSections));
    m_links.push_back(connect(&tab->session(), &DocumentSession::phaseChanged, this, &ScopeController::check));
    const auto known = m_choices.find(tab);
    m_bar->setChoice(known == m_choices.end() ? ScopeChoice() : known->second);
}

void ScopeController::showSections() {
    QStringList titles;
    std::vector<int> depths;
    if (m_tab != nullptr) {
        for (const app::OutlineEntry& entry : m_tab->session().outline()) {
            titles.push_back(QString::fromStdString(entry.title));
            depths.push_back(entry.depth);
        }
    }
    m_bar->setSections(titles, depths);
}

Result<std::optional<app::AskScope>> ScopeController::scope() const {
    return m_tab == nullptr ? Result<std::optional<app::AskScope>>(std::optional<app::AskScope>())
                            : resolveScope(m_bar->choice(), *m_tab);
}

void ScopeController::check() {
    const Result<std::optional<app::AskScope>> found = scope();
    m_bar->setProblem(found ? QString() : QString::fromStdString(found.error().message));
    emit changed();
}

}  // namespace lectern::ui
