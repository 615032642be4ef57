#include "ui/settings/setting_row.h"

#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>

#include "ui/settings/setting_names.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

namespace lectern::ui {
namespace {

constexpr int kEditorWidth = 220;

}  // namespace

QString settingTitle(const app::SettingSpec& spec) {
    return QCoreApplication::translate("Settings", spec.title);
}

QString settingDescription(const app::SettingSpec& spec) {
    return QCoreApplication::translate("Settings", spec.description);
}

SettingRow::SettingRow(app::Settings& settings, const app::SettingSpec& spec, QWidget* parent)
    : QWidget(parent), m_settings(settings), m_spec(spec) {
    auto* title = new QLabel(settingTitle(spec));
    auto* sentence = new QLabel(settingDescription(spec));
    sentence->setWordWrap(true);
    sentence->setForegroundRole(QPalette::PlaceholderText);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(title);
    words->addWidget(sentence);
    m_editor = makeEditor();
    m_editor->setAccessibleName(settingTitle(spec));
    m_editor->setAccessibleDescription(settingDescription(spec));
    title->setBuddy(m_editor);
    const bool isWide = spec.type == app::SettingType::PathList || spec.type == app::SettingType::Path;
    auto* layout = new QBoxLayout(isWide ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, this);
    layout->setContentsMargins(0, kSpacing, 0, kSpacing);
    layout->setSpacing(isWide ? kSpacing : 4 * kSpacing);
    layout->addLayout(words, 1);
    layout->addWidget(m_editor);
    show(settings.value(key()));
    connect(&settings, &app::Settings::changed, this, [this](const QString& changed, const QVariant& value) {
        if (changed == key()) {
            show(value);
        }
    });
}

bool SettingRow::matches(const QString& text) const {
    QStringList words{settingTitle(m_spec), settingDescription(m_spec), key()};
    for (const QString& choice : m_spec.choices) {
        words << settingChoiceText(choice);
    }
    return words.join(u' ').contains(text, Qt::CaseInsensitive);
}

void SettingRow::store(const QVariant& value) {
    if (m_showing) {
        return;
    }
    if (const Result<void> stored = m_settings.setValue(key(), value); !stored) {
        show(m_settings.value(key()));
        emit refused(QString::fromStdString(stored.error().message));
    }
}

void SettingRow::show(const QVariant& value) {
    m_showing = true;
    m_show(value);
    m_showing = false;
}

QWidget* SettingRow::makeEditor() {
    switch (m_spec.type) {
        case app::SettingType::Boolean:
            return makeBoolean();
        case app::SettingType::Integer:
            return makeInteger();
        case app::SettingType::Real:
            return makeReal();
        case app::SettingType::Choice:
            return makeChoice();
        case app::SettingType::Path:
            return makePath();
        case app::SettingType::PathList:
            return makePathList();
        default:
            return makeText();
    }
}

QWidget* SettingRow::makeBoolean() {
    auto* box = new QCheckBox;
    m_show = [box](const QVariant& value) { box->setChecked(value.toBool()); };
    connect(box, &QCheckBox::toggled, this, [this](bool on) { store(on); });
    return box;
}

QWidget* SettingRow::makeInteger() {
    auto* box = new QSpinBox;
    box->setRange(static_cast<int>(m_spec.minimum), static_cast<int>(m_spec.maximum));
    box->setKeyboardTracking(false);
    box->setGroupSeparatorShown(true);
    box->setMinimumWidth(kEditorWidth / 2);
    m_show = [box](const QVariant& value) { box->setValue(value.toInt()); };
    connect(box, &QSpinBox::valueChanged, this, [this](int value) { store(qlonglong{value}); });
    return box;
}

QWidget* SettingRow::makeReal() {
    auto* box = new QDoubleSpinBox;
    box->setRange(m_spec.minimum, m_spec.maximum);
    box->setSingleStep(m_spec.maximum <= 2 ? 0.05 : 1);
    box->setKeyboardTracking(false);
    box->setMinimumWidth(kEditorWidth / 2);
    m_show = [box](const QVariant& value) { box->setValue(value.toDouble()); };
    connect(box, &QDoubleSpinBox::valueChanged, this, [this](double value) { store(value); });
    return box;
}

QWidget* SettingRow::makeChoice() {
    auto* box = new QComboBox;
    for (const QString& choice : m_spec.choices) {
        box->addItem(settingChoiceText(choice), choice);
    }
    box->setMinimumWidth(kEditorWidth);
    m_show = [box](const QVariant& value) { box->setCurrentIndex(box->findData(value)); };
    connect(box, &QComboBox::currentIndexChanged, this, [this, box] { store(box->currentData()); });
    return box;
}

QWidget* SettingRow::makeText() {
    auto* field = new QLineEdit;
    field->setMinimumWidth(kEditorWidth);
    m_show = [field](const QVariant& value) { field->setText(value.toString()); };
    connect(field, &QLineEdit::editingFinished, this, [this, field] { store(field->text()); });
    return field;
}

QWidget* SettingRow::makePath() {
    auto* area = new QWidget;
    auto* field = new QLineEdit;
    field->setPlaceholderText(key() == QLatin1String("model/adapter") ? tr("None")
                                                                      : tr("The one that comes with Lectern"));
    field->setAccessibleName(settingTitle(m_spec));
    auto* browse = new QPushButton(tr("Choose…"));
    auto* layout = new QHBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(field, 1);
    layout->addWidget(browse);
    area->setFocusProxy(field);
    m_show = [field](const QVariant& value) { field->setText(value.toString()); };
    connect(field, &QLineEdit::editingFinished, this, [this, field] { store(field->text()); });
    connect(browse, &QPushButton::clicked, this, [this, field] {
        if (key() == QLatin1String("model/adapter")) {
            const QString folder = QFileDialog::getExistingDirectory(this, settingTitle(m_spec), field->text());
            return folder.isEmpty() ? void() : store(folder);
        }
        const QString path = QFileDialog::getOpenFileName(this, settingTitle(m_spec), field->text(),
                                                          tr("Models (*.gguf config.json);;All files (*)"));
        if (!path.isEmpty()) {
            store(QFileInfo(path).fileName() == QLatin1String("config.json") ? QFileInfo(path).absolutePath() : path);
        }
    });
    return area;
}

QWidget* SettingRow::makePathList() {
    auto* area = new QWidget;
    auto* list = new QListWidget;
    list->setMaximumHeight(84);
    list->setAccessibleName(settingTitle(m_spec));
    auto* add = new QPushButton(icon(QStringLiteral("add")), tr("Add…"));
    auto* remove = new QPushButton(icon(QStringLiteral("remove")), tr("Remove"));
    auto* buttons = new QVBoxLayout;
    buttons->addWidget(add);
    buttons->addWidget(remove);
    buttons->addStretch();
    auto* layout = new QHBoxLayout(area);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(list, 1);
    layout->addLayout(buttons);
    area->setFocusProxy(list);
    m_show = [list, remove](const QVariant& value) {
        list->clear();
        list->addItems(value.toStringList());
        remove->setEnabled(false);
    };
    connect(list, &QListWidget::currentRowChanged, remove, [remove](int row) { remove->setEnabled(row >= 0); });
    connect(add, &QPushButton::clicked, this, [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, settingTitle(m_spec));
        QStringList folders = m_settings.pathList(key());
        if (!folder.isEmpty() && !folders.contains(folder)) {
            store(folders << folder);
        }
    });
    connect(remove, &QPushButton::clicked, this, [this, list] {
        QStringList folders = m_settings.pathList(key());
        if (list->currentRow() >= 0) {
            folders.removeAt(list->currentRow());
            store(folders);
        }
    });
    return area;
}

}  // namespace lectern::ui
