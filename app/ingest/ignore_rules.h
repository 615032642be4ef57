#pragma once
// .gitignore rules of a folder, by libgit2; nothing is written into the folder.

#include <filesystem>
#include <memory>

namespace lectern::app {

class IgnoreRules {
  public:
    /// The rules that hold in `root`: those of the repository around it, else of the .gitignore files below it.
    explicit IgnoreRules(const std::filesystem::path& root);
    ~IgnoreRules();
    IgnoreRules(const IgnoreRules&) = delete;
    IgnoreRules& operator=(const IgnoreRules&) = delete;

    /// `relativePath` is relative to root; a folder ends in '/'. Tracked files are never ignored.
    bool ignores(const std::string& relativePath) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace lectern::app
