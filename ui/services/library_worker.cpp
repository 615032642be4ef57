#include "ui/services/library_worker.h"

namespace lectern::ui {

/// Touched by the library's thread alone.
struct LibraryWorker::State {
    std::unique_ptr<app::Library> library;
    Error error;  ///< why there is none; every job tries again
};

LibraryWorker::LibraryWorker(std::filesystem::path directory, QObject* parent)
    : QObject(parent),
      m_directory(std::move(directory)),
      m_state(std::make_shared<State>()),
      m_thread(std::make_unique<app::TaskThread>()) {
    // Opened before ingest or engine can: it is this thread that tells of damage.
    post([](app::Library*, const Error&) {});
}

LibraryWorker::~LibraryWorker() = default;

void LibraryWorker::post(Job job) {
    m_thread->add(++m_lastJob, [this, state = m_state, job = std::move(job)](std::stop_token) {
        if (state->library == nullptr) {
            auto library = app::Library::open(m_directory);
            if (library) {
                state->library = std::move(*library);
                const QString sentence = QString::fromStdString(state->library->openReport().sentence);
                if (!sentence.isEmpty()) {
                    QMetaObject::invokeMethod(
                        this, [this, sentence] { emit reported(sentence); }, Qt::QueuedConnection);
                }
            } else if (library.error().message != state->error.message) {
                state->error = library.error();
                const QString sentence = QString::fromStdString(state->error.message);
                QMetaObject::invokeMethod(
                    this, [this, sentence] { emit failed(sentence); }, Qt::QueuedConnection);
            }
        }
        job(state->library.get(), state->error);
    });
}

void LibraryWorker::run(std::function<Result<void>(app::Library&)> work) {
    run(this, std::move(work), [this](const Result<void>& outcome) {
        if (!outcome) {
            emit failed(QString::fromStdString(outcome.error().message));
        }
    });
}

}  // namespace lectern::ui
