#include "ui/settings/settings_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/settings/setting_row.h"
#include "ui/settings/shortcuts_page.h"
#include "ui/settings/storage_page.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

/// Groups of the table that each page shows.
QStringList groupsOf(int page) {
    switch (page) {
        case SettingsDialog::General:
            return {QStringLiteral("general")};
        case SettingsDialog::Reading:
            return {QStringLiteral("reading")};
        case SettingsDialog::Model:
            return {QStringLiteral("model"), QStringLiteral("answer")};
        case SettingsDialog::Attention:
            return {QStringLiteral("attention")};
        case SettingsDialog::Storage:
            return {QStringLiteral("storage")};
        default:
            return {};
    }
}

constexpr int kPageListWidth = 176;

}  // namespace

SettingsDialog::SettingsDialog(Services& services, ShortcutStore* shortcuts, QWidget* parent)
    : QDialog(parent),
      m_services(services),
      m_search(new QLineEdit),
      m_pages(new QListWidget),
      m_stack(new QStackedWidget),
      m_defaults(new QPushButton(tr("Restore Defaults of This Page"))),
      m_message(new QLabel) {
    setWindowTitle(tr("Settings"));
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_pages->setFixedWidth(kPageListWidth);
    m_pages->setAccessibleName(tr("Pages"));
    m_message->setWordWrap(true);

    const struct {
        QString title, iconName, sentence;
    } pages[] = {
        {tr("General"), QStringLiteral("settings"), {}},
        {tr("Reading"), QStringLiteral("document"), {}},
        {tr("Model and Memory"), QStringLiteral("models"),
         tr("Changes of the model take effect when a document is read next.")},
        {tr("Attention"), QStringLiteral("attention"), {}},
        {tr("Storage"), QStringLiteral("library"), {}},
        {tr("Shortcuts"), QStringLiteral("command"), tr("Choose an action, then press its new keys.")},
        {tr("Privacy"), QStringLiteral("password"), {}},
    };
    for (const auto& page : pages) {
        m_parts.push_back(addPage(page.title, page.iconName, page.sentence));
        for (const QString& group : groupsOf(static_cast<int>(m_parts.size()) - 1)) {
            addRows(m_parts.back(), group);
        }
    }
    m_storage = new StoragePage(services);
    m_parts[Storage].layout->insertWidget(0, m_storage);
    m_shortcuts = new ShortcutsPage(shortcuts);
    m_parts[Shortcuts].layout->addWidget(m_shortcuts, 1);
    m_parts[Privacy].layout->addWidget(buildPrivacy());
    for (const PageParts& part : m_parts) {
        if (&part != &m_parts[Shortcuts]) {
            part.layout->addStretch(1);
        }
    }
    auto* left = new QVBoxLayout;
    left->addWidget(m_search);
    left->addWidget(m_pages, 1);
    m_search->setFixedWidth(kPageListWidth);
    auto* middle = new QHBoxLayout;
    middle->setSpacing(3 * kSpacing);
    middle->addLayout(left);
    middle->addWidget(m_stack, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->addButton(m_defaults, QDialogButtonBox::ResetRole);
    auto* layout = new QVBoxLayout(this);
    layout->addLayout(middle, 1);
    layout->addWidget(m_message);
    layout->addWidget(buttons);
    m_message->hide();
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_defaults, &QPushButton::clicked, this, &SettingsDialog::restoreDefaults);
    connect(m_search, &QLineEdit::textChanged, this, &SettingsDialog::filter);
    connect(m_storage, &StoragePage::cleared, this, &SettingsDialog::storageCleared);
    connect(m_pages, &QListWidget::currentRowChanged, this, [this](int row) {
        m_stack->setCurrentIndex(row);
        m_defaults->setEnabled(!groupsOf(row).isEmpty() || row == Shortcuts);
        m_message->hide();
    });
    m_pages->setCurrentRow(General);
    m_search->setFocus();
    resize(820, 560);
}

