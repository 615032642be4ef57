#pragma once
// Third page: what is trained on, and what the model will see of it.

#include "app/jobs/task_thread.h"
#include "app/jobs/training_import.h"
#include "ui/training/tune_page.h"

class QComboBox;
class QDoubleSpinBox;
class QListWidget;
class QPushButton;
class QTextBrowser;

namespace lectern::ui {

class LengthChart;
class ToneLabel;

/// Texts (.txt, .md), examples (.jsonl) and documents of the library. The preview is computed away from the window with
/// the trainer's own code; trained tokens stand out by colour and underline.
class DataPage : public TunePage {
    Q_OBJECT

  public:
    explicit DataPage(TuneState& state, QWidget* parent = nullptr);
    ~DataPage() override;
    void enter() override;
    bool isComplete() const override;

    void addFiles(const QStringList& paths);
    void addDocument(app::DocumentId document);
    QComboBox* documentChoice() const { return m_documents; }
    QPushButton* addDocumentButton() const { return m_addDocument; }
    QTextBrowser* rendered() const { return m_rendered; }
    QString summary() const;
    const app::TrainingPreview& preview() const { return m_preview; }

  signals:
    void previewed();

  protected:
    void changeEvent(QEvent* event) override;

  private:
    QWidget* buildSources();
    QWidget* buildPreview();
    void loadDocuments();
    void addExamples(const QString& path);
    void askForMapping(const QString& path, const app::ExampleFields& fields);
    void addSource(const QString& kind, const QString& path, const QString& label);
    void removeCurrent();
    void rebuildData();
    void requestPreview();
    void showPreview(const app::TrainingPreview& preview);
    void showSequences();

    struct Source {
        QString kind, path, label;
    };
    std::vector<Source> m_sources;
    QListWidget* m_list;
    QComboBox* m_documents;
    QPushButton* m_addDocument;
    QComboBox* m_overlong;
    QDoubleSpinBox* m_heldOut;
    ToneLabel* m_summary;
    LengthChart* m_lengths;
    QTextBrowser* m_rendered;
    app::TrainingPreview m_preview;
    bool m_previewed = false;
    uint64_t m_request = 0;
    std::unique_ptr<app::TaskThread> m_thread;
};

/// The sequences as HTML, trained tokens marked.
QString renderedHtml(const std::vector<app::SequencePreview>& sequences, const QPalette& palette);

}  // namespace lectern::ui
