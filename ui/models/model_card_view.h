#pragma once
// One model or adapter in full, with the memory it needs at a chosen context length.

#include <QWidget>

#include "app/models/model_card.h"

class QComboBox;
class QFormLayout;
class QLabel;

namespace lectern::ui {

class MemoryBar;

/// Says what it shows in text; the bar is a picture of the same numbers.
class ModelCardView : public QWidget {
    Q_OBJECT

  public:
    explicit ModelCardView(QWidget* parent = nullptr);

    void showModel(const app::ModelCard& card);
    void showAdapter(const app::AdapterEntry& adapter);
    void showNothing();
    void setHash(const QString& sha256);
    /// "profile", "f32", ...: what the memory is computed for.
    void setKvType(const QString& type);

    QComboBox* contextChoice() const { return m_context; }
    const app::MemoryNeed& need() const { return m_need; }
    QString factText(const QString& title) const;

  private:
    QLabel* fact(const QString& title, const QString& text);
    void clearFacts();
    void setProblem(const QString& sentence);
    void updateMemory();

    app::ModelCard m_card;
    app::MemoryNeed m_need;
    QString m_kvType;
    QLabel* m_name;
    QLabel* m_problem;
    QFormLayout* m_facts;
    QLabel* m_hash = nullptr;
    QWidget* m_memoryArea;
    QComboBox* m_context;
    MemoryBar* m_bar;
    QLabel* m_memoryText;
};

}  // namespace lectern::ui
