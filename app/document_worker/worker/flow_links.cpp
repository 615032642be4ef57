#include "app/document_worker/worker/flow_links.h"

#include <QByteArray>
#include <algorithm>
#include <cctype>

#include "app/document_worker/protocol.h"

namespace lectern::app::worker {

bool isOutsideAddress(const std::string& target) {
    const size_t colon = target.find(':');
    if (colon == std::string::npos || colon < 2) {  // one letter is a drive
        return false;
    }
    std::string scheme = target.substr(0, colon);
    std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const bool wellFormed = std::all_of(scheme.begin(), scheme.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
    });
    return wellFormed && scheme != "javascript" && scheme != "vbscript" && scheme != "data";
}

std::string fragmentOf(const std::string& target) {
    const size_t mark = target.find('#');
    return mark == std::string::npos
               ? std::string()
               : QByteArray::fromPercentEncoding(QByteArray::fromStdString(target.substr(mark + 1))).toStdString();
}

PageLinks linksOfPage(const DocumentPage& page, size_t firstByte, const std::vector<FlowLink>& links,
                      const FlowTargets& targets, RelativeTargets relative) {
    PageLinks found;
    found.page = page.index;
    for (const FlowLink& link : links) {
        if (link.begin < firstByte || link.begin >= firstByte + page.text.size() ||
            found.links.size() >= protocol::kMaximumLinksPerPage) {
            continue;
        }
        PageLink out;
        if (const std::optional<FlowTarget> inside = targets(link.target)) {
            out.page = inside->page;
            out.line = inside->line;
        } else if (isOutsideAddress(link.target) ||
                   (relative == RelativeTargets::Outside && !link.target.starts_with('#') &&
                    link.target.find(':') == std::string::npos)) {
            out.address = QString::fromStdString(link.target);
        } else {
            continue;
        }
        const size_t begin = link.begin - firstByte;
        const size_t end = std::min(link.end - firstByte, page.text.size());
        out.bytes = {static_cast<int64_t>(begin), static_cast<int64_t>(end)};
        out.text = QString::fromUtf8(page.text.data() + begin, static_cast<qsizetype>(end - begin));
        found.links.append(std::move(out));
    }
    return found;
}

}  // namespace lectern::app::worker
