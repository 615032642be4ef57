#include "app/ingest/source_tree_scan.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "app/ingest/ignore_rules.h"
#include "app/ingest/text_decoder.h"

namespace lectern::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaximumEntries = 1'000'000;
/// Of what lies in folders that are left out: dependencies of one project can be hundreds of thousands of files.
constexpr size_t kMaximumListed = 20'000;
constexpr std::streamsize kSniffBytes = 8192;

bool isVersionControl(const std::string& name) {
    return name == ".git" || name == ".hg" || name == ".svn" || name == ".bzr" || name == "_darcs";
}

bool isVendoredFolder(const std::string& name) {
    static const std::set<std::string> names = {"node_modules",  "bower_components", "vendor",      "third_party",
                                                "third-party",   "3rdparty",         "__pycache__", ".venv",
                                                "venv",          "site-packages",    ".tox",        ".mypy_cache",
                                                ".pytest_cache", ".gradle",          ".idea",       "Pods",
                                                ".cache",        "jspm_packages"};
    return names.contains(name);
}

bool isVendoredFile(const std::string& name) {
    return name.ends_with(".min.js") || name.ends_with(".min.css") || name.ends_with(".js.map") ||
           name.ends_with(".css.map");
}

bool isLockFile(const std::string& name) {
    static const std::set<std::string> names = {"package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "go.sum",
                                                "Package.resolved",  "packages.lock.json"};
    return names.contains(name) || name.ends_with(".lock") || name.ends_with(".lockfile");
}

