#include "ui/ask/context_inspector.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/quantities.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

/// More rows than anybody reads; the rest is added up in one.
constexpr int kMaximumRows = 5000;
constexpr int kPageRole = Qt::UserRole;

}  // namespace

ContextInspector::ContextInspector(const std::shared_ptr<const app::Context>& context, const app::TokenBudget& budget,
                                   const QString& title, const std::function<QString(int page)>& labelOf,
                                   QWidget* parent)
    : QDialog(parent), m_tree(new QTreeWidget) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("What is in the context"));
    resize(520, 560);
    const auto all = static_cast<int64_t>(context->tokens().size());
    const int64_t whole = budget.capacity > 0 ? budget.capacity : all;
    m_tree->setAccessibleName(tr("Parts of the context"));
    m_tree->setHeaderLabels({tr("Part"), tr("Tokens"), tr("Share")});
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    const QLocale locale;
    const auto add = [&](QTreeWidgetItem* above, const QString& name, int64_t tokens) {
        const double share = whole > 0 ? static_cast<double>(tokens) / static_cast<double>(whole) : 0;
        const QStringList texts{name, numberText(tokens),
                                tr("%1 %").arg(locale.toString(share * 100, 'f', share < 0.0995 ? 2 : 1))};
        auto* item = above == nullptr ? new QTreeWidgetItem(m_tree, texts) : new QTreeWidgetItem(above, texts);
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setTextAlignment(2, Qt::AlignRight | Qt::AlignVCenter);
        item->setData(0, kPageRole, -1);
        return item;
    };
    QTreeWidgetItem* document = add(nullptr, title, all);
    document->setIcon(0, icon(QStringLiteral("document")));
    int64_t rest = 0;
    int restPages = 0;
    for (const app::ContextSpan& span : context->spans()) {
        if (document->childCount() >= kMaximumRows) {
            rest += span.tokens.size();
            ++restPages;
            continue;
        }
        const QString label = span.page < 0 ? QString() : labelOf(span.page);
        QTreeWidgetItem* item = add(document,
                                    span.page < 0     ? tr("Heading between documents")
                                    : label.isEmpty() ? tr("Page %1").arg(span.page + 1)
                                                      : label,
                                    span.tokens.size());
        item->setData(0, kPageRole, span.page);
    }
    if (restPages > 0) {
        add(document, tr("Further pages: %1").arg(restPages), rest);
    }
    if (budget.capacity > 0) {
        add(nullptr, tr("Conversation"), budget.conversation);
        add(nullptr, tr("Kept free for the answer"), budget.reply);
        add(nullptr, tr("Free"), std::max<int64_t>(0, budget.free()));
    }
    m_tree->resizeColumnToContents(1);
    auto* sentence = new QLabel(
        budget.capacity > 0 ? tr("The model holds the whole document, not pieces of it: %1 of %2 tokens are in use.")
                                  .arg(numberText(budget.document + budget.conversation), numberText(budget.capacity))
                            : tr("The model has not read the document yet; this is what it will hold."));
    sentence->setWordWrap(true);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_tree, &QTreeWidget::itemActivated, this, [this](const QTreeWidgetItem* item) {
        if (const int page = item->data(0, kPageRole).toInt(); page >= 0) {
            emit pageActivated(page);
        }
    });
    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(kSpacing);
    layout->addWidget(sentence);
    layout->addWidget(m_tree, 1);
    layout->addWidget(buttons);
}

}  // namespace lectern::ui
