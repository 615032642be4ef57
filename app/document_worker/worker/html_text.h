#pragma once
// HTML and XHTML as flowing text.

#include "app/document_worker/worker/flow_text.h"
#include "app/document_worker/worker/sax.h"

namespace lectern::app::worker {

/// Text of a page as a reader sees it: scripts, styles and hidden parts are left out, lists and tables keep their
/// shape, pictures give their alternative text. Headings and ids go to `flow`. Returns the title ("" where there is
/// none). Errors: LimitExceeded.
Result<std::string> readHtml(std::string_view utf8, const std::string& name, FlowText& flow);

/// Bytes of an HTML file as UTF-8: byte order mark, then the encoding it declares, then detection.
Result<std::string> htmlAsUtf8(std::string_view bytes);

}  // namespace lectern::app::worker
