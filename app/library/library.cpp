#include "app/library/library.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <set>

#include "app/library/library_impl.h"
#include "app/library/recovery.h"
#include "app/library/schema.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

/// Files this process has open and has found healthy: another handle need not read them again.
class OpenFiles {
  public:
    bool contains(const fs::path& file) {
        const std::scoped_lock lock(m_mutex);
        return m_files.contains(identity(file));
    }
    void add(const fs::path& file) {
        const std::scoped_lock lock(m_mutex);
        m_files.insert(identity(file));
    }
    void remove(const fs::path& file) {
        const std::scoped_lock lock(m_mutex);
        const auto found = m_files.find(identity(file));
        if (found != m_files.end()) {
            m_files.erase(found);
        }
    }

  private:
    static std::pair<uint64_t, uint64_t> identity(const fs::path& file) {
        struct stat status {};
        ::stat(file.c_str(), &status);
        return {status.st_dev, status.st_ino};
    }
    std::mutex m_mutex;
    std::multiset<std::pair<uint64_t, uint64_t>> m_files;
};

OpenFiles& openFiles() {
    static OpenFiles files;
    return files;
}

/// Makes the file, for its owner alone. One that is there is not opened: closing it again would drop the locks that
/// other handles of this process hold on it (POSIX locks belong to the process, not to the descriptor).
Result<void> createPrivate(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const bool exists = descriptor < 0 && errno == EEXIST;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    if ((descriptor < 0 && !exists) || ::access(file.c_str(), R_OK | W_OK) != 0) {
        return Error{ErrorCode::Io, "The library file “" + file.string() + "” cannot be opened for writing."};
    }
    ::chmod(file.c_str(), 0600);
    return {};
}

Result<std::unique_ptr<Database>> connect(const fs::path& file) {
    LECTERN_TRY(createPrivate(file));
    LECTERN_ASSIGN(std::unique_ptr<Database> database, Database::open(file, Database::Mode::ReadWrite));
    LECTERN_TRY(database->script("PRAGMA foreign_keys = ON"));
    if (!openFiles().contains(file)) {
        LECTERN_TRY(checkHealth(*database, file));
    }
    LECTERN_TRY(database->patiently("PRAGMA journal_mode = WAL"));
    LECTERN_TRY(database->script("PRAGMA synchronous = NORMAL"));
    LECTERN_TRY(migrate(*database));
    return database;
}

Result<std::unique_ptr<Database>> rebuild(const fs::path& file, Library::OpenReport& report) {
    LECTERN_ASSIGN(report.backup, moveAside(file));
    report.rebuilt = true;
    SalvageReport salvaged;
    {
        LECTERN_ASSIGN(const std::unique_ptr<Database> fresh, connect(file));
        LECTERN_ASSIGN(salvaged, salvage(report.backup, *fresh));
    }
    report.sentence = "The library file was damaged and has been rebuilt with " + std::to_string(salvaged.documents) +
                      " documents and " + std::to_string(salvaged.conversations) +
                      " conversations that could still be read; the damaged file is kept as “" +
                      report.backup.string() + "”.";
    return connect(file);
}

// memdb shares a database among the connections that open the same name with a leading slash.
constexpr const char* kMemoryFolder = "/memory:lectern";

bool isMemoryName(const fs::path& directory) {
    return directory.parent_path() == kMemoryFolder;
}

Result<std::unique_ptr<Database>> openMemory(const fs::path& name, Database::Mode mode) {
    LECTERN_ASSIGN(std::unique_ptr<Database> database, Database::open(name, mode));
    LECTERN_TRY(database->script("PRAGMA foreign_keys = ON"));
    LECTERN_TRY(migrate(*database));
    return database;
}

}  // namespace

Result<fs::path> dataDirectory() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value == nullptr ? "" : value);
    };
    fs::path directory = variable("LECTERN_DATA_DIR");
    if (directory.empty()) {
        const fs::path dataHome = variable("XDG_DATA_HOME");
        directory = (dataHome.is_absolute() ? dataHome : variable("HOME") / ".local" / "share") / "lectern";
    }
    std::error_code error;
    const bool created = fs::create_directories(directory, error);
    if (error || !fs::is_directory(directory)) {
        return Error{ErrorCode::Io, "The folder “" + directory.string() + "” for Lectern's data cannot be made."};
    }
    if (created) {
        fs::permissions(directory, fs::perms::owner_all, error);
    }
    return directory;
}

Library::Library(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Library::~Library() {
    if (m_impl->file.empty()) {
        return;
    }
    openFiles().remove(m_impl->file);
    if (m_impl->database->damaged()) {
        leaveDamageMark(m_impl->file);
    }
}

Result<std::unique_ptr<Library>> Library::open(const fs::path& directory) {
    auto impl = std::make_unique<Impl>();
    if (isMemoryName(directory)) {
        LECTERN_ASSIGN(impl->database, openMemory(directory, Database::Mode::SharedMemory));
        return std::unique_ptr<Library>(new Library(std::move(impl)));
    }
    impl->file = directory / "library.sqlite";
    // One at a time: what another thread is just making or mending must not be taken for damaged.
    static std::mutex opening;
    const std::scoped_lock lock(opening);
    Result<std::unique_ptr<Database>> database = connect(impl->file);
    if (!database && database.error().code == ErrorCode::Corrupt) {
        database = rebuild(impl->file, impl->report);
    }
    if (!database) {
        return database.error();
    }
    impl->database = std::move(*database);
    openFiles().add(impl->file);
    return std::unique_ptr<Library>(new Library(std::move(impl)));
}

Result<std::unique_ptr<Library>> Library::openInMemory() {
    auto impl = std::make_unique<Impl>();
    LECTERN_ASSIGN(impl->database, openMemory({}, Database::Mode::Memory));
    return std::unique_ptr<Library>(new Library(std::move(impl)));
}

fs::path Library::memoryName(const std::string& name) {
    return fs::path(kMemoryFolder) / name;
}

const Library::OpenReport& Library::openReport() const {
    return m_impl->report;
}

}  // namespace lectern::app
