#include "ui/ask/scope_bar.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QVBoxLayout>

#include "ui/theme/icons.h"
#include "ui/theme/tone_label.h"

namespace lectern::ui {
namespace {

constexpr int kSelectionCharacters = 60;

}  // namespace

ScopeBar::ScopeBar(QWidget* parent)
    : QWidget(parent),
      m_kind(new QComboBox),
      m_detail(new QStackedWidget),
      m_sections(new QComboBox),
      m_pages(new QLineEdit),
      m_selection(new QLabel),
      m_problemLabel(new ToneLabel(Tone::Error)) {
    m_kind->setAccessibleName(tr("Asked of"));
    m_kind->setToolTip(tr("Which part of the document question and answer may look at"));
    m_kind->setMinimumContentsLength(9);
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const QString& name : {tr("Whole document"), tr("Section"), tr("Pages"), tr("Selection")}) {
        m_kind->addItem(icon(QStringLiteral("scope")), name);
    }
    m_sections->setAccessibleName(tr("Section"));
    m_sections->setMinimumContentsLength(8);
    m_sections->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_pages->setAccessibleName(tr("Pages"));
    m_pages->setPlaceholderText(tr("12 or 12-20"));
    m_selection->setForegroundRole(QPalette::PlaceholderText);
    m_selection->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_detail->addWidget(new QWidget);
    m_detail->addWidget(m_sections);
    m_detail->addWidget(m_pages);
    m_detail->addWidget(m_selection);
    m_detail->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    auto* row = new QHBoxLayout;
    row->setSpacing(kSpacing);
    row->addWidget(m_kind, 1);
    row->addWidget(m_detail, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kSpacing / 2);
    layout->addLayout(row);
    layout->addWidget(m_problemLabel);
    connect(m_kind, &QComboBox::activated, this, &ScopeBar::choose);
    connect(m_sections, &QComboBox::activated, this, &ScopeBar::choose);
    connect(m_pages, &QLineEdit::textEdited, this, &ScopeBar::choose);
    setSections({}, {});
    setSelection({});
    setProblem({});
    update();
}

void ScopeBar::choose() {
    m_choice.kind = static_cast<ScopeKind>(m_kind->currentIndex());
    m_choice.section = m_choice.kind == ScopeKind::Section ? m_sections->currentIndex() : -1;
    m_choice.pages = m_choice.kind == ScopeKind::Pages ? m_pages->text() : QString();
    update();
    if (m_choice.kind == ScopeKind::Pages && m_kind->hasFocus()) {
        m_pages->setFocus();
    }
    emit changed();
}

void ScopeBar::setChoice(const ScopeChoice& choice) {
    m_choice = choice;
    m_kind->setCurrentIndex(static_cast<int>(choice.kind));
    if (choice.kind == ScopeKind::Section) {
        m_sections->setCurrentIndex(choice.section);
    }
    m_pages->setText(choice.pages);
    update();
    emit changed();
}

void ScopeBar::update() {
    m_detail->setCurrentIndex(static_cast<int>(m_choice.kind));
    m_detail->setVisible(m_choice.kind != ScopeKind::Document);
}

void ScopeBar::setSections(const QStringList& titles, const std::vector<int>& depths) {
    const QSignalBlocker quiet(m_sections);
    m_sections->clear();
    for (int i = 0; i < titles.size(); ++i) {
        m_sections->addItem(QString(2 * depths[static_cast<size_t>(i)], QChar(0x2007)) + titles[i]);
    }
    qobject_cast<QStandardItemModel*>(m_kind->model())
        ->item(static_cast<int>(ScopeKind::Section))
        ->setEnabled(!titles.isEmpty());
}

void ScopeBar::setSelection(const QString& text) {
    m_selectionText = text;
    const QString line = text.simplified();
    m_selection->setText(line.isEmpty() ? tr("nothing selected")
                         : line.size() > kSelectionCharacters
                             ? tr("\xe2\x80\x9c%1\xe2\x80\xa6\xe2\x80\x9d").arg(line.left(kSelectionCharacters))
                             : tr("\xe2\x80\x9c%1\xe2\x80\x9d").arg(line));
    m_selection->setToolTip(line.left(10 * kSelectionCharacters));
}

void ScopeBar::setProblem(const QString& sentence) {
    m_problemLabel->setText(sentence);
    m_problemLabel->setVisible(!sentence.isEmpty());
    if (sentence != m_problem) {
        m_problem = sentence;
        emit problemChanged();
    }
}

}  // namespace lectern::ui
