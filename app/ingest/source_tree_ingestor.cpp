#include "app/ingest/source_tree_ingestor.h"

#include <QCryptographicHash>
#include <algorithm>

#include "app/ingest/text_decoder.h"

namespace lectern::app {
namespace {

/// Folders as headings, files below them.
std::vector<OutlineEntry> treeOutline(const std::vector<TreeEntry>& files) {
    std::vector<OutlineEntry> outline;
    std::vector<std::string> open;
    for (size_t i = 0; i < files.size(); ++i) {
        std::vector<std::string> parts;
        size_t begin = 0;
        const std::string& path = files[i].path;
        for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', begin)) {
            parts.push_back(path.substr(begin, slash - begin));
            begin = slash + 1;
        }
        const auto common = std::mismatch(open.begin(), open.end(), parts.begin(), parts.end()).first - open.begin();
        open.resize(static_cast<size_t>(common));
        for (size_t depth = static_cast<size_t>(common); depth < parts.size(); ++depth) {
            outline.push_back({parts[depth] + "/", -1, 0, static_cast<int32_t>(depth), 0});
            open.push_back(parts[depth]);
        }
        outline.push_back({path.substr(begin), static_cast<int32_t>(i), 0, static_cast<int32_t>(parts.size()), 1});
    }
    return outline;
}

}  // namespace

SourceTreeIngestor::SourceTreeIngestor(std::filesystem::path root, IngestOptions options)
    : m_root(std::move(root)), m_options(std::move(options)) {}

Result<DocumentHeader> SourceTreeIngestor::open() {
    LECTERN_ASSIGN(m_entries, scanSourceTree(m_root, m_options.sourceTree, m_options.stop));
    std::copy_if(m_entries.begin(), m_entries.end(), std::back_inserter(m_files),
                 [](const TreeEntry& entry) { return entry.state == TreeEntryState::Included; });
    if (m_files.empty()) {
        return Error{ErrorCode::NotFound, "The folder " + quotedName(m_root) + " holds no text files to read."};
    }
    DocumentHeader header;
    header.kind = DocumentKind::SourceTree;
    header.title = (m_root.has_filename() ? m_root.filename() : m_root.parent_path().filename()).string();
    header.sourcePath = m_root.string();
    header.pageCount = static_cast<int32_t>(m_files.size());
    header.outline = treeOutline(m_files);
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const TreeEntry& file : m_files) {
        const Result<std::string> fileHash = hashFile(m_root / file.path, m_options.stop);
        if (!fileHash && fileHash.error().code == ErrorCode::Cancelled) {
            return fileHash.error();
        }
        // A file that went away meanwhile is an unreadable page, not the end of the tree.
        hash.addData(QByteArray::fromStdString(file.path + '\0' + (fileHash ? *fileHash : "") + '\n'));
        header.sizeBytes += file.sizeBytes;
    }
    header.contentHash = hash.result().toHex().toStdString();
    return header;
}

Result<DocumentPage> SourceTreeIngestor::page(int32_t index) {
    const TreeEntry& file = m_files[static_cast<size_t>(index)];
    DocumentPage page;
    page.index = index;
    page.label = file.path;
    const Result<std::string> bytes = readWholeFile(m_root / file.path, kLargestSourceBytes);
    Result<DecodedText> decoded = bytes ? decodeText(*bytes) : Result<DecodedText>(bytes.error());
    if (!decoded) {
        page.state = PageState::Unreadable;
        page.note = "“" + file.path + "” could not be read: " + decoded.error().message;
        return page;
    }
    page.text = std::move(decoded->text);
    const bool blank = page.text.find_first_not_of(" \t\n\f") == std::string::npos;
    page.state = blank ? PageState::Blank : PageState::Text;
    return page;
}

std::vector<std::string> SourceTreeIngestor::warnings() const {
    const std::pair<TreeEntryState, const char*> reasons[] = {{TreeEntryState::Binary, "binary"},
                                                              {TreeEntryState::TooLarge, "too large"},
                                                              {TreeEntryState::Ignored, "ignored by .gitignore"},
                                                              {TreeEntryState::LockFile, "lock files"},
                                                              {TreeEntryState::Vendored, "vendored or generated"},
                                                              {TreeEntryState::Unreadable, "unreadable"}};
    std::string list;
    for (const auto& [state, name] : reasons) {
        const auto count = std::count_if(m_entries.begin(), m_entries.end(),
                                         [wanted = state](const TreeEntry& entry) { return entry.state == wanted; });
        if (count > 0) {
            list += (list.empty() ? "" : ", ") + std::to_string(count) + " " + name;
        }
    }
    if (list.empty()) {
        return {};
    }
    return {"Left out of " + quotedName(m_root) + " (files and folders): " + list + "."};
}

}  // namespace lectern::app
