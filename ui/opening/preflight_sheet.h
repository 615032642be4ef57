#pragma once
// The sheet before big documents and folders are opened: what they cost, and what to leave out.

#include <QDialog>
#include <memory>

#include "ui/opening/preflight_runner.h"
#include "ui/opening/token_tree_model.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTreeView;
class QTreeWidget;
class QTreeWidgetItem;

namespace lectern::ui {

/// Looks at the paths as soon as it is shown. accepted() says that accepted documents are to be opened: chosen().
class PreflightSheet : public QDialog {
    Q_OBJECT

  public:
    struct Choice {
        QString path;
        app::IngestOptions options;
    };

    PreflightSheet(Services& services, const QStringList& paths, QWidget* parent = nullptr);
    ~PreflightSheet() override;

    /// What is to be opened, and how; valid once the look is over.
    std::vector<Choice> chosen() const;
    bool isDone() const { return m_outcome != nullptr; }
    const app::Preflight& sheet() const { return m_sheet; }

    QTreeWidget* documentList() const { return m_documents; }
    QTreeView* tokenTree() const { return m_tree; }
    TokenTreeModel* treeModel() const { return m_treeModel; }
    QCheckBox* recogniseBox() const { return m_recognise; }
    QCheckBox* vendoredBox() const { return m_vendored; }
    QPushButton* openButton() const { return m_open; }
    QString verdict() const;

  private:
    QWidget* buildSummary();
    QWidget* buildTree();
    void look();
    void showOutcome(const std::shared_ptr<const PreflightOutcome>& outcome);
    void showDocument(int document, QTreeWidgetItem* item);
    void addUp();
    app::IngestOptions optionsFor(int document) const;

    Services& m_services;
    QStringList m_paths;
    PreflightRunner m_runner;
    std::shared_ptr<const PreflightOutcome> m_outcome;
    app::Preflight m_sheet;   ///< with what is left out
    int m_treeDocument = -1;  ///< the folder whose tree is shown
    QLabel* m_verdict;
    QLabel* m_costs;
    QLabel* m_looking;
    QProgressBar* m_progress;
    QTreeWidget* m_documents;
    QWidget* m_treeArea;
    QTreeView* m_tree;
    TokenTreeModel* m_treeModel;
    QCheckBox* m_ignored;
    QCheckBox* m_lockFiles;
    QCheckBox* m_vendored;
    QCheckBox* m_recognise;
    QLineEdit* m_language;
    QPushButton* m_open;
};

}  // namespace lectern::ui
