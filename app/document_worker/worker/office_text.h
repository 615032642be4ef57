#pragma once
// The body of DOCX and ODT files as flowing text.

#include <map>
#include <string>

#include "app/document_worker/worker/flow_text.h"
#include "engine/core/result.h"

namespace lectern::app::worker {

/// Entries of the unpacked container, by path.
using ContainerEntries = std::map<std::string, std::string>;

/// word/document.xml with heading levels from word/styles.xml; foot- and endnotes follow the text. Deleted text,
/// field codes and fallbacks are left out. Errors: Corrupt, LimitExceeded.
Result<void> readDocx(const ContainerEntries& entries, const std::string& name, FlowText& flow);

/// content.xml; notes stand in brackets where they are referred to. Comments and tracked deletions are left out.
Result<void> readOdt(const ContainerEntries& entries, const std::string& name, FlowText& flow);

/// dc:title of a metadata file; empty where there is none.
std::string dublinCoreTitle(const std::string& xml);

}  // namespace lectern::app::worker