bool isBelow(const std::string& path, const std::string& folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool isLeftOut(const std::string& path, const SourceTreeOptions& options) {
    return std::any_of(options.leaveOut.begin(), options.leaveOut.end(),
                       [&](const std::string& out) { return path == out || isBelow(path, out); });
}

bool isTakenIn(const std::string& path, const SourceTreeOptions& options) {
    return std::find(options.takeIn.begin(), options.takeIn.end(), path) != options.takeIn.end();
}

/// Whether something below `folder` is taken in.
bool leadsToTakenIn(const std::string& folder, const SourceTreeOptions& options) {
    return std::any_of(options.takeIn.begin(), options.takeIn.end(),
                       [&](const std::string& in) { return isBelow(in, folder); });
}

/// What a folder decides for all that is in it.
struct Inherited {
    TreeEntryState state = TreeEntryState::Included;  ///< another: everything is left out for this reason
    bool taken = false;                               ///< rules do not count
};

class Scanner {
  public:
    Scanner(const fs::path& root, const SourceTreeOptions& options, const std::stop_token& stop)
        : m_root(root), m_options(options), m_stop(stop), m_rules(root) {}

    Result<std::vector<TreeEntry>> scan() {
        LECTERN_TRY(walk(m_root, "", {}));
        std::sort(m_entries.begin(), m_entries.end(),
                  [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
        return std::move(m_entries);
    }

  private:
    Result<void> walk(const fs::path& folder, const std::string& prefix, const Inherited& inherited) {
        std::error_code error;
        fs::directory_iterator entries(folder, error);
        if (error && prefix.empty()) {
            return Error{ErrorCode::Io, quotedName(m_root) + " cannot be read: " + error.message() + "."};
        }
        if (error) {
            m_entries.push_back({prefix.substr(0, prefix.size() - 1), 0, TreeEntryState::Unreadable, true});
            return {};
        }
        for (; entries != fs::directory_iterator(); entries.increment(error)) {
            if (m_stop.stop_requested()) {
                return Error{ErrorCode::Cancelled, "Reading " + quotedName(m_root) + " was cancelled."};
            }
            if (m_entries.size() >= kMaximumEntries) {
                return Error{ErrorCode::LimitExceeded, quotedName(m_root) + " holds more files than Lectern reads."};
            }
            LECTERN_TRY(visit(*entries, prefix, inherited));
        }
        return {};
    }

    Result<void> visit(const fs::directory_entry& entry, const std::string& prefix, const Inherited& inherited) {
        const std::string name = entry.path().filename().string();
        const std::string path = prefix + name;
        std::error_code ignored;
        if (entry.is_symlink(ignored) || isVersionControl(name)) {
            return {};
        }
        if (entry.is_directory(ignored)) {
            return visitFolder(entry.path(), name, path, inherited);
        }
        if (entry.is_regular_file(ignored)) {
            const auto size = static_cast<int64_t>(entry.file_size(ignored));
            const TreeEntryState state = fileState(entry.path(), name, path, size, inherited);
            const bool inLeftOut = inherited.state != TreeEntryState::Included && state != TreeEntryState::Included;
            if (!inLeftOut || lists()) {
                m_entries.push_back({path, size, state, false});
                m_listed += inLeftOut ? 1 : 0;
            }
        }
        return {};
    }

    Result<void> visitFolder(const fs::path& folder, const std::string& name, const std::string& path,
                             const Inherited& inherited) {
        const bool taken = inherited.taken || isTakenIn(path, m_options);
        const TreeEntryState state = isLeftOut(path, m_options)                    ? TreeEntryState::LeftOut
                                     : taken                                       ? TreeEntryState::Included
                                     : inherited.state != TreeEntryState::Included ? inherited.state
                                                                                   : folderState(name, path);
        if (state == TreeEntryState::Included) {
            return walk(folder, path + "/", {state, taken});
        }
        const bool goesOn = state != TreeEntryState::LeftOut && (lists() || leadsToTakenIn(path, m_options));
        if (inherited.state == TreeEntryState::Included || lists()) {
            m_entries.push_back({path, 0, state, true});
        }
        return goesOn ? walk(folder, path + "/", {state, false}) : Result<void>();
    }

    bool lists() const { return m_options.listLeftOut && m_listed < kMaximumListed; }

    TreeEntryState folderState(const std::string& name, const std::string& path) const {
        if (!m_options.includeVendored && isVendoredFolder(name)) {
            return TreeEntryState::Vendored;
        }
        return !m_options.includeIgnored && m_rules.ignores(path + "/") ? TreeEntryState::Ignored
                                                                        : TreeEntryState::Included;
    }

    TreeEntryState ruledOut(const std::string& name, const std::string& path) const {
        if (!m_options.includeIgnored && m_rules.ignores(path)) {
            return TreeEntryState::Ignored;
        }
        if (!m_options.includeLockFiles && isLockFile(name)) {
            return TreeEntryState::LockFile;
        }
        return !m_options.includeVendored && isVendoredFile(name) ? TreeEntryState::Vendored : TreeEntryState::Included;
    }

    TreeEntryState fileState(const fs::path& file, const std::string& name, const std::string& path, int64_t size,
                             const Inherited& inherited) const {
        if (isLeftOut(path, m_options)) {
            return TreeEntryState::LeftOut;
        }
        const bool named = isTakenIn(path, m_options);
        const bool taken = named || inherited.taken;
        const TreeEntryState ruled = taken                                         ? TreeEntryState::Included
                                     : inherited.state != TreeEntryState::Included ? inherited.state
                                                                                   : ruledOut(name, path);
        if (ruled != TreeEntryState::Included) {
            // In a list, what holds no text is said to hold none: its box brings nothing to read.
            const bool listed = inherited.state == TreeEntryState::Included ? m_options.listLeftOut : lists();
            return listed && holdsNoText(file) ? TreeEntryState::Binary : ruled;
        }
        if (access(file.c_str(), R_OK) != 0) {
            return TreeEntryState::Unreadable;
        }
        if (!named && holdsNoText(file)) {
            return TreeEntryState::Binary;
        }
        return size > (taken ? kLargestSourceBytes : m_options.maximumFileBytes) ? TreeEntryState::TooLarge
                                                                                 : TreeEntryState::Included;
    }

    static bool holdsNoText(const fs::path& file) {
        std::string head(kSniffBytes, '\0');
        std::ifstream stream(file, std::ios::binary);
        stream.read(head.data(), kSniffBytes);
        head.resize(static_cast<size_t>(stream.gcount()));
        return looksBinary(head);
    }

    const fs::path& m_root;
    const SourceTreeOptions& m_options;
    const std::stop_token& m_stop;
    IgnoreRules m_rules;
    std::vector<TreeEntry> m_entries;
    size_t m_listed = 0;
};

}  // namespace

Result<std::vector<TreeEntry>> scanSourceTree(const fs::path& root, const SourceTreeOptions& options,
                                              const std::stop_token& stop) {
    return Scanner(root, options, stop).scan();
}

}  // namespace lectern::app
