#pragma once
// Keeps the scope line with the document in front, and works out what it means.

#include <QObject>
#include <map>

#include "app/ask/scope.h"
#include "engine/core/result.h"
#include "ui/ask/scope_bar.h"
#include "ui/documents/open_documents.h"

namespace lectern::ui {

/// What `choice` means for the document of `tab`: nothing for all of it. Errors: InvalidInput, in one sentence.
Result<std::optional<app::AskScope>> resolveScope(const ScopeChoice& choice, const ReaderTab& tab);

/// GUI thread. Each tab has its own choice.
class ScopeController : public QObject {
    Q_OBJECT

  public:
    ScopeController(OpenDocuments* documents, ScopeBar* bar, QObject* parent = nullptr);

    /// The scope of the document in front; the bar says what is wrong where there is an error.
    Result<std::optional<app::AskScope>> scope() const;

  signals:
    /// The choice, or whether it can be asked, is another.
    void changed();

  private:
    void setTab(ReaderTab* tab);
    void showSections();
    void check();

    OpenDocuments* m_documents;
    ScopeBar* m_bar;
    ReaderTab* m_tab = nullptr;
    std::map<const ReaderTab*, ScopeChoice> m_choices;
    std::vector<QMetaObject::Connection> m_links;
};

}  // namespace lectern::ui
