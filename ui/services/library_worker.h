#pragma once
// The library on a thread of its own, so that no query holds up the window.

#include <QObject>
#include <QPointer>
#include <filesystem>
#include <functional>
#include <memory>
#include <type_traits>

#include "app/jobs/task_thread.h"
#include "app/library/library.h"

namespace lectern::ui {

/// Lives on the GUI thread. Work runs in the order it was given; its result comes back to the GUI thread, unless the
/// context object has died.
class LibraryWorker : public QObject {
    Q_OBJECT

  public:
    explicit LibraryWorker(std::filesystem::path directory, QObject* parent = nullptr);
    ~LibraryWorker() override;

    const std::filesystem::path& directory() const { return m_directory; }

    /// `work`: Result<T>(app::Library&), on the library's thread. `then`: void(Result<T>), on the GUI thread. When the
    /// library cannot be opened, `then` gets that error.
    template <typename Work, typename Then>
    void run(QObject* context, Work work, Then then) {
        using Outcome = std::invoke_result_t<Work, app::Library&>;
        post([this, guard = QPointer<QObject>(context), work = std::move(work), then = std::move(then)](
                 app::Library* library, const Error& error) mutable {
            Outcome outcome = library != nullptr ? work(*library) : Outcome(error);
            QMetaObject::invokeMethod(
                this,
                [guard, then = std::move(then), outcome = std::move(outcome)]() mutable {
                    if (guard != nullptr) {
                        then(std::move(outcome));
                    }
                },
                Qt::QueuedConnection);
        });
    }
    /// The same where nobody waits for the outcome; a failure is told by failed().
    void run(std::function<Result<void>(app::Library&)> work);

  signals:
    /// What opening had to do: a damaged library was rebuilt, for instance.
    void reported(const QString& sentence);
    void failed(const QString& sentence);

  private:
    using Job = std::function<void(app::Library*, const Error&)>;
    void post(Job job);

    struct State;
    std::filesystem::path m_directory;
    std::shared_ptr<State> m_state;
    uint64_t m_lastJob = 0;
    std::unique_ptr<app::TaskThread> m_thread;  ///< destroyed first
};

}  // namespace lectern::ui
