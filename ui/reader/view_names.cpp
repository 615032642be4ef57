#include "ui/reader/view_names.h"

#include <algorithm>

#include "app/settings/reading_names.h"

namespace lectern::ui {
namespace {

template <typename Value, typename Names>
Value named(const Names& names, const QString& name, Value otherwise) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const char* each) { return name == QLatin1String(each); });
    return found == names.end() ? otherwise : static_cast<Value>(found - names.begin());
}

}  // namespace

QString nameOf(PageFlow flow) {
    return QLatin1String(app::kPageFlowNames[static_cast<size_t>(flow)]);
}

QString nameOf(ZoomMode mode) {
    return QLatin1String(app::kZoomNames[static_cast<size_t>(mode)]);
}

PageFlow flowNamed(const QString& name) {
    return named(app::kPageFlowNames, name, PageFlow::Continuous);
}

ZoomMode zoomNamed(const QString& name) {
    return named(app::kZoomNames, name, ZoomMode::Custom);
}

}  // namespace lectern::ui
