#include "app/ingest/ignore_rules.h"

#include <git2.h>

#include <QTemporaryDir>
#include <string>

namespace lectern::app {

namespace fs = std::filesystem;

struct IgnoreRules::Impl {
    Impl() { git_libgit2_init(); }
    ~Impl() {
        git_index_free(index);
        git_repository_free(repository);
        git_libgit2_shutdown();
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    git_repository* repository = nullptr;
    git_index* index = nullptr;
    std::string prefix;  ///< root inside the repository, "" or ending in '/'
    QTemporaryDir empty;
};

IgnoreRules::IgnoreRules(const fs::path& root) : m_impl(std::make_unique<Impl>()) {
    std::error_code error;
    const fs::path folder = fs::canonical(root, error);
    if (git_repository_open_ext(&m_impl->repository, folder.c_str(), 0, nullptr) == 0 &&
        git_repository_workdir(m_impl->repository) != nullptr) {
        const fs::path workdir = fs::canonical(git_repository_workdir(m_impl->repository), error);
        const std::string inside = folder.lexically_relative(workdir).generic_string();
        m_impl->prefix = inside == "." || inside.empty() ? "" : inside + "/";
        if (git_repository_index(&m_impl->index, m_impl->repository) != 0) {
            m_impl->index = nullptr;
        }
        return;
    }
    // No repository, or one that belongs to somebody else: an empty one elsewhere reads the folder's .gitignore files.
    git_repository_free(m_impl->repository);
    m_impl->repository = nullptr;
    const std::string elsewhere = m_impl->empty.path().toStdString();
    const bool made = git_repository_init(&m_impl->repository, elsewhere.c_str(), 1) == 0 &&
                      git_repository_set_workdir(m_impl->repository, folder.c_str(), 0) == 0;
    if (!made) {
        git_repository_free(m_impl->repository);
        m_impl->repository = nullptr;
    }
}

IgnoreRules::~IgnoreRules() = default;

bool IgnoreRules::ignores(const std::string& relativePath) const {
    if (m_impl->repository == nullptr) {
        return false;
    }
    const std::string path = m_impl->prefix + relativePath;
    int ignored = 0;
    if (git_ignore_path_is_ignored(&ignored, m_impl->repository, path.c_str()) != 0 || ignored == 0) {
        return false;
    }
    if (m_impl->index == nullptr) {
        return true;
    }
    size_t position = 0;
    return path.ends_with('/') ? git_index_find_prefix(&position, m_impl->index, path.c_str()) != 0
                               : git_index_get_bypath(m_impl->index, path.c_str(), 0) == nullptr;
}

}  // namespace lectern::app
