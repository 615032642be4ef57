#include "app/cli/cli.h"
#include "app/cli/console.h"

namespace lectern::app::cli {

IngestOptions ReadFlags::ingestOptions(std::stop_token stop) const {
    IngestOptions options;
    options.password = password;
    options.stop = std::move(stop);
    options.recognitionLanguage = recognise ? recognitionLanguage : "";
    options.sourceTree.includeIgnored = includeIgnored;
    options.sourceTree.includeVendored = includeVendored;
    options.sourceTree.includeLockFiles = includeLockFiles;
    options.sourceTree.leaveOut = leaveOut;
    return options;
}

void addReadFlags(CLI::App& app, ReadFlags& flags) {
    app.add_option("paths", flags.paths, "PDF, EPUB, DOCX, ODT, HTML, Markdown and text files, folders of source files")
        ->required();
    app.add_option("--password", flags.password, "Password of encrypted documents");
    app.add_flag("--temporary", flags.temporary, "Keep nothing: use a library in memory instead of the user's");
    CLI::Option* ocr = app.add_flag("--ocr", flags.recognise, "Read scanned pages off their pictures (slow)");
    app.add_option("--ocr-language", flags.recognitionLanguage, "Languages of scanned pages, as Tesseract names them")
        ->needs(ocr);
    app.add_flag("--include-ignored", flags.includeIgnored, "Folders: also files that .gitignore names");
    app.add_flag("--include-vendored", flags.includeVendored, "Folders: also node_modules, vendor and the like");
    app.add_flag("--include-lock-files", flags.includeLockFiles, "Folders: also package-lock.json and the like");
    app.add_option("--leave-out", flags.leaveOut, "Folders: a file or folder inside to leave out (repeatable)")
        ->take_all()
        ->expected(1);
    app.add_flag("--quiet", flags.quiet, "No progress on standard error");
}

Result<std::unique_ptr<Library>> openLibrary(bool temporary, std::vector<std::string>& warnings) {
    if (temporary) {
        return Library::openInMemory();
    }
    LECTERN_ASSIGN(const std::filesystem::path directory, dataDirectory());
    LECTERN_ASSIGN(std::unique_ptr<Library> library, Library::open(directory));
    if (!library->openReport().sentence.empty()) {
        note(library->openReport().sentence);
        warnings.push_back(library->openReport().sentence);
    }
    return library;
}

}  // namespace lectern::app::cli
