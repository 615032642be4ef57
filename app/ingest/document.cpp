#include "app/ingest/document.h"

namespace lectern::app {

std::string documentKindName(DocumentKind kind) {
    switch (kind) {
        case DocumentKind::Pdf:
            return "pdf";
        case DocumentKind::Text:
            return "text";
        case DocumentKind::Markdown:
            return "markdown";
        case DocumentKind::SourceTree:
            return "source_tree";
        case DocumentKind::Html:
            return "html";
        case DocumentKind::Epub:
            return "epub";
        case DocumentKind::Docx:
            return "docx";
        case DocumentKind::Odt:
            return "odt";
    }
    return {};
}

}  // namespace lectern::app