SettingsDialog::PageParts SettingsDialog::addPage(const QString& title, const QString& iconName,
                                                  const QString& sentence) {
    PageParts parts;
    parts.page = new QWidget;
    parts.layout = new QVBoxLayout(parts.page);
    parts.layout->setContentsMargins(kSpacing, 0, 2 * kSpacing, 0);
    parts.layout->setSpacing(0);
    auto* outer = new QWidget;
    auto* outerLayout = new QVBoxLayout(outer);
    outerLayout->setContentsMargins(0, 0, 0, 0);
    auto* heading = new QLabel(title);
    QFont font = heading->font();
    font.setPointSizeF(font.pointSizeF() * 1.3);
    font.setWeight(QFont::DemiBold);
    heading->setFont(font);
    heading->setContentsMargins(kSpacing, 0, 0, 0);
    outerLayout->addWidget(heading);
    if (!sentence.isEmpty()) {
        auto* words = new QLabel(sentence);
        words->setWordWrap(true);
        words->setContentsMargins(kSpacing, 0, 0, 0);
        words->setForegroundRole(QPalette::PlaceholderText);
        outerLayout->addWidget(words);
    }
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(parts.page);
    outerLayout->addWidget(scroll, 1);
    m_stack->addWidget(outer);
    m_pages->addItem(new QListWidgetItem(icon(iconName), title));
    return parts;
}

void SettingsDialog::addRows(PageParts& page, const QString& group) {
    for (const app::SettingSpec& spec : app::settingSpecs()) {
        if (spec.type == app::SettingType::Bytes || !QString::fromLatin1(spec.key).startsWith(group + u'/')) {
            continue;
        }
        auto* row = new SettingRow(m_services.settings, spec);
        connect(row, &SettingRow::refused, this, [this](const QString& sentence) {
            m_message->setText(sentence);
            m_message->show();
        });
        page.layout->addWidget(row);
        page.rows.push_back(row);
    }
}

QWidget* SettingsDialog::buildPrivacy() {
    auto* label = new QLabel(tr(
        "<p><b>Lectern does not use the network.</b> No process of it opens an internet connection: no telemetry, no "
        "updates, no model download. Documents, questions and answers stay on this computer.</p>"
        "<p>The library lies in a file that only you may read (mode 0600). What is kept, and how to clear it, is on "
        "the page <i>Storage</i>; for documents that need a password you can keep nothing at all there.</p>"
        "<p>PDF files are opened in a separate process without access to the network or to other files, so that a "
        "harmful file reaches nothing.</p>"
        "<p>Models are read from folders that you name; nothing of them is sent anywhere or run as a program.</p>"));
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

SettingRow* SettingsDialog::rowOf(const QString& key) const {
    for (const PageParts& part : m_parts) {
        for (SettingRow* row : part.rows) {
            if (row->key() == key) {
                return row;
            }
        }
    }
    return nullptr;
}

void SettingsDialog::showPage(Page page) {
    m_search->clear();
    m_pages->setCurrentRow(page);
}

void SettingsDialog::filter(const QString& text) {
    int first = -1;
    for (int page = 0; page < PageCount; ++page) {
        PageParts& part = m_parts[static_cast<size_t>(page)];
        const bool titleMatches = m_pages->item(page)->text().contains(text, Qt::CaseInsensitive);
        bool any = titleMatches || (page == Shortcuts && m_shortcuts->matches(text));
        for (SettingRow* row : part.rows) {
            const bool shown = titleMatches || row->matches(text);
            row->setVisible(shown);
            any = any || shown;
        }
        m_pages->item(page)->setHidden(!any);
        first = any && first < 0 ? page : first;
    }
    m_shortcuts->setFilter(m_pages->item(Shortcuts)->text().contains(text, Qt::CaseInsensitive) ? QString() : text);
    if (first >= 0 && m_pages->currentItem() != nullptr && m_pages->currentItem()->isHidden()) {
        m_pages->setCurrentRow(first);
    }
    m_message->setVisible(first < 0);
    if (first < 0) {
        m_message->setText(tr("No setting has “%1”.").arg(text));
    }
}

void SettingsDialog::restoreDefaults() {
    const int page = m_pages->currentRow();
    if (page == Shortcuts) {
        m_shortcuts->resetAll();
    }
    for (const QString& group : groupsOf(page)) {
        if (const Result<void> done = m_services.settings.resetPage(group); !done) {
            m_message->setText(QString::fromStdString(done.error().message));
            m_message->show();
        }
    }
}

}  // namespace lectern::ui
